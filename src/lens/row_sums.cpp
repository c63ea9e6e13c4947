#include <cmath>
#include <limits>

#include "lens/statistic.h"

namespace logitlens {

double RowSums::std_deviation() const { return std::sqrt(sums.m2 / sums.count); }

double RowSums::log_sum_exp() const { return static_cast<double>(sums.max) + std::log(sums.sum_e); }

double RowSums::logprob(double logit) const {
  return (logit - static_cast<double>(sums.max)) - std::log(sums.sum_e);
}

double RowSums::z(double logit) const {
  const double deviation = std_deviation();
  return deviation > 0 ? (logit - sums.mean) / deviation : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace logitlens
