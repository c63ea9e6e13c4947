#include "lens/stats/all.h"

namespace logitlens {

const std::vector<Statistic>& statistic_registry() {
  static const std::vector<Statistic> registry = {
      best_id_statistic(),     best_z_statistic(),       target_z_statistic(),       mean_statistic(),
      std_statistic(),         best_logprob_statistic(), target_logprob_statistic(), entropy_statistic(),
      target_rank_statistic(), kl_to_last_statistic(),
  };
  return registry;
}

const std::vector<StatisticInfo>& statistics() {
  static const std::vector<StatisticInfo> infos = [] {
    std::vector<StatisticInfo> all;
    for (const Statistic& statistic : statistic_registry()) all.push_back(statistic.info);
    all.push_back(
        {"top", "tokens", "the K largest x, ties to the lower id", StatisticInfo::Kind::real, false});
    return all;
  }();
  return infos;
}

}  // namespace logitlens
