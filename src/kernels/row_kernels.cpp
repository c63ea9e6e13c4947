// The simplest operations on a row.
#include "kernels/row_kernels.h"

#include "base/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/row_kernels.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <cstdint>
#include <cstring>

#include "kernels/simd_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace logitlens {
namespace HWY_NAMESPACE {

void add_rows(const float* x, const float* bias, float* y, std::size_t n) {
  const hn::ScalableTag<float> d;
  const std::size_t lanes = hn::Lanes(d);
  for (std::size_t i = 0; i < n; i += lanes)
    store_part(d, hn::Add(load_part(d, x + i, n - i), load_part(d, bias + i, n - i)), y + i, n - i);
}

void multiply_rows(const float* x, const float* factor, float* y, std::size_t n) {
  const hn::ScalableTag<float> d;
  const std::size_t lanes = hn::Lanes(d);
  for (std::size_t i = 0; i < n; i += lanes)
    store_part(d, hn::Mul(load_part(d, x + i, n - i), load_part(d, factor + i, n - i)), y + i, n - i);
}

// Four sums, so that none need wait for another.
float dot_rows(const float* x, const float* y, std::size_t n) {
  const hn::ScalableTag<float> d;
  const std::size_t lanes = hn::Lanes(d);
  auto s0 = hn::Zero(d), s1 = s0, s2 = s0, s3 = s0;
  std::size_t i = 0;
  for (; i + 4 * lanes <= n; i += 4 * lanes) {
    s0 = hn::MulAdd(hn::LoadU(d, x + i), hn::LoadU(d, y + i), s0);
    s1 = hn::MulAdd(hn::LoadU(d, x + i + lanes), hn::LoadU(d, y + i + lanes), s1);
    s2 = hn::MulAdd(hn::LoadU(d, x + i + 2 * lanes), hn::LoadU(d, y + i + 2 * lanes), s2);
    s3 = hn::MulAdd(hn::LoadU(d, x + i + 3 * lanes), hn::LoadU(d, y + i + 3 * lanes), s3);
  }
  for (; i < n; i += lanes) s0 = hn::MulAdd(load_part(d, x + i, n - i), load_part(d, y + i, n - i), s0);
  return hn::GetLane(hn::SumOfLanes(d, hn::Add(hn::Add(s0, s1), hn::Add(s2, s3))));
}

// Infinities and NaN have all bits of the exponent set: without the sign they are the largest integers.
bool finite_row(const void* x, std::size_t n) {
  const hn::ScalableTag<std::int32_t> d;
  const std::size_t lanes = hn::Lanes(d);
  const auto* bits = static_cast<const std::int32_t*>(x);
  const auto magnitude_bits = hn::Set(d, 0x7FFFFFFF);
  auto largest = hn::Zero(d);
  for (std::size_t i = 0; i < n; i += lanes)
    largest = hn::Max(largest, hn::And(load_part(d, bits + i, n - i), magnitude_bits));
  return hn::AllTrue(d, hn::Lt(largest, hn::Set(d, 0x7F800000)));
}

}  // namespace HWY_NAMESPACE
}  // namespace logitlens
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace logitlens {

HWY_EXPORT(add_rows);
HWY_EXPORT(multiply_rows);
HWY_EXPORT(dot_rows);
HWY_EXPORT(finite_row);

void add_bias(const float* x, const float* bias, float* y, std::size_t n) {
  if (bias)
    HWY_DYNAMIC_DISPATCH(add_rows)(x, bias, y, n);
  else if (x != y)
    std::memmove(y, static_cast<const void*>(x), n * sizeof(float));  // weights lie at any address
}

void multiply(const float* x, const float* factor, float* y, std::size_t n) {
  HWY_DYNAMIC_DISPATCH(multiply_rows)(x, factor, y, n);
}

float dot(const float* x, const float* y, std::size_t n) { return HWY_DYNAMIC_DISPATCH(dot_rows)(x, y, n); }

bool all_finite(const void* x, std::size_t n) { return HWY_DYNAMIC_DISPATCH(finite_row)(x, n); }

}  // namespace logitlens
#endif  // HWY_ONCE
