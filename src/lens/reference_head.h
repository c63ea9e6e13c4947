// The prediction head in plain double precision: the other half of the reference path.
#pragma once

#include "logitlens/lens.h"
#include "model/reference_forward.h"

namespace logitlens {

// logits [rows, V] of states [rows, H] through the lens.
Doubles reference_lens(const ModelConfig& config, const Weights& weights, Lens lens, Doubles states,
                       ThreadTeam& team);

}  // namespace logitlens
