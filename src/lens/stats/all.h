// Every statistic, one function and one file each, declared from the registry.
#pragma once

#include "lens/statistic.h"

namespace logitlens {

#define STATISTIC(name) Statistic name##_statistic();
#include "lens/stats/registry.inc"
#undef STATISTIC

}  // namespace logitlens
