#include "kernels/quantize.h"

#include <algorithm>
#include <cmath>

#include "base/matrix.h"
#include "base/simd_targets.h"
#include "kernels/gemm_int8.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/quantize.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "kernels/simd_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace logitlens {
namespace HWY_NAMESPACE {

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

// The three largest of every lane, in descending order.
struct Largest {
  hn::Vec<Wide> first, second, third;

  HWY_INLINE void clear() { first = second = third = hn::Zero(Wide()); }

  HWY_INLINE void take(hn::Vec<Wide> v) {
    third = hn::Max(third, hn::Min(second, v));
    second = hn::Max(second, hn::Min(first, v));
    first = hn::Max(first, v);
  }

  // The largest of all, which is taken away: one of it, where there are several.
  HWY_INLINE float pop() {
    const Wide d;
    const auto most = hn::MaxOfLanes(d, first);
    const auto found = hn::FindFirstTrue(d, hn::Eq(first, most));  // -1 if there are NaN
    const auto gone = hn::And(hn::Eq(first, most), hn::FirstN(d, static_cast<std::size_t>(found + 1)));
    first = hn::IfThenElse(gone, second, first);
    second = hn::IfThenElse(gone, third, second);
    third = hn::IfThenZeroElse(gone, third);
    return hn::GetLane(most);
  }
};

// What is left after the values that stand out: the largest of the rest, near enough. The three largest of every lane hold the three
// largest of all, and nearly all of the next.
float largest_but_outliers(const float* x, std::size_t n) {
  const Wide d;
  const std::size_t lanes = hn::Lanes(d);
  Largest largest, others;  // two, as one would wait for itself
  largest.clear(), others.clear();
  std::size_t i = 0;
  for (; i + 2 * lanes <= n; i += 2 * lanes) {
    largest.take(hn::Abs(hn::LoadU(d, x + i)));
    others.take(hn::Abs(hn::LoadU(d, x + i + lanes)));
  }
  for (; i < n; i += lanes) largest.take(hn::Abs(load_part(d, x + i, n - i)));
  largest.take(others.first), largest.take(others.second), largest.take(others.third);
  const std::size_t outliers = std::clamp<std::size_t>(n / 256, 2, std::min<std::size_t>(12, 3 * lanes - 1));
  float third = 0, rest = 0;
  for (std::size_t k = 0; k <= outliers; ++k) {
    rest = largest.pop();
    if (k == 2) third = rest;
  }
  return outliers == 2 || count_above(x, n, rest) <= most_outliers ? rest : third;
}

SplitRow split(const float* x, std::uint8_t* q, std::size_t n) {
  const Wide d;
  const hn::RebindToSigned<Wide> di;
  const hn::Rebind<std::uint8_t, Wide> db;
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
    store_part(db, hn::DemoteTo(db, hn::Add(nearest, hn::Set(di, GemmInt8::zero))), q + i, n - i);
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

// V vectors of outputs from output i on.
template <std::size_t V>
HWY_INLINE void scale_outputs(const std::int32_t* products, const SplitRow& row, const float* scales,
                              const std::int8_t* columns, float* y, std::size_t i, std::size_t n) {
  const Wide d;
  const hn::RebindToSigned<Wide> di;
  const hn::Rebind<std::int8_t, Wide> db;
  const std::size_t lanes = hn::Lanes(d);
  const auto scale = hn::Set(d, row.scale);
  hn::Vec<Wide> sums[V];
  for (std::size_t v = 0; v < V; ++v) {
    const std::size_t at = i + v * lanes;
    sums[v] = hn::Mul(scale, hn::ConvertTo(d, load_part(di, products + at, n - at)));
  }
  for (std::size_t o = 0; o < row.outliers; ++o) {
    const std::int8_t* column = columns + row.at[o] * n + i;
    const auto value = hn::Set(d, row.values[o]);
    for (std::size_t v = 0; v < V; ++v) {
      const auto weight = hn::PromoteTo(di, load_part(db, column + v * lanes, n - i - v * lanes));
      sums[v] = hn::MulAdd(value, hn::ConvertTo(d, weight), sums[v]);
    }
  }
  for (std::size_t v = 0; v < V; ++v) {
    const std::size_t at = i + v * lanes;
    store_part(d, hn::Mul(sums[v], load_part(d, scales + at, n - at)), y + at, n - at);
  }
}

void scale_split(const std::int32_t* products, const SplitRow& row, const float* scales,
                 const std::int8_t* columns, float* y, std::size_t n) {
  constexpr std::size_t V = 4;
  const std::size_t lanes = hn::Lanes(Wide());
  std::size_t i = 0;
  for (; i + V * lanes <= n; i += V * lanes) scale_outputs<V>(products, row, scales, columns, y, i, n);
  for (; i < n; i += lanes) scale_outputs<1>(products, row, scales, columns, y, i, n);
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

SplitRow split_row(const float* x, std::uint8_t* q, std::size_t n) {
  return HWY_DYNAMIC_DISPATCH(split)(x, q, n);
}

void scale_products(const std::int32_t* products, const SplitRow& row, const float* scales,
                    const std::int8_t* columns, float* y, std::size_t n) {
  HWY_DYNAMIC_DISPATCH(scale_split)(products, row, scales, columns, y, n);
}

}  // namespace logitlens
#endif  // HWY_ONCE
