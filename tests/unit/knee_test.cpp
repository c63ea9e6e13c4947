#include "analysis/knee.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
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

// Sums of twelve uniform numbers from a congruential generator: the same noise on every machine.
std::vector<double> flat_noise(std::size_t points, double deviation, std::uint64_t& state) {
  std::vector<double> z(points, 4.0);
  for (double& value : z) {
    double sum = -6;
    for (int i = 0; i < 12; ++i) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      sum += static_cast<double>(state >> 11) * 0x1p-53;
    }
    value += deviation * sum;
  }
  return z;
}

TEST(Knee, RarelySeenInFlatNoiseByEitherOpinion) {
  std::uint64_t state = 1;
  for (std::size_t points : {7u, 13u, 25u}) {
    for (double deviation : {0.3, 1.0, 2.0}) {
      int knees = 0, bends = 0;
      for (int i = 0; i < 1000; ++i) {
        const std::vector<double> z = flat_noise(points, deviation, state);
        knees += knee_of(z).has_value();
        bends += find_two_segments(layers_to(points), z).has_value();
      }
      EXPECT_LT(knees, 60) << points << " points, " << deviation;
      EXPECT_LT(bends, 100) << points << " points, " << deviation;
    }
  }
}

std::optional<TwoSegment> segments_of(const std::vector<double>& z) {
  return find_two_segments(layers_to(z.size()), z);
}

TEST(TwoSegments, AgreeWithTheKneeOnAHinge) {
  for (int points : {5, 13, 25}) {
    for (int at = 1; at + 1 < points; ++at) {
      const std::vector<double> z = hinge(points, at, 2.0);
      ASSERT_TRUE(segments_of(z)) << points << " " << at;
      EXPECT_EQ(segments_of(z)->layer, at);
      EXPECT_EQ(segments_of(z)->gain, 1);
    }
  }
}

TEST(TwoSegments, OfAnSCurveIsItsFirstBend) {
  for (double width : {0.8, 1.5, 3.0}) {
    std::vector<double> z;
    for (int k = 0; k <= 24; ++k) z.push_back(12 / (1 + std::exp(-(k - 12) / width)));
    ASSERT_TRUE(segments_of(z)) << width;
    EXPECT_GE(segments_of(z)->layer, 5) << width;
    EXPECT_LE(segments_of(z)->layer, 11) << width;
    EXPECT_GT(segments_of(z)->gain, 0.8) << width;
  }
}

TEST(TwoSegments, NoneWhereThereIsNoKnee) {
  EXPECT_FALSE(segments_of({}));
  EXPECT_FALSE(segments_of({5}));
  EXPECT_FALSE(segments_of({1, 9}));
  EXPECT_FALSE(segments_of({9, 9, 9, 6, 3, 1}));
  EXPECT_FALSE(segments_of(std::vector<double>(13, 4.0)));
  EXPECT_FALSE(segments_of({3.0, 3.2, 2.9, 3.1, 2.8, 3.3, 3.0, 2.9, 3.4}));
  EXPECT_FALSE(segments_of({1, 1, std::numeric_limits<double>::quiet_NaN(), 1, 9}));
  EXPECT_FALSE(segments_of({3, 3, 3, 3, 3.99}));
  std::vector<double> line, roots;
  for (int k = 0; k <= 12; ++k) {
    line.push_back(2 + 0.7 * k);
    roots.push_back(5 * std::sqrt(k));
  }
  EXPECT_FALSE(segments_of(line));
  EXPECT_FALSE(segments_of(roots));
}

// bert-base-uncased, the second "way" of "the way you do anything is the way you do everything", layers 0
// to 12.
TEST(Knee, OfTheSeedSentence) {
  const auto knee = knee_of({2.1, 2.6, 5.2, 4.9, 5.2, 6.1, 4.9, 5.9, 7.2, 8.7, 11.7, 11.6, 10.4});
  ASSERT_TRUE(knee);
  EXPECT_EQ(knee->layer, 6);
  EXPECT_NEAR(knee->strength, 0.14, 0.005);
  // Where two lines fit best, the climb begins two layers later.
  const auto segments = segments_of({2.1, 2.6, 5.2, 4.9, 5.2, 6.1, 4.9, 5.9, 7.2, 8.7, 11.7, 11.6, 10.4});
  ASSERT_TRUE(segments);
  EXPECT_EQ(segments->layer, 8);
}

}  // namespace
}  // namespace logitlens
