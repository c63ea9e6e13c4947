// The mean over the vocabulary.
#include "lens/stats/all.h"

namespace logitlens {

Statistic mean_statistic() {
  return {.info = {"mean", "logits", "sum x / V", StatisticInfo::Kind::real, false},
          .needs = Needs::summary,
          .finish = [](const RowSums& row) -> double { return row.sums.mean; }};
}

}  // namespace logitlens
