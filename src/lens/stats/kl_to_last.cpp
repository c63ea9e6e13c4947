// How much the layer's prediction differs from the model's own.
#include <algorithm>
#include <cmath>

#include "lens/stats/all.h"

namespace logitlens {

Statistic kl_to_last_statistic() {
  return {.info = {"kl_to_last", "nats", "KL(softmax r || softmax x), r = the last layer's logits",
                   StatisticInfo::Kind::real, false},
          .finish = [](const RowSums& row) -> double {
            const double last_log_sum_exp = static_cast<double>(row.sums.last_max) + std::log(row.sums.sum_f);
            const double divergence =
                row.sums.sum_f_diff / row.sums.sum_f - last_log_sum_exp + row.log_sum_exp();
            return std::max(0.0, divergence);  // below 0 by rounding alone
          }};
}

}  // namespace logitlens
