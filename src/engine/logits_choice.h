// Whether a sweep goes through all logits, or only through those that its statistics need.
#pragma once

#include "engine/sweep_plan.h"
#include "logitlens/lens.h"
#include "model/config.h"

namespace logitlens {

// True: without all logits. A question of the request, the model and the processor alone, so that the result's bytes are too.
// Making the decoder ready costs about what the decoding of 2 H states does. Of masked texts a pseudo-log-likelihood is
// expected, a sum over log-probabilities, so they are screened on demand only. Error: usage, for a demand that cannot be met.
Result<bool> choose_summaries(const ModelConfig& config, const SweepOptions& options, const SweepPlan& plan,
                              Mask::Kind mask);

}  // namespace logitlens
