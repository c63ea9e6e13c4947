// Rows of floats as 8-bit integers and a scale: x - centre = scale * q + error, and how large the error is.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace logitlens {

struct QuantizedRow {
  float scale = 0;   // largest |x - centre| / 127; 0 where all of it is 0
  double norm = 0;   // |scale * q|, Euclidean
  double error = 0;  // |x - centre - scale * q|
};

// q[i] = the integer nearest to (x[i] - centre[i]) / scale, -127 .. 127; centre may be null: 0. x and centre: any
// alignment, finite, differences within float's range. The differences are taken in double and the norms are summed in
// double, so both are exact to 1e-12 relative: bounds derived from them hold with that margin.
QuantizedRow quantize_row(const float* x, const double* centre, std::int8_t* q, std::size_t n);

// A row for a product that stands for float32's. The values that stand out most are taken out (q is 0 there), and the rest share
// a scale: hidden states of transformers have a channel or two that dwarf the others, which would lose most bits to them, and the
// long rows behind an activation have a tail. An outlier costs a row of the weights each, so a row has about one in 256.
inline constexpr std::size_t most_outliers = 24;
struct SplitRow {
  float scale = 0;  // the largest |x| that is left / 127
  std::size_t outliers = 0;
  std::array<std::uint32_t, most_outliers> at{};
  std::array<float, most_outliers> values{};
};

// In float32; q is a byte without sign, 128 for 0, as GemmInt8::run() takes it. Any x; one that is not finite gives a scale or an outlier that is not.
SplitRow split_row(const float* x, std::uint8_t* q, std::size_t n);

// y[i] = scales[i] * (scale * products[i] + the outliers' values times their rows of `columns` [in, n]); y may be the products'
// memory.
void scale_products(const std::int32_t* products, const SplitRow& row, const float* scales,
                    const std::int8_t* columns, float* y, std::size_t n);

}  // namespace logitlens
