// The exponentials alone, against the bounds that simd_math-inl.h states.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "for_each_isa.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "unit/simd_math_test.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "kernels/simd_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace logitlens {
namespace HWY_NAMESPACE {

void exp_of_floats(std::vector<float>& x) {
  const hn::ScalableTag<float> d;
  for (std::size_t i = 0; i < x.size(); i += hn::Lanes(d))
    store_part(d, exp_float(d, load_part(d, &x[i], x.size() - i)), &x[i], x.size() - i);
}

void exp_of_doubles(std::vector<double>& x) {
  const hn::ScalableTag<double> d;
  for (std::size_t i = 0; i < x.size(); i += hn::Lanes(d))
    store_part(d, exp_double(d, load_part(d, &x[i], x.size() - i)), &x[i], x.size() - i);
}

}  // namespace HWY_NAMESPACE
}  // namespace logitlens
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace logitlens {

HWY_EXPORT(exp_of_floats);
HWY_EXPORT(exp_of_doubles);

namespace {

TEST(SimdMath, ExpOfFloatsIsWithinItsBound) {
  std::vector<float> x;
  for (double value = -87.32; value < 88.71; value += 0.00137) x.push_back(static_cast<float>(value));
  for_each_isa([&] {
    std::vector<float> y = x;
    HWY_DYNAMIC_DISPATCH(exp_of_floats)(y);
    double worst = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double exact = std::exp(static_cast<double>(x[i]));
      const float rounded = static_cast<float>(exact);
      const float next = std::nextafter(rounded, std::numeric_limits<float>::infinity());
      const double ulp = static_cast<double>(next) - static_cast<double>(rounded);
      worst = std::max(worst, std::abs(static_cast<double>(y[i]) - exact) / ulp);
    }
    EXPECT_LE(worst, 1.1);
  });
}

TEST(SimdMath, ExpOfDoublesIsWithinItsBound) {
  std::vector<double> x = {0.0, -0.0, -1e-300, -1e-8};
  for (double value = -707.9; value <= 0; value += 0.00517) x.push_back(value);
  for_each_isa([&] {
    std::vector<double> y = x;
    HWY_DYNAMIC_DISPATCH(exp_of_doubles)(y);
    double worst = 0;
    for (std::size_t i = 0; i < x.size(); ++i) worst = std::max(worst, std::abs(y[i] / std::exp(x[i]) - 1));
    EXPECT_LE(worst, 3e-10);
    EXPECT_EQ(y[0], 1);
  });
}

TEST(SimdMath, ExpVanishesFarBelow) {
  for_each_isa([] {
    std::vector<float> floats = {-88, -1e30f, -std::numeric_limits<float>::infinity()};
    std::vector<double> doubles(floats.begin(), floats.end());
    doubles[0] = -800;
    HWY_DYNAMIC_DISPATCH(exp_of_floats)(floats);
    HWY_DYNAMIC_DISPATCH(exp_of_doubles)(doubles);
    for (float value : floats) EXPECT_LT(value, 1.3e-38f);
    for (double value : doubles) EXPECT_LT(value, 1e-300);
  });
}

}  // namespace
}  // namespace logitlens
#endif  // HWY_ONCE
