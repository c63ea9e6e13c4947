#include "kernels/quantize.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "base/matrix.h"
#include "base/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/quantize.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "kernels/simd_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace logitlens {
namespace HWY_NAMESPACE {

using Doubles = hn::ScalableTag<double>;
using Floats = hn::Rebind<float, Doubles>;  // as many floats as a vector of doubles holds
using Bytes = hn::Rebind<std::int8_t, Doubles>;
using Integers = hn::Rebind<std::int32_t, Doubles>;

// x - centre from element i on, 0 past the end.
HWY_INLINE hn::Vec<Doubles> centred(const float* x, const double* centre, std::size_t i, std::size_t n) {
  const Doubles dd;
  const auto v = hn::PromoteTo(dd, load_part(Floats(), x + i, n - i));
  return centre ? hn::Sub(v, load_part(dd, centre + i, n - i)) : v;
}

QuantizedRow quantize(const float* x, const double* centre, std::int8_t* q, std::size_t n) {
  const Doubles dd;
  const std::size_t lanes = hn::Lanes(dd);
  auto largest = hn::Zero(dd);
  for (std::size_t i = 0; i < n; i += lanes) largest = hn::Max(largest, hn::Abs(centred(x, centre, i, n)));
  QuantizedRow row;
  row.scale = static_cast<float>(hn::GetLane(hn::MaxOfLanes(dd, largest)) / 127.0);
  const auto scale = hn::Set(dd, static_cast<double>(row.scale));
  const auto inverse = hn::Set(dd, row.scale > 0 ? 1.0 / static_cast<double>(row.scale) : 0.0);
  auto norm = hn::Zero(dd), error = hn::Zero(dd);
  for (std::size_t i = 0; i < n; i += lanes) {
    const auto v = centred(x, centre, i, n);
    // A scale rounded down may give a little more than 127.
    const auto whole = hn::Round(hn::Mul(v, inverse));
    const auto nearest = hn::Min(hn::Max(whole, hn::Set(dd, -127.0)), hn::Set(dd, 127.0));
    const auto kept = hn::Mul(nearest, scale), lost = hn::Sub(v, kept);
    norm = hn::MulAdd(kept, kept, norm);
    error = hn::MulAdd(lost, lost, error);
    store_part(Bytes(), hn::DemoteTo(Bytes(), hn::DemoteTo(Integers(), nearest)), q + i, n - i);
  }
  row.norm = std::sqrt(hn::GetLane(hn::SumOfLanes(dd, norm)));
  row.error = std::sqrt(hn::GetLane(hn::SumOfLanes(dd, error)));
  return row;
}

using Wide = hn::ScalableTag<float>;

std::size_t count_above(const float* x, std::size_t n, float limit) {
  const Wide d;
  const std::size_t lanes = hn::Lanes(d);
  std::size_t count = 0;
  for (std::size_t i = 0; i < n; i += lanes)
    count += hn::CountTrue(d, hn::Gt(hn::Abs(load_part(d, x + i, n - i)), hn::Set(d, limit)));
  return count;
}

// What is left after the values that stand out: the largest of the rest, near enough. The three largest of every lane hold the three
// largest of all, and nearly all of the next.
float largest_but_outliers(const float* x, std::size_t n) {
  const Wide d;
  const std::size_t lanes = hn::Lanes(d);
  auto first = hn::Zero(d), second = first, third = first;
  for (std::size_t i = 0; i < n; i += lanes) {
    const auto v = hn::Abs(load_part(d, x + i, n - i));
    third = hn::Max(third, hn::Min(second, v));
    second = hn::Max(second, hn::Min(first, v));
    first = hn::Max(first, v);
  }
  HWY_ALIGN float largest[3 * hn::MaxLanes(d)];
  hn::Store(first, d, largest), hn::Store(second, d, largest + lanes),
      hn::Store(third, d, largest + 2 * lanes);
  const std::size_t outliers = std::clamp<std::size_t>(n / 256, 2, std::min<std::size_t>(12, 3 * lanes - 1));
  std::partial_sort(largest, largest + outliers + 1, largest + 3 * lanes, std::greater<>());
  return outliers == 2 || count_above(x, n, largest[outliers]) <= most_outliers ? largest[outliers]
                                                                                : largest[2];
}

SplitRow split(const float* x, std::int8_t* q, std::size_t n) {
  const Wide d;
  const hn::Rebind<std::int8_t, Wide> db;
  const std::size_t lanes = hn::Lanes(d);
  SplitRow row;
  const float most = largest_but_outliers(x, n);
  row.scale = most / 127.0f;
  const auto limit = hn::Set(d, most);
  // Below, 127 / most would be infinite: as good as nothing.
  const auto inverse = hn::Set(d, most > 1e-36f ? 127.0f / most : 0.0f);
  for (std::size_t i = 0; i < n; i += lanes) {
    const auto v = load_part(d, x + i, n - i);
    const auto stands_out = hn::Gt(hn::Abs(v), limit);
    const auto nearest = hn::NearestInt(hn::IfThenZeroElse(stands_out, hn::Mul(v, inverse)));
    store_part(db, hn::DemoteTo(db, nearest), q + i, n - i);
    if (HWY_LIKELY(hn::AllFalse(d, stands_out))) continue;
    for (std::size_t k = i; k < std::min(n, i + lanes); ++k) {
      const float value = float_at(x, k);
      if (std::abs(value) > most && row.outliers < row.at.size()) {
        row.at[row.outliers] = static_cast<std::uint32_t>(k);
        row.values[row.outliers++] = value;
      }
    }
  }
  return row;
}

void scale_split(const std::int32_t* products, const SplitRow& row, const float* scales,
                 const std::int8_t* columns, float* y, std::size_t n) {
  const Wide d;
  const hn::RebindToSigned<Wide> di;
  const hn::Rebind<std::int8_t, Wide> db;
  const std::size_t lanes = hn::Lanes(d);
  const auto scale = hn::Set(d, row.scale);
  for (std::size_t i = 0; i < n; i += lanes) {
    auto sum = hn::Mul(scale, hn::ConvertTo(d, load_part(di, products + i, n - i)));
    for (std::size_t o = 0; o < row.outliers; ++o) {
      const auto weight = hn::PromoteTo(di, load_part(db, columns + row.at[o] * n + i, n - i));
      sum = hn::MulAdd(hn::Set(d, row.values[o]), hn::ConvertTo(d, weight), sum);
    }
    store_part(d, hn::Mul(sum, load_part(d, scales + i, n - i)), y + i, n - i);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace logitlens
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace logitlens {

HWY_EXPORT(quantize);
HWY_EXPORT(split);
HWY_EXPORT(scale_split);

QuantizedRow quantize_row(const float* x, const double* centre, std::int8_t* q, std::size_t n) {
  return HWY_DYNAMIC_DISPATCH(quantize)(x, centre, q, n);
}

SplitRow split_row(const float* x, std::int8_t* q, std::size_t n) {
  return HWY_DYNAMIC_DISPATCH(split)(x, q, n);
}

void scale_products(const std::int32_t* products, const SplitRow& row, const float* scales,
                    const std::int8_t* columns, float* y, std::size_t n) {
  HWY_DYNAMIC_DISPATCH(scale_split)(products, row, scales, columns, y, n);
}

}  // namespace logitlens
#endif  // HWY_ONCE
