// The population standard deviation over the vocabulary (ddof 0).
#include "lens/stats/all.h"

namespace logitlens {

Statistic std_statistic() {
  return {.info = {"std", "logits", "sqrt(sum (x - mean x)^2 / V)", StatisticInfo::Kind::real, false},
          .needs = Needs::summary,
          .finish = [](const RowSums& row) -> double { return row.std_deviation(); }};
}

}  // namespace logitlens
