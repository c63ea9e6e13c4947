// A statistic that the library does not have: how far the best token is ahead of the mean, in logits. All it takes is this
// file and the line STATISTIC(margin) in the registry (CMakeLists.txt beside it adds both).
#include "lens/stats/all.h"

namespace logitlens {

Statistic margin_statistic() {
  return {.info = {"margin", "logits", "max x - mean x", StatisticInfo::Kind::real, false},
          .finish = [](const RowSums& row) -> double {
            return static_cast<double>(row.sums.max) - row.sums.mean;
          }};
}

}  // namespace logitlens
