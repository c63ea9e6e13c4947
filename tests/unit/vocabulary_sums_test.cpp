#include "kernels/vocabulary_sums.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "for_each_isa.h"

namespace logitlens {
namespace {

// The bounds that vocabulary_sums.h states.
constexpr double z_relative = 1e-6, nats_absolute = 1e-6;

using Real = long double;

// What the statistics make of the sums.
struct Statistics {
  double mean = 0, deviation = 0, best_z = 0, best_logprob = 0, entropy = 0, divergence = 0, rank = 0;
  std::int32_t best = -1;
};

Statistics finish(const VocabularySums& sums) {
  Statistics s;
  s.mean = sums.mean;
  s.deviation = std::sqrt(sums.m2 / sums.count);
  s.best_z = s.deviation > 0 ? (static_cast<double>(sums.max) - sums.mean) / s.deviation : 0;
  s.best_logprob = -std::log(sums.sum_e);
  s.entropy = std::log(sums.sum_e) - sums.sum_ex / sums.sum_e;
  const double log_sum_exp = static_cast<double>(sums.max) + std::log(sums.sum_e);
  const double last_log_sum_exp = static_cast<double>(sums.last_max) + std::log(sums.sum_f);
  s.divergence = sums.sum_f_diff / sums.sum_f - last_log_sum_exp + log_sum_exp;
  s.rank = sums.greater;
  s.best = sums.argmax;
  return s;
}

Real log_sum_exp_above(std::span<const float> x, Real max) {
  Real sum = 0;
  for (float value : x) sum += std::exp(static_cast<Real>(value) - max);
  return std::log(sum);
}

// The definitions, on the whole row.
Statistics brute_force(std::span<const float> x, std::span<const float> r, std::int32_t target) {
  Statistics s;
  const auto best = std::max_element(x.begin(), x.end());  // the first of equals
  s.best = static_cast<std::int32_t>(best - x.begin());
  const Real max = static_cast<Real>(*best),
             last_max = static_cast<Real>(*std::max_element(r.begin(), r.end()));
  const Real n = static_cast<Real>(x.size());
  Real mean = 0, variance = 0;
  for (float value : x) mean += static_cast<Real>(value) / n;
  for (float value : x) variance += (static_cast<Real>(value) - mean) * (static_cast<Real>(value) - mean) / n;
  const bool constant = std::all_of(x.begin(), x.end(), [&](float value) { return value == x[0]; });
  s.mean = static_cast<double>(mean);
  s.deviation = constant ? 0 : static_cast<double>(std::sqrt(variance));
  s.best_z = constant ? 0 : static_cast<double>((max - mean) / std::sqrt(variance));
  const Real log_x = log_sum_exp_above(x, max), log_r = log_sum_exp_above(r, last_max);
  Real entropy = 0, divergence = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const Real log_p = static_cast<Real>(x[i]) - max - log_x,
               log_q = static_cast<Real>(r[i]) - last_max - log_r;
    entropy -= std::exp(log_p) * log_p;
    divergence += std::exp(log_q) * (log_q - log_p);
    if (target >= 0 && static_cast<std::size_t>(target) != i && x[i] > x[static_cast<std::size_t>(target)])
      s.rank += 1;
  }
  s.best_logprob = static_cast<double>(-log_x);
  s.entropy = static_cast<double>(entropy);
  s.divergence = static_cast<double>(divergence);
  return s;
}

// A nat where logits are of usual size; beyond a thousand float64 itself has fewer decimals.
double nats_bound(std::span<const float> x, std::span<const float> r) {
  double largest = 1000;
  for (float value : x) largest = std::max(largest, std::abs(static_cast<double>(value)));
  for (float value : r) largest = std::max(largest, std::abs(static_cast<double>(value)));
  return nats_absolute * largest / 1000;
}

void expect_equal(const Statistics& found, const Statistics& exact, double bound) {
  EXPECT_EQ(found.best, exact.best);
  EXPECT_EQ(found.rank, exact.rank);
  EXPECT_NEAR(found.mean, exact.mean, z_relative * std::max(exact.deviation, std::abs(exact.mean) * 1e-6));
  EXPECT_NEAR(found.deviation, exact.deviation, z_relative * exact.deviation);
  EXPECT_NEAR(found.best_z, exact.best_z, z_relative * exact.best_z);
  EXPECT_NEAR(found.best_logprob, exact.best_logprob, nats_absolute);
  EXPECT_NEAR(found.entropy, exact.entropy, nats_absolute);
  EXPECT_NEAR(found.divergence, exact.divergence, bound);
}

struct Case {
  std::string name;
  std::vector<float> row, last;
};

std::vector<float> normal_row(std::size_t n, unsigned seed, float mean, float deviation) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal(0, 1);
  std::vector<float> row(n);
  for (float& x : row) x = mean + deviation * normal(random);
  return row;
}

