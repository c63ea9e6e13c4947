// Attention weights of one row of scores. The exponent's argument is taken in double: scores of some hundred
// would leave a float32 difference an error of 3e-5, and the weight the same relative error.
#include "base/simd_targets.h"
#include "kernels/row_kernels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/softmax.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <limits>

#include "kernels/simd_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace logitlens {
namespace HWY_NAMESPACE {

float largest(const float* x, std::size_t n) {
  const hn::ScalableTag<float> d;
  const std::size_t lanes = hn::Lanes(d);
  constexpr float least = -std::numeric_limits<float>::infinity();
  auto max = hn::Set(d, least);
  for (std::size_t i = 0; i < n; i += lanes) max = hn::Max(max, load_part(d, x + i, n - i, least));
  return hn::GetLane(hn::MaxOfLanes(d, max));
}

// x[i] = exp(scale * (x[i] - max)); returns the sum.
double exponentiate(float* x, float scale, float max, std::size_t n) {
  const hn::ScalableTag<double> dd;
  const hn::Rebind<float, decltype(dd)> df;
  const std::size_t lanes = hn::Lanes(dd);
  const auto factor = hn::Set(dd, static_cast<double>(scale));
  const auto reference = hn::Set(dd, static_cast<double>(max));
  auto sum = hn::Zero(dd);
  for (std::size_t i = 0; i < n; i += lanes) {
    const auto score = hn::PromoteTo(dd, load_part(df, x + i, n - i));
    const auto weight = exp_double(dd, hn::Mul(hn::Sub(score, reference), factor));
    store_part(df, hn::DemoteTo(df, weight), x + i, n - i);
    sum = hn::Add(sum, keep_part(dd, weight, n - i));
  }
  return hn::GetLane(hn::SumOfLanes(dd, sum));
}

void softmax_row(float* x, float scale, std::size_t n) {
  const double sum = exponentiate(x, scale, largest(x, n), n);
  const hn::ScalableTag<float> d;
  const std::size_t lanes = hn::Lanes(d);
  const auto factor = hn::Set(d, static_cast<float>(1.0 / sum));
  for (std::size_t i = 0; i < n; i += lanes)
    store_part(d, hn::Mul(load_part(d, x + i, n - i), factor), x + i, n - i);
}

}  // namespace HWY_NAMESPACE
}  // namespace logitlens
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace logitlens {

HWY_EXPORT(softmax_row);

void softmax(float* x, float scale, std::size_t n) { HWY_DYNAMIC_DISPATCH(softmax_row)(x, scale, n); }

}  // namespace logitlens
#endif  // HWY_ONCE
