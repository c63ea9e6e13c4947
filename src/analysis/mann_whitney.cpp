#include "analysis/mann_whitney.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <vector>

namespace logitlens {
namespace {

struct Ranks {
  std::vector<std::size_t> doubled;  // of the sorted pooled values: twice the rank, whole also for ties
  double tie_sum = 0;                // sum of t^3 - t over groups of t equal values
};

Ranks rank(const std::vector<double>& sorted) {
  Ranks ranks;
  for (std::size_t first = 0; first < sorted.size();) {
    std::size_t end = first;
    while (end < sorted.size() && sorted[end] == sorted[first]) ++end;
    ranks.doubled.resize(end, first + 1 + end);  // mean of ranks first + 1 .. end, doubled
    const double t = static_cast<double>(end - first);
    ranks.tie_sum += t * t * t - t;
    first = end;
  }
  return ranks;
}

double count_pairs(std::span<const double> a, std::span<const double> b) {
  double u = 0;
  for (double x : a)
    for (double y : b) u += x < y ? 1.0 : x == y ? 0.5 : 0.0;
  return u;
}

// Of all ways to choose `size` of the ranks, the share whose sum lies at least `distance` (doubled) from the middle. Counts
// up to C(50, 25) are exact in a double.
double exact_p(const std::vector<std::size_t>& doubled, std::size_t size, double distance) {
  const std::size_t most = std::accumulate(doubled.begin(), doubled.end(), std::size_t{0});
  std::vector<std::vector<double>> ways(size + 1, std::vector<double>(most + 1, 0.0));  // [chosen, sum]
  ways[0][0] = 1;
  for (std::size_t rank : doubled)
    for (std::size_t chosen = size; chosen > 0; --chosen)
      for (std::size_t sum = most; sum >= rank; --sum) ways[chosen][sum] += ways[chosen - 1][sum - rank];

  const double middle = static_cast<double>(size) * static_cast<double>(doubled.size() + 1);
  double far = 0, all = 0;
  for (std::size_t sum = 0; sum <= most; ++sum) {
    all += ways[size][sum];
    if (std::abs(static_cast<double>(sum) - middle) >= distance) far += ways[size][sum];
  }
  return far / all;
}

double normal_p(double m, double n, double tie_sum, double distance) {
  const double all = m + n;
  const double variance = m * n / 12 * (all + 1 - tie_sum / (all * (all - 1)));
  if (variance <= 0) return 1;  // all values are equal
  return std::erfc(std::max(0.0, distance - 0.5) / std::sqrt(2 * variance));
}

}  // namespace

MannWhitney mann_whitney(std::span<const double> a, std::span<const double> b) {
  if (a.empty() || b.empty()) return {};
  std::vector<double> pooled(a.begin(), a.end());
  pooled.insert(pooled.end(), b.begin(), b.end());
  std::ranges::sort(pooled);
  const Ranks ranks = rank(pooled);
  const double m = static_cast<double>(a.size()), n = static_cast<double>(b.size());
  MannWhitney test{.u = count_pairs(a, b), .exact = pooled.size() <= kMostExact};
  const double distance = std::abs(test.u - m * n / 2);
  // Sums of ranks differ from U by a constant, so distances from the middle are the same; doubled like the ranks.
  test.p =
      test.exact ? exact_p(ranks.doubled, a.size(), 2 * distance) : normal_p(m, n, ranks.tie_sum, distance);
  return test;
}

}  // namespace logitlens
