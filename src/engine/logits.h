// All logits of a few rows, through the very path that a sweep streams: for checks against references only.
#pragma once

#include <span>
#include <vector>

#include "base/thread_team.h"
#include "lens/head.h"
#include "logitlens/status.h"

namespace logitlens {

// states [rows, H] -> logits [rows, V].
Result<std::vector<float>> lens_logits(const ModelConfig& config, const Weights& weights, Lens lens,
                                       std::span<const float> states, ThreadTeam& team);

}  // namespace logitlens
