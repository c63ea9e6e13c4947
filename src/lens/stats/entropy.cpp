// How spread the layer's prediction is: 0 for certainty, log V for none.
#include <algorithm>
#include <cmath>

#include "lens/stats/all.h"

namespace logitlens {

Statistic entropy_statistic() {
  return {
      .info = {"entropy", "nats", "log sum exp x - sum p x, p = softmax x", StatisticInfo::Kind::real, false},
      .finish = [](const RowSums& row) -> double {
        const double entropy = std::log(row.sums.sum_e) - row.sums.sum_ex / row.sums.sum_e;
        return std::max(0.0, entropy);
      }};
}

}  // namespace logitlens
