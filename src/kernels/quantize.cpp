#include "kernels/quantize.h"

#include <cmath>

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

}  // namespace HWY_NAMESPACE
}  // namespace logitlens
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace logitlens {

HWY_EXPORT(quantize);

QuantizedRow quantize_row(const float* x, const double* centre, std::int8_t* q, std::size_t n) {
  return HWY_DYNAMIC_DISPATCH(quantize)(x, centre, q, n);
}

}  // namespace logitlens
#endif  // HWY_ONCE
