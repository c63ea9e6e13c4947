// What the model would say if it stopped at this layer.
#include "lens/stats/all.h"

namespace logitlens {

Statistic best_id_statistic() {
  return {
      .info = {"best_id", "token id", "argmax x, ties to the lower id", StatisticInfo::Kind::token, false},
      .needs = Needs::summary,
      .finish = [](const RowSums& row) -> double { return row.sums.argmax; }};
}

}  // namespace logitlens
