// Rows of floats as 8-bit integers and a scale: x - centre = scale * q + error, and how large the error is.
#pragma once

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

}  // namespace logitlens
