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

#if HWY_TARGET == HWY_SCALAR
// y [1, 1] = x [1, 1].
constexpr std::size_t block_columns = 1;
template <class D>
HWY_INLINE void transpose_block(D, const float* x, std::size_t, float* y, std::size_t) {
  std::memcpy(y, static_cast<const void*>(x), sizeof(float));
}
#else
constexpr std::size_t block_columns = 4;

// Four columns of every fourth of N rows: x [N, 4] from row 0, 4, 8, ...
template <class D>
HWY_INLINE hn::Vec<D> load_every_fourth(D d, const float* x, std::size_t x_stride) {
  if constexpr (hn::MaxLanes(d) == 4) {
    return hn::LoadU(d, x);
  } else {
    const hn::Half<D> half;
    return hn::Combine(d, load_every_fourth(half, x + hn::Lanes(half) * x_stride, x_stride),
                       load_every_fourth(half, x, x_stride));
  }
}

// y [4, N] = x [N, 4] transposed, for vectors of N lanes.
template <class D>
HWY_INLINE void transpose_block(D d, const float* x, std::size_t x_stride, float* y, std::size_t y_stride) {
  const auto r0 = load_every_fourth(d, x, x_stride), r1 = load_every_fourth(d, x + x_stride, x_stride),
             r2 = load_every_fourth(d, x + 2 * x_stride, x_stride),
             r3 = load_every_fourth(d, x + 3 * x_stride, x_stride);
  const auto even_lower = hn::InterleaveLower(d, r0, r2), odd_lower = hn::InterleaveLower(d, r1, r3),
             even_upper = hn::InterleaveUpper(d, r0, r2), odd_upper = hn::InterleaveUpper(d, r1, r3);
  hn::StoreU(hn::InterleaveLower(d, even_lower, odd_lower), d, y);
  hn::StoreU(hn::InterleaveUpper(d, even_lower, odd_lower), d, y + y_stride);
  hn::StoreU(hn::InterleaveLower(d, even_upper, odd_upper), d, y + 2 * y_stride);
  hn::StoreU(hn::InterleaveUpper(d, even_upper, odd_upper), d, y + 3 * y_stride);
}
#endif

// Rows `first` on, as many vectors as there are, of the first `cols` columns. The row after them.
template <class D>
std::size_t transpose_rows(D d, const float* x, std::size_t x_stride, float* y, std::size_t y_stride,
                           std::size_t first, std::size_t rows, std::size_t cols) {
  const std::size_t lanes = hn::Lanes(d);
  for (; first + lanes <= rows; first += lanes)
    for (std::size_t i = 0; i < cols; i += block_columns)
      transpose_block(d, x + first * x_stride + i, x_stride, y + i * y_stride + first, y_stride);
  return first;
}

void transpose_all(const float* x, std::size_t x_stride, float* y, std::size_t y_stride, std::size_t rows,
                   std::size_t cols) {
  const std::size_t whole_cols = cols / block_columns * block_columns;
  std::size_t whole_rows =
      transpose_rows(hn::ScalableTag<float>(), x, x_stride, y, y_stride, 0, rows, whole_cols);
  whole_rows =
      transpose_rows(hn::CappedTag<float, 4>(), x, x_stride, y, y_stride, whole_rows, rows, whole_cols);
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
