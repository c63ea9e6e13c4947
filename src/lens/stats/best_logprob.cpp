// The log-probability of the best token.
#include "lens/stats/all.h"

namespace logitlens {

Statistic best_logprob_statistic() {
  return {
      .info = {"best_logprob", "nats", "max x - log sum exp x", StatisticInfo::Kind::real, false},
      .finish = [](const RowSums& row) -> double { return row.logprob(static_cast<double>(row.sums.max)); }};
}

}  // namespace logitlens
