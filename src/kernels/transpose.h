// A matrix turned, as attention's keys and packed weights need it.
#pragma once

#include <cstddef>

namespace logitlens {

// Columns of a turned matrix are filled up to a multiple of this.
inline constexpr std::size_t transpose_lanes = 16;

// y [cols, y_stride] = x [rows, cols] transposed, x at any address; the columns of y from `rows` to round_up(rows, transpose_lanes) become 0.
void transpose(const float* x, std::size_t x_stride, float* y, std::size_t y_stride, std::size_t rows,
               std::size_t cols);

}  // namespace logitlens
