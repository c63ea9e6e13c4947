#include "analysis/least_squares.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace logitlens {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

std::vector<double> steps(std::size_t count) {
  std::vector<double> x(count);
  for (std::size_t i = 0; i < count; ++i) x[i] = static_cast<double>(i);
  return x;
}

bool is_none(const Line& line) { return std::isnan(line.b0) && std::isnan(line.b1) && std::isnan(line.r2); }

TEST(LeastSquares, FindsALineThatIsThere) {
  std::vector<double> y;
  for (int k = 0; k < 25; ++k) y.push_back(-12 + 2.5 * std::sqrt(k));
  const Line line = fit_sqrt(y);
  EXPECT_NEAR(line.b0, -12, 1e-12);
  EXPECT_NEAR(line.b1, 2.5, 1e-12);
  EXPECT_NEAR(line.r2, 1, 1e-12);
}

// By hand: mean x = 1.5, mean y = 3.25, Sxy = 5.5, Sxx = 5, SST = 6.75, so b1 = 1.1 and SSE = 6.75 - 1.1 * 5.5.
TEST(LeastSquares, OfFourPointsByHand) {
  const Line line = fit_line(steps(4), std::vector<double>{2, 2, 4, 5});
  EXPECT_NEAR(line.b1, 1.1, 1e-12);
  EXPECT_NEAR(line.b0, 1.6, 1e-12);
  EXPECT_NEAR(line.r2, 6.05 / 6.75, 1e-12);
}

TEST(LeastSquares, ResidualsAreOrthogonalToWhatWasFitted) {
  const std::vector<double> y = {3, -1, 4, 1, -5, 9, 2, 6};
  const Line line = fit_sqrt(y);
  double sum = 0, along = 0;
  for (std::size_t k = 0; k < y.size(); ++k) {
    const double root = std::sqrt(static_cast<double>(k)), rest = y[k] - line.b0 - line.b1 * root;
    sum += rest;
    along += rest * root;
  }
  EXPECT_NEAR(sum, 0, 1e-12);
  EXPECT_NEAR(along, 0, 1e-12);
}

TEST(LeastSquares, LeavesMissingValuesOut) {
  const Line line = fit_sqrt(std::vector<double>{1, 3, kNaN, std::numeric_limits<double>::infinity(), 5});
  EXPECT_NEAR(line.b0, 1, 1e-12);
  EXPECT_NEAR(line.b1, 2, 1e-12);
}

TEST(LeastSquares, ByLayerNumbersWhereSomeAreNotThere) {
  const std::vector<int> layers = {0, 4, 9};
  const Line line = fit_sqrt(layers, std::vector<double>{1, 5, 7});
  EXPECT_NEAR(line.b0, 1, 1e-12);
  EXPECT_NEAR(line.b1, 2, 1e-12);
}

TEST(LeastSquares, NoneThroughOnePointOrNone) {
  EXPECT_TRUE(is_none(fit_sqrt(std::vector<double>{})));
  EXPECT_TRUE(is_none(fit_sqrt(std::vector<double>{4})));
  EXPECT_TRUE(is_none(fit_sqrt(std::vector<double>{4, kNaN})));
  EXPECT_TRUE(is_none(fit_line(std::vector<double>{2, 2}, std::vector<double>{1, 3})));
  EXPECT_TRUE(is_none(fit_line(std::vector<double>{2}, std::vector<double>{1, 3})));
}

TEST(LeastSquares, TwoPointsAreMetExactly) {
  const Line line = fit_sqrt(std::vector<double>{4, 6});
  EXPECT_DOUBLE_EQ(line.b0, 4);
  EXPECT_DOUBLE_EQ(line.b1, 2);
}

TEST(LeastSquares, AFlatCurveHasNoShareToExplain) {
  const Line line = fit_sqrt(std::vector<double>(9, -3.3));
  EXPECT_NEAR(line.b0, -3.3, 1e-12);
  EXPECT_NEAR(line.b1, 0, 1e-12);
  EXPECT_TRUE(std::isnan(line.r2));
}

TEST(TwoLines, FindsTheBendThatIsThere) {
  for (std::size_t at = 1; at < 11; ++at) {
    std::vector<double> y;
    for (std::size_t k = 0; k < 12; ++k)
      y.push_back(2 + 0.25 * static_cast<double>(k) + (k > at ? 3 * static_cast<double>(k - at) : 0));
    const auto fit = fit_two_lines(steps(12), y);
    ASSERT_TRUE(fit) << at;
    EXPECT_EQ(fit->bend, at);
    EXPECT_NEAR(fit->before, 0.25, 1e-10);
    EXPECT_NEAR(fit->after, 3.25, 1e-10);
    EXPECT_NEAR(fit->at_bend, 2 + 0.25 * static_cast<double>(at), 1e-10);
    EXPECT_EQ(fit->sse, 0);
  }
}

// The same sums of squares by solving nothing: no other line pair of a fine grid may do better at the same bend.
TEST(TwoLines, NoOtherPairFitsBetter) {
  const std::vector<double> y = {2.1, 2.6, 5.2, 4.9, 5.2, 6.1, 4.9, 5.9, 7.2, 8.7, 11.7};
  const auto fit = fit_two_lines(steps(y.size()), y);
  ASSERT_TRUE(fit);
  const auto sse = [&](double at_bend, double before, double after) {
    double sum = 0;
    for (std::size_t k = 0; k < y.size(); ++k) {
      const double x = static_cast<double>(k) - static_cast<double>(fit->bend);
      sum += std::pow(y[k] - at_bend - (x < 0 ? before : after) * x, 2);
    }
    return sum;
  };
  EXPECT_NEAR(sse(fit->at_bend, fit->before, fit->after), fit->sse, 1e-9);
  for (double a : {-0.05, 0.0, 0.05})
    for (double b : {-0.05, 0.0, 0.05})
      for (double c : {-0.05, 0.0, 0.05})
        EXPECT_GE(sse(fit->at_bend + a, fit->before + b, fit->after + c), fit->sse - 1e-9);
}

TEST(TwoLines, OnlyUpwards) {
  std::vector<double> roots;
  for (int k = 0; k < 12; ++k) roots.push_back(std::sqrt(k));
  EXPECT_FALSE(fit_two_lines(steps(12), roots));
}

TEST(TwoLines, NoneInAStraightLineFewPointsOrWithMissingValues) {
  EXPECT_FALSE(fit_two_lines(steps(9), steps(9)));
  EXPECT_FALSE(fit_two_lines(steps(9), std::vector<double>(9, 0.1)));
  EXPECT_FALSE(fit_two_lines(steps(3), std::vector<double>{0, 0, 5}));
  EXPECT_FALSE(fit_two_lines({}, {}));
  EXPECT_FALSE(fit_two_lines(steps(5), std::vector<double>{0, 0, kNaN, 3, 5}));
  EXPECT_FALSE(fit_two_lines(std::vector<double>{0, 1, 1, 2}, std::vector<double>{0, 0, 1, 5}));
}

}  // namespace
}  // namespace logitlens
