// The true token's place.
#include "lens/stats/all.h"

namespace logitlens {

Statistic target_rank_statistic() {
  return {.info = {"target_rank", "count", "number of logits greater than x[target]; 0 = best",
                   StatisticInfo::Kind::integer, true},
          .needs = Needs::summary,
          .finish = [](const RowSums& row) -> double { return row.sums.greater; }};
}

}  // namespace logitlens