std::vector<Case> cases() {
  std::vector<Case> all;
  for (std::size_t n : {1u, 2u, 15u, 16u, 17u, 600u, 5000u}) {
    const std::string size = "n = " + std::to_string(n) + ", ";
    for (float deviation : {0.01f, 1.0f, 10.0f, 100.0f})
      for (float mean : {-50.0f, 0.0f, 50.0f})
        all.push_back({size + std::to_string(mean) + " +- " + std::to_string(deviation),
                       normal_row(n, 1, mean, deviation), normal_row(n, 2, -mean, deviation)});
    all.push_back({size + "constant", std::vector<float>(n, 0.1f), normal_row(n, 3, 5, 2)});
    all.push_back({size + "last constant", normal_row(n, 3, 5, 2), std::vector<float>(n, -1e-3f)});
    const std::vector<float> row = normal_row(n, 4, 1, 3);
    std::vector<float> near = row;
    for (std::size_t i = 0; i < n; i += 3) near[i] += 1e-4f;
    all.push_back({size + "nearly the same", row, near});
    std::vector<float> ties = row, huge = row;
    for (float& x : ties) x = std::round(x);
    huge[n / 2] = 1e30f;
    huge[n / 3] = -1e30f;
    all.push_back({size + "ties", ties, row});
    all.push_back({size + "huge", huge, row});
    all.push_back({size + "huge last", row, huge});
    std::vector<float> outlier = row, tiny = row;
    outlier[0] = 1e6f;  // the shift of the first tile's moments is far from all others
    for (float& x : tiny) x *= 1e-40f;
    all.push_back({size + "outlier first", outlier, row});
    all.push_back({size + "denormal", tiny, row});
  }
  return all;
}

// The whole row by tiles, each segment of `segment` ids with its own sums, merged in ascending order.
// Segments begin at an odd address and end where their memory ends.
VocabularySums stream(const Case& c, std::size_t tile, std::size_t segment, std::int32_t target,
                      bool prepared = true) {
  VocabularySums total;
  const std::size_t n = c.row.size();
  const float target_logit = target < 0 ? 0 : c.row[static_cast<std::size_t>(target)];
  LastTile last_tile;
  for (std::size_t start = 0; start < n; start += segment) {
    VocabularySums sums;
    const std::size_t stop = std::min(n, start + segment);
    for (std::size_t i = start; i < stop; i += tile) {
      const std::size_t count = std::min(tile, stop - i);
      const auto from = static_cast<std::ptrdiff_t>(i), to = static_cast<std::ptrdiff_t>(i + count);
      UnalignedFloats row({c.row.begin() + from, c.row.begin() + to}, 4),
          last({c.last.begin() + from, c.last.begin() + to}, 8);
      const auto first_id = static_cast<std::int32_t>(i);
      last_tile.assign(last.data(), count);
      if (prepared)
        update_sums(sums, row.data(), last_tile, count, first_id, target, target_logit);
      else
        update_sums(sums, row.data(), last.data(), count, first_id, target, target_logit);
    }
    merge_sums(total, sums);
  }
  return total;
}

TEST(VocabularySums, AgreeWithBruteForceForAnyTileAndSegment) {
  const std::vector<Case> all = cases();
  for_each_isa([&] {
    for (const Case& c : all) {
      const std::size_t n = c.row.size();
      const auto target = static_cast<std::int32_t>(n * 2 / 3);
      const Statistics exact = brute_force(c.row, c.last, target);
      for (auto [tile, segment] : {std::pair<std::size_t, std::size_t>{1, n},
                                   {7, 33},
                                   {16, 64},
                                   {512, 512},
                                   {512, 1024},
                                   {1024, n},
                                   {n, n}}) {
        SCOPED_TRACE(c.name + ", tile " + std::to_string(tile) + ", segment " + std::to_string(segment));
        expect_equal(finish(stream(c, tile, segment, target)), exact, nats_bound(c.row, c.last));
        if (HasFailure()) return;
      }
    }
  });
}

TEST(VocabularySums, ARowDoesNotDivergeFromItself) {
  for_each_isa([] {
    for (Case c : cases()) {
      c.last = c.row;
      for (std::size_t tile : {1u, 7u, 512u}) {
        const VocabularySums sums = stream(c, tile, 2 * tile, -1);
        EXPECT_EQ(sums.sum_f_diff, 0) << c.name;
        EXPECT_EQ(sums.sum_f, sums.sum_e) << c.name;
        EXPECT_EQ(finish(sums).divergence, 0) << c.name;
      }
    }
  });
}

