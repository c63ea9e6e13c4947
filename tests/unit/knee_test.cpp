#include "analysis/knee.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

namespace logitlens {
namespace {

std::vector<int> layers_to(std::size_t count) {
  std::vector<int> layers(count);
  std::iota(layers.begin(), layers.end(), 0);
  return layers;
}

std::optional<Knee> knee_of(const std::vector<double>& z) { return find_knee(layers_to(z.size()), z); }

// Flat up to `knee`, then a straight climb of `slope` a layer.
std::vector<double> hinge(int points, int knee, double slope) {
  std::vector<double> z;
  for (int k = 0; k < points; ++k) z.push_back(3.0 + slope * std::max(0, k - knee));
  return z;
}

TEST(Knee, FindsTheHingeWhereverItLies) {
  for (int points : {5, 13, 25, 49}) {
    for (int at = 1; at + 1 < points; ++at) {
      const auto knee = knee_of(hinge(points, at, 2.0));
      const double strength =
          static_cast<double>(at) / (points - 1);  // the chord's height there, in units of the range
      if (strength < kKneeStrength) {
        EXPECT_FALSE(knee) << points << " " << at;
        continue;
      }
      ASSERT_TRUE(knee) << points << " " << at;
      EXPECT_EQ(knee->layer, at);
      EXPECT_NEAR(knee->strength, strength, 1e-12);
    }
  }
}

TEST(Knee, DoesNotDependOnScaleOrOffset) {
  std::vector<double> z = hinge(13, 7, 1.0), scaled;
  for (double value : z) scaled.push_back(40 * value - 11);
  EXPECT_EQ(knee_of(z)->layer, knee_of(scaled)->layer);
  EXPECT_NEAR(knee_of(z)->strength, knee_of(scaled)->strength, 1e-12);
}

TEST(Knee, OfASmoothConvexCurveIsWhereItsSlopeIsTheChords) {
  std::vector<double> z;
  for (int k = 0; k <= 20; ++k) z.push_back(0.05 * k * k);  // slope 0.1 k, the chord's is 1
  ASSERT_TRUE(knee_of(z));
  EXPECT_EQ(knee_of(z)->layer, 10);
  EXPECT_NEAR(knee_of(z)->strength, 0.25, 1e-12);
}

TEST(Knee, OfAnSCurveIsItsFirstBend) {
  std::vector<double> z;
  for (int k = 0; k <= 24; ++k) z.push_back(12 / (1 + std::exp(-(k - 12) / 1.5)));
  ASSERT_TRUE(knee_of(z));
  EXPECT_GE(knee_of(z)->layer, 7);
  EXPECT_LE(knee_of(z)->layer, 10);
}

TEST(Knee, CountsLayersNotPointsWhereLayersAreMissing) {
  const std::vector<int> layers = {0, 6, 8, 10, 12};
  const std::vector<double> z = {1, 1, 4, 7, 10};
  EXPECT_EQ(find_knee(layers, z)->layer, 6);
  EXPECT_NEAR(find_knee(layers, z)->strength, 0.5, 1e-12);
}

TEST(Knee, NoneInAStraightLine) {
  std::vector<double> z;
  for (int k = 0; k <= 12; ++k) z.push_back(2 + 0.7 * k);
  EXPECT_FALSE(knee_of(z));
}

TEST(Knee, NoneInAConcaveCurve) {
  std::vector<double> z;
  for (int k = 0; k <= 12; ++k) z.push_back(5 * std::sqrt(k));
  EXPECT_FALSE(knee_of(z));
}

TEST(Knee, NoneInFlatNoise) {
  EXPECT_FALSE(knee_of({3.0, 3.2, 2.9, 3.1, 2.8, 3.3, 3.0, 2.9, 3.4}));
  EXPECT_FALSE(knee_of(std::vector<double>(13, 4.0)));
}

TEST(Knee, NoneInAFallingCurve) { EXPECT_FALSE(knee_of({9, 9, 9, 6, 3, 1})); }

TEST(Knee, NoneWhereTheRiseIsBelowOne) { EXPECT_FALSE(knee_of({3, 3, 3, 3, 3.99})); }

TEST(Knee, NoneWithFewerThanFourPoints) {
  EXPECT_FALSE(knee_of({}));
  EXPECT_FALSE(knee_of({5}));
  EXPECT_FALSE(knee_of({1, 9}));
  EXPECT_FALSE(knee_of({1, 1, 9}));
  EXPECT_TRUE(knee_of({1, 1, 1, 9}));
}

TEST(Knee, NoneWhereAValueIsMissing) {
  EXPECT_FALSE(knee_of({1, 1, std::numeric_limits<double>::quiet_NaN(), 1, 9}));
  EXPECT_FALSE(knee_of({1, 1, 1, std::numeric_limits<double>::infinity()}));
}

// bert-base-uncased, the second "way" of "the way you do anything is the way you do everything", layers 0
// to 12.
TEST(Knee, OfTheSeedSentence) {
  const auto knee = knee_of({2.1, 2.6, 5.2, 4.9, 5.2, 6.1, 4.9, 5.9, 7.2, 8.7, 11.7, 11.6, 10.4});
  ASSERT_TRUE(knee);
  EXPECT_EQ(knee->layer, 6);
  EXPECT_NEAR(knee->strength, 0.14, 0.005);
}

}  // namespace
}  // namespace logitlens
