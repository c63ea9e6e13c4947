// A convolution over the tokens beside the first block (DeBERTa-v2's largest models).
#pragma once

#include "base/thread_team.h"
#include "model/config.h"
#include "model/plan.h"
#include "model/weights.h"

namespace logitlens {

// hidden [S * T, H] in place: LayerNorm(hidden + act(convolution of `embedded` over each sequence + bias)). The input of
// the first block lies in the plan's `embedded`. False if a product failed.
bool convolve(const ModelConfig& config, const Weights& weights, ForwardPlan& plan, Matrix hidden,
              ThreadTeam& team);

}  // namespace logitlens
