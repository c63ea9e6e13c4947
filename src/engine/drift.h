// How far a sweep in int8 strays from float32, measured on some of its own rows.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "logitlens/table.h"

namespace logitlens {

// Which forward passes to run again: one of 128, so that long work takes three hundredths longer at most; more of short texts,
// as many as make 128 rows of activations; evenly spread, the middle one if it is one. At least one where there is one.
std::vector<std::size_t> drift_sample(std::size_t sequences, std::size_t tokens);

// Of the named rows, which both tables hold with best_id, best_z and target_z.
Drift drift_between(const LensTable& table, const LensTable& exact, std::span<const std::size_t> rows);

}  // namespace logitlens