TEST(VocabularySums, ConstantRowsHaveExactlyNoVariance) {
  for_each_isa([] {
    for (float value : {0.0f, 0.1f, -1e30f, 1e-42f, 3e38f}) {
      const std::vector<float> row(5000, value);
      const VocabularySums sums = stream({"", row, row}, 512, 1024, -1);
      EXPECT_EQ(sums.m2, 0);
      EXPECT_EQ(sums.mean, static_cast<double>(value));
      EXPECT_EQ(sums.argmax, 0);
      EXPECT_EQ(sums.sum_e, 5000);
    }
  });
}

TEST(VocabularySums, PermutingMovesTheBest) {
  for_each_isa([] {
    std::mt19937 random(5);
    std::vector<float> row = normal_row(700, 6, 0, 2);
    for (int round = 0; round < 50; ++round) {
      std::shuffle(row.begin(), row.end(), random);
      const auto best = std::max_element(row.begin(), row.end()) - row.begin();
      const VocabularySums sums = stream({"", row, row}, 100, 300, -1);
      EXPECT_EQ(sums.argmax, best);
      EXPECT_EQ(sums.max, row[static_cast<std::size_t>(best)]);
    }
  });
}

TEST(VocabularySums, CountLogitsAboveTheTargetButNotItsOwnColumn) {
  for_each_isa([] {
    const std::vector<float> row = {1, 3, 2, 3, 2, 5};
    const auto greater = [&](std::int32_t target, float logit) {
      VocabularySums sums;
      update_sums(sums, row.data(), static_cast<const float*>(nullptr), 3, 100, target, logit);
      update_sums(sums, row.data() + 3, static_cast<const float*>(nullptr), 3, 103, target, logit);
      return sums.greater;
    };
    EXPECT_EQ(greater(102, 2.0f), 3);
    EXPECT_EQ(greater(105, 5.0f), 0);
    EXPECT_EQ(greater(105, 4.999f), 0);  // computed twice, rounded differently
    EXPECT_EQ(greater(100, 1.0f), 5);
    EXPECT_EQ(greater(7, 2.5f), 3);
    EXPECT_EQ(greater(-1, 0.0f), 0);
  });
}

TEST(VocabularySums, NoticeWhatIsNotFinite) {
  const float infinity = std::numeric_limits<float>::infinity(),
              nan = std::numeric_limits<float>::quiet_NaN();
  for_each_isa([&] {
    for (std::size_t n : {1u, 16u, 50u})
      for (std::size_t at = 0; at < n; ++at)
        for (float bad : {nan, infinity, -infinity}) {
          std::vector<float> row = normal_row(n, 1, 0, 1);
          EXPECT_FALSE(stream({"", row, row}, 20, 20, 0).any_nan);
          std::vector<float> spoiled = row;
          spoiled[at] = bad;
          EXPECT_TRUE(stream({"", spoiled, row}, 20, 20, 0).any_nan)
              << "n = " << n << ", at " << at << ": " << bad;
        }
  });
}

TEST(VocabularySums, LargestFiniteLogitsAreNotMistakenForInfinity) {
  for_each_isa([] {
    const float most = std::numeric_limits<float>::max();
    const std::vector<float> row = {most, -most, most, 0};
    const VocabularySums sums = stream({"", row, row}, 4, 4, -1);
    EXPECT_FALSE(sums.any_nan);
    EXPECT_EQ(sums.argmax, 0);
    EXPECT_EQ(sums.sum_e, 2);
  });
}

TEST(VocabularySums, BothFormsGiveTheSameBytes) {
  for_each_isa([] {
    const Case c = {"", normal_row(1000, 1, 0, 3), normal_row(1000, 2, 0, 3)};
    const VocabularySums a = stream(c, 300, 600, 5), b = stream(c, 300, 600, 5, false);
    EXPECT_EQ(a.sum_e, b.sum_e);
    EXPECT_EQ(a.sum_f, b.sum_f);
    EXPECT_EQ(a.sum_f_diff, b.sum_f_diff);
    EXPECT_EQ(a.m2, b.m2);
  });
}

TEST(VocabularySums, MergingWithNothingChangesNothing) {
  const Case c = {"", normal_row(40, 1, 0, 3), normal_row(40, 2, 0, 3)};
  const VocabularySums sums = stream(c, 40, 40, 5);
  VocabularySums left, right = sums, none;
  merge_sums(left, sums);
  merge_sums(right, VocabularySums{});
  update_sums(none, nullptr, static_cast<const float*>(nullptr), 0, 0, -1, 0);
  for (const VocabularySums& same : {left, right}) {
    EXPECT_EQ(same.sum_e, sums.sum_e);
    EXPECT_EQ(same.m2, sums.m2);
    EXPECT_EQ(same.argmax, sums.argmax);
    EXPECT_EQ(same.greater, sums.greater);
  }
  EXPECT_TRUE(none.empty);
}

}  // namespace
}  // namespace logitlens
