#include "statistics_help.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

namespace logitlens {

std::string statistic_names(const std::vector<StatisticInfo>& statistics) {
  std::string names;
  for (const StatisticInfo& info : statistics) names += (names.empty() ? "" : ", ") + info.name;
  return names;
}

std::string statistics_help(const std::vector<StatisticInfo>& statistics) {
  std::size_t name = 0, unit = 0;
  for (const StatisticInfo& info : statistics) {
    name = std::max(name, info.name.size());
    unit = std::max(unit, info.unit.size());
  }
  std::string lines = "Statistics, x being the logits of a row:\n";
  for (const StatisticInfo& info : statistics)
    lines += fmt::format("  {:<{}}  {:<{}}  {}\n", info.name, name, info.unit, unit, info.formula);
  return lines;
}

}  // namespace logitlens
