// Do the values of one group tend to be smaller than those of another? By ranks alone.
#pragma once

#include <span>

namespace logitlens {

struct MannWhitney {
  double u = 0;  // pairs (a, b) with a < b, a tie counting one half; out of |a| * |b|
  double p = 1;  // two-sided
  bool exact = true;
};

inline constexpr std::size_t kMostExact = 50;  // values of both groups for which every split is counted

// Mann and Whitney (1947). Infinity is a value like others, greater than every number. Ties share the mean of their ranks.
// p is the share of all ways to split the pooled values into groups of these sizes whose U lies as far from
// |a| |b| / 2 as this one, or further (exact also with ties); with more than kMostExact values the normal approximation,
// its variance corrected for ties, with a continuity correction of one half. p = 1 where a group is empty.
MannWhitney mann_whitney(std::span<const double> a, std::span<const double> b);

}  // namespace logitlens
