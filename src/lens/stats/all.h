// Every statistic, one function and one file each; the registry below them fixes the order of the table's columns.
#pragma once

#include "lens/statistic.h"

namespace logitlens {

Statistic best_id_statistic();
Statistic best_z_statistic();
Statistic target_z_statistic();
Statistic mean_statistic();
Statistic std_statistic();
Statistic best_logprob_statistic();
Statistic target_logprob_statistic();
Statistic entropy_statistic();
Statistic target_rank_statistic();
Statistic kl_to_last_statistic();

}  // namespace logitlens
