#include "analysis/mann_whitney.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace logitlens {
namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();
using Values = std::vector<double>;

double pairs_won(const Values& a, const Values& b) {
  double u = 0;
  for (double x : a)
    for (double y : b) u += x < y ? 1 : x == y ? 0.5 : 0;
  return u;
}

// Every way to choose the first group out of the pooled values, one by one.
double enumerated_p(const Values& a, const Values& b) {
  Values pooled = a;
  pooled.insert(pooled.end(), b.begin(), b.end());
  const double middle = static_cast<double>(a.size() * b.size()) / 2,
               distance = std::abs(pairs_won(a, b) - middle);
  std::vector<bool> chosen(pooled.size(), false);
  std::fill(chosen.end() - static_cast<std::ptrdiff_t>(a.size()), chosen.end(), true);
  double far = 0, all = 0;
  do {
    Values first, second;
    for (std::size_t i = 0; i < pooled.size(); ++i) (chosen[i] ? first : second).push_back(pooled[i]);
    ++all;
    far += std::abs(pairs_won(first, second) - middle) >= distance;
  } while (std::next_permutation(chosen.begin(), chosen.end()));
  return far / all;
}

TEST(MannWhitney, OfGroupsThatDoNotOverlap) {
  const MannWhitney test = mann_whitney(Values{1, 2, 3}, Values{4, 5, 6});
  EXPECT_EQ(test.u, 9);
  EXPECT_TRUE(test.exact);
  EXPECT_NEAR(test.p, 2.0 / 20, 1e-12);  // 2 of the 20 splits are as extreme
}

TEST(MannWhitney, IsTheShareOfAllSplits) {
  const std::vector<std::pair<Values, Values>> cases = {
      {{2, 2, 9, 11, kNever}, {8, 9, 9, 12}},  {{1}, {1, 1, 2}},    {{kNever, kNever}, {3, kNever, 4}},
      {{0, 3, 7, 7, 12}, {5, 6, 7, 8, 9, 12}}, {{4, 4}, {4, 4, 4}}, {{12, 11, 10, 9}, {1, 2, 3, 4, 5}}};
  for (const auto& [a, b] : cases) {
    const MannWhitney test = mann_whitney(a, b);
    EXPECT_EQ(test.u, pairs_won(a, b));
    EXPECT_NEAR(test.p, enumerated_p(a, b), 1e-12);
  }
}

TEST(MannWhitney, GroupsChangePlaces) {
  const Values a = {1, 4, 4, 8, kNever}, b = {2, 4, 9};
  EXPECT_EQ(mann_whitney(a, b).u, 15 - mann_whitney(b, a).u);
  EXPECT_NEAR(mann_whitney(a, b).p, mann_whitney(b, a).p, 1e-12);
}

TEST(MannWhitney, SaysNothingOfEqualValuesOrAnEmptyGroup) {
  EXPECT_EQ(mann_whitney(Values{5, 5}, Values{5, 5, 5}).p, 1);
  EXPECT_EQ(mann_whitney(Values{}, Values{1, 2}).p, 1);
  EXPECT_EQ(mann_whitney(Values{1, 2}, Values{}).p, 1);
  EXPECT_EQ(mann_whitney(Values(40, 5.0), Values(40, 5.0)).p, 1);
}

// Fifty values still are counted, fifty-one approximated: the two must nearly agree.
TEST(MannWhitney, TheApproximationContinuesTheCount) {
  Values a, b;
  for (int i = 0; i < 25; ++i) {
    a.push_back(i % 13);
    b.push_back((i * 7) % 13 + 2);
  }
  const MannWhitney counted = mann_whitney(a, b);
  b.push_back(7);
  const MannWhitney approximated = mann_whitney(a, b);
  EXPECT_TRUE(counted.exact);
  EXPECT_FALSE(approximated.exact);
  EXPECT_NEAR(counted.p, approximated.p, 0.02);
  EXPECT_LT(counted.p, 0.2);
}

}  // namespace
}  // namespace logitlens
