#include "lens/stats/all.h"

namespace logitlens {

const std::vector<Statistic>& statistic_registry() {
  static const std::vector<Statistic> registry = {
#define STATISTIC(name) name##_statistic(),
#include "lens/stats/registry.inc"
#undef STATISTIC
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
