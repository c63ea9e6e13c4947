// How decided a layer is: how far its best token stands above the vocabulary. Says nothing about being right.
#include "lens/stats/all.h"

namespace logitlens {

Statistic best_z_statistic() {
  return {
      .info = {"best_z", "standard deviations", "(max x - mean x) / std x", StatisticInfo::Kind::real, false},
      .needs = Needs::summary,
      .finish = [](const RowSums& row) -> double { return row.z(static_cast<double>(row.sums.max)); }};
}

}  // namespace logitlens
