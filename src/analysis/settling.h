// When a row makes up its mind: the definitions of Settling, each over the table's layers.
#pragma once

#include <span>

#include "logitlens/table.h"

namespace logitlens {

// A definition whose statistics were not selected, or have no value where it needs one, gives nothing.
Settling settle(const Row& row, std::span<const int> layers, int settle_rank, double settle_kl);

}  // namespace logitlens
