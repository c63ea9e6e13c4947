#include "kernels/screen.h"

#include <limits>

#include "base/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/screen.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "kernels/simd_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace logitlens {
namespace HWY_NAMESPACE {

using Wide = hn::ScalableTag<float>;

ScreenedTile screen(const std::int32_t* products, std::size_t n, const ScreenIds& ids, const ScreenRow& row,
                    float threshold, float* lower, float* upper) {
  const Wide d;
  const hn::RebindToSigned<Wide> di;
  const std::size_t lanes = hn::Lanes(d);
  constexpr float least = -std::numeric_limits<float>::infinity();
  const auto row_scale = hn::Set(d, row.scale), row_norm = hn::Set(d, row.norm),
             row_error = hn::Set(d, row.error), limit = hn::Set(d, threshold);
  auto best_lower = hn::Set(d, least), best_upper = best_lower;
  ScreenedTile tile;
  for (std::size_t i = 0; i < n; i += lanes) {
    const std::size_t left = n - i;
    const auto product = hn::ConvertTo(d, load_part(di, products + i, left));
    const auto scaled = hn::Mul(product, load_part(d, ids.scale + i, left));
    const auto logit =
        hn::MulAdd(scaled, row_scale, load_part(d, ids.base + i, left, least));  // past the end: none
    const auto reach = hn::MulAdd(row_norm, load_part(d, ids.error + i, left),
                                  hn::Mul(row_error, load_part(d, ids.norm + i, left)));
    const auto low = hn::Sub(logit, reach), high = hn::Add(logit, reach);
    best_lower = hn::Max(best_lower, low);
    best_upper = hn::Max(best_upper, high);
    tile.greater += hn::CountTrue(d, hn::Gt(low, limit));
    store_part(d, low, lower + i, left);
    store_part(d, high, upper + i, left);
  }
  tile.best_lower = hn::GetLane(hn::MaxOfLanes(d, best_lower));
  tile.best_upper = hn::GetLane(hn::MaxOfLanes(d, best_upper));
  return tile;
}

std::size_t at_least(const float* values, std::size_t n, float limit, std::int32_t* found) {
  const Wide d;
  const hn::RebindToSigned<Wide> di;
  const std::size_t lanes = hn::Lanes(d);
  const auto threshold = hn::Set(d, limit);
  std::size_t count = 0;
  for (std::size_t i = 0; i < n; i += lanes) {
    auto inside = hn::Ge(load_part(d, values + i, n - i), threshold);
    if (n - i < lanes) inside = hn::And(inside, hn::FirstN(d, n - i));
    if (HWY_LIKELY(hn::AllFalse(d, inside))) continue;
    count += hn::CompressStore(hn::Iota(di, static_cast<std::int32_t>(i)), hn::RebindMask(di, inside), di,
                               found + count);
  }
  return count;
}

}  // namespace HWY_NAMESPACE
}  // namespace logitlens
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace logitlens {

HWY_EXPORT(screen);
HWY_EXPORT(at_least);

ScreenedTile screen_tile(const std::int32_t* products, std::size_t n, const ScreenIds& ids,
                         const ScreenRow& row, float threshold, float* lower, float* upper) {
  return HWY_DYNAMIC_DISPATCH(screen)(products, n, ids, row, threshold, lower, upper);
}

std::size_t find_at_least(const float* values, std::size_t n, float limit, std::int32_t* found) {
  return HWY_DYNAMIC_DISPATCH(at_least)(values, n, limit, found);
}

}  // namespace logitlens
#endif  // HWY_ONCE
