// The log-probability of the true token.
#include "lens/stats/all.h"

namespace logitlens {

Statistic target_logprob_statistic() {
  return {.info = {"target_logprob", "nats", "x[target] - log sum exp x", StatisticInfo::Kind::real, true},
          .finish = [](const RowSums& row) -> double {
            return row.logprob(static_cast<double>(row.target_logit));
          }};
}

}  // namespace logitlens
