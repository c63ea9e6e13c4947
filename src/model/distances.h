// Learned vectors for distances between tokens, as the queries and keys of a block meet them (DeBERTa's disentangled
// attention, He et al. 2020).
#pragma once

#include <cstddef>

#include "base/thread_team.h"
#include "model/config.h"
#include "model/plan.h"
#include "model/weights.h"

namespace logitlens {

// The rows of the table that the plan's texts need, normalised where the family does, to the plan's `distance_rows`.
void gather_distances(const ModelConfig& config, const Weights& weights, ForwardPlan& plan);

// Those rows through the projections of `layer` to the plan's `distance_keys` and `distance_queries` [heads, R, d].
// False if a product failed.
bool project_distances(const ModelConfig& config, const Weights& weights, ForwardPlan& plan,
                       std::size_t layer, ThreadTeam& team);

}  // namespace logitlens
