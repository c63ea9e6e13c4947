// RMSNorm of x + dense_bias + residual, the sum of squares in double.
#include "base/simd_targets.h"
#include "kernels/row_kernels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/rms_norm.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <cmath>

#include "kernels/simd_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace logitlens {
namespace HWY_NAMESPACE {

// v = x + dense_bias + residual to `v` [n]; returns the sum of its squares.
double add_up_squares(const float* x, const float* dense_bias, const float* residual, float* v,
                      std::size_t n) {
  const Doubles dd;
  const Floats df;
  const std::size_t lanes = hn::Lanes(dd);
  auto sum = hn::Zero(dd);
  for (std::size_t i = 0; i < n; i += lanes) {
    auto value = load_part(df, x + i, n - i);
    if (dense_bias) value = hn::Add(value, load_part(df, dense_bias + i, n - i));
    if (residual) value = hn::Add(value, load_part(df, residual + i, n - i));
    store_part(df, value, v + i, n - i);
    const auto wide = hn::PromoteTo(dd, value);
    sum = hn::MulAdd(wide, wide, sum);
  }
  return hn::GetLane(hn::SumOfLanes(dd, sum));
}

void rms_normalise_row(const float* x, const float* dense_bias, const float* residual, const float* weight,
                       float eps, float* y, std::size_t n) {
  const double squares = add_up_squares(x, dense_bias, residual, y, n);
  const double scale = 1.0 / std::sqrt(squares / static_cast<double>(n) + static_cast<double>(eps));
  const Doubles dd;
  const Floats df;
  const std::size_t lanes = hn::Lanes(dd);
  const auto factor = hn::Set(dd, scale);
  for (std::size_t i = 0; i < n; i += lanes) {
    const auto normal = hn::DemoteTo(df, hn::Mul(hn::PromoteTo(dd, load_part(df, y + i, n - i)), factor));
    store_part(df, hn::Mul(normal, load_part(df, weight + i, n - i)), y + i, n - i);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace logitlens
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace logitlens {

HWY_EXPORT(rms_normalise_row);

void add_rms_norm(const float* x, const float* dense_bias, const float* residual, const float* weight,
                  float eps, float* y, std::size_t n) {
  if (n > 0) HWY_DYNAMIC_DISPATCH(rms_normalise_row)(x, dense_bias, residual, weight, eps, y, n);
}

}  // namespace logitlens
#endif  // HWY_ONCE
