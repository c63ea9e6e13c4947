// How far the true token stands above the vocabulary.
#include "lens/stats/all.h"

namespace logitlens {

Statistic target_z_statistic() {
  return {
      .info = {"target_z", "standard deviations", "(x[target] - mean x) / std x", StatisticInfo::Kind::real,
               true},
      .needs = Needs::summary,
      .finish = [](const RowSums& row) -> double { return row.z(static_cast<double>(row.target_logit)); }};
}

}  // namespace logitlens
