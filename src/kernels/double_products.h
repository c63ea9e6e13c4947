// Sums of products in double, of float32 data: where float32 sums would lose what is asked for.
#pragma once

#include <cstddef>

namespace logitlens {

// Widths are padded with zeros to a multiple of this. A symmetric matrix S [width, width] lies in tiles of as many columns,
// the element (i, j) at [j / double_tile][i][j % double_tile], and only columns from the diagonal's tile on are used.
inline constexpr std::size_t double_tile = 24;
inline constexpr std::size_t double_rows = 4;  // rows that are multiplied together

// Adds to the rows first .. first + stripe of S = P^T P, for P [n, width] dense. width, first and stripe are multiples of
// double_tile. An element's products are summed in the order of P's rows, those of one call first.
void add_gram_stripe(const double* p, std::size_t n, std::size_t width, std::size_t first, std::size_t stripe,
                     double* s);

// values[r] = x_r^T S x_r for blocks of double_rows rows, x [blocks, width, double_rows]. A row's order of summation does
// not depend on its neighbours.
void quadratic_forms(const double* x, std::size_t blocks, std::size_t width, const double* s, double* values);

// sum x[i] * y[i]; floats at any address. Of floats every product is exact.
double dot_double(const float* x, const double* y, std::size_t n);
double dot_double(const float* x, const float* y, std::size_t n);

}  // namespace logitlens
