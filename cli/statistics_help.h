// Statistics as --help lists them.
#pragma once

#include <string>
#include <vector>

#include "logitlens/table.h"

namespace logitlens {

std::string statistic_names(const std::vector<StatisticInfo>& statistics);  // "best_id, best_z, .."

// A line each: name, unit, formula.
std::string statistics_help(const std::vector<StatisticInfo>& statistics);

}  // namespace logitlens
