#include "kernels/transpose.h"

#include "base/checked.h"
#include "base/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/transpose.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <algorithm>
#include <cstring>

HWY_BEFORE_NAMESPACE();
namespace logitlens {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// y [4, 4] = x [4, 4] transposed.
HWY_INLINE void transpose_block(const float* x, std::size_t x_stride, float* y, std::size_t y_stride) {
#if HWY_TARGET == HWY_SCALAR
  for (std::size_t r = 0; r < 4; ++r)
    for (std::size_t i = 0; i < 4; ++i) y[i * y_stride + r] = x[r * x_stride + i];
#else
  const hn::FixedTag<float, 4> d;
  const auto r0 = hn::LoadU(d, x), r1 = hn::LoadU(d, x + x_stride), r2 = hn::LoadU(d, x + 2 * x_stride),
             r3 = hn::LoadU(d, x + 3 * x_stride);
  const auto even_lower = hn::InterleaveLower(d, r0, r2), odd_lower = hn::InterleaveLower(d, r1, r3),
             even_upper = hn::InterleaveUpper(d, r0, r2), odd_upper = hn::InterleaveUpper(d, r1, r3);
  hn::StoreU(hn::InterleaveLower(d, even_lower, odd_lower), d, y);
  hn::StoreU(hn::InterleaveUpper(d, even_lower, odd_lower), d, y + y_stride);
  hn::StoreU(hn::InterleaveLower(d, even_upper, odd_upper), d, y + 2 * y_stride);
  hn::StoreU(hn::InterleaveUpper(d, even_upper, odd_upper), d, y + 3 * y_stride);
#endif
}

void transpose_all(const float* x, std::size_t x_stride, float* y, std::size_t y_stride, std::size_t rows,
                   std::size_t cols) {
  const std::size_t whole_rows = rows / 4 * 4, whole_cols = cols / 4 * 4;
  for (std::size_t r = 0; r < whole_rows; r += 4)
    for (std::size_t i = 0; i < whole_cols; i += 4)
      transpose_block(x + r * x_stride + i, x_stride, y + i * y_stride + r, y_stride);
  for (std::size_t i = 0; i < cols; ++i) {
    for (std::size_t r = i < whole_cols ? whole_rows : 0; r < rows; ++r)
      std::memcpy(y + i * y_stride + r, static_cast<const void*>(x + r * x_stride + i), sizeof(float));
    std::fill(y + i * y_stride + rows, y + i * y_stride + round_up(rows, transpose_lanes), 0.0f);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace logitlens
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace logitlens {

HWY_EXPORT(transpose_all);

void transpose(const float* x, std::size_t x_stride, float* y, std::size_t y_stride, std::size_t rows,
               std::size_t cols) {
  HWY_DYNAMIC_DISPATCH(transpose_all)(x, x_stride, y, y_stride, rows, cols);
}

}  // namespace logitlens
#endif  // HWY_ONCE
