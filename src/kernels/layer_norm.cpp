// LayerNorm of x + dense_bias + residual, in two passes over the row with sums in double.
#include "base/simd_targets.h"
#include "kernels/row_kernels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/layer_norm.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <cmath>

#include "kernels/simd_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace logitlens {
namespace HWY_NAMESPACE {

// v = x + dense_bias + residual to `v` [n]; returns its sum.
double add_up(const float* x, const float* dense_bias, const float* residual, float* v, std::size_t n) {
  const Doubles dd;
  const Floats df;
  Strands strands;
  strands.clear();
  for_strands(n, [&](std::size_t strand, std::size_t i) HWY_ATTR {
    auto value = load_part(df, x + i, n - i);
    if (dense_bias) value = hn::Add(value, load_part(df, dense_bias + i, n - i));
    if (residual) value = hn::Add(value, load_part(df, residual + i, n - i));
    store_part(df, value, v + i, n - i);
    strands.sums[strand] = hn::Add(strands.sums[strand], hn::PromoteTo(dd, value));
  });
  return strands.total();
}

// Sum of (v - mean)^2.
double sum_of_squares(const float* v, double mean, std::size_t n) {
  const Doubles dd;
  const Floats df;
  const auto center = hn::Set(dd, mean);
  Strands strands;
  strands.clear();
  for_strands(n, [&](std::size_t strand, std::size_t i) HWY_ATTR {
    const auto deviation = hn::Sub(hn::PromoteTo(dd, load_part(df, v + i, n - i)), center);
    const auto kept = keep_part(dd, deviation, n - i);
    strands.sums[strand] = hn::MulAdd(kept, kept, strands.sums[strand]);
  });
  return strands.total();
}

// v = (v - mean) * scale * weight [+ bias].
void scale_and_shift(float* v, double mean, double scale, const float* weight, const float* bias,
                     std::size_t n) {
  const Doubles dd;
  const Floats df;
  const std::size_t lanes = hn::Lanes(dd);
  const auto center = hn::Set(dd, mean);
  const auto factor = hn::Set(dd, scale);
  for (std::size_t i = 0; i < n; i += lanes) {
    const auto deviation = hn::Sub(hn::PromoteTo(dd, load_part(df, v + i, n - i)), center);
    const auto normal = hn::DemoteTo(df, hn::Mul(deviation, factor));
    const auto shift = bias ? load_part(df, bias + i, n - i) : hn::Zero(df);
    const auto y = hn::MulAdd(normal, load_part(df, weight + i, n - i), shift);
    store_part(df, y, v + i, n - i);
  }
}

void normalise_row(const float* x, const float* dense_bias, const float* residual, const float* weight,
                   const float* bias, float eps, float* y, std::size_t n) {
  const double count = static_cast<double>(n);
  const double mean = add_up(x, dense_bias, residual, y, n) / count;
  const double variance = sum_of_squares(y, mean, n) / count;
  scale_and_shift(y, mean, 1.0 / std::sqrt(variance + static_cast<double>(eps)), weight, bias, n);
}

}  // namespace HWY_NAMESPACE
}  // namespace logitlens
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace logitlens {

HWY_EXPORT(normalise_row);

void add_layer_norm(const float* x, const float* dense_bias, const float* residual, const float* weight,
                    const float* bias, float eps, float* y, std::size_t n) {
  if (n > 0) HWY_DYNAMIC_DISPATCH(normalise_row)(x, dense_bias, residual, weight, bias, eps, y, n);
}

}  // namespace logitlens
#endif  // HWY_ONCE
