// The model's forward pass: token ids in, the hidden states of every layer out, handed to a tap as they come.
#pragma once

#include <cstdint>
#include <span>

#include "base/matrix.h"
#include "base/thread_team.h"
#include "logitlens/status.h"
#include "model/config.h"
#include "model/plan.h"
#include "model/taps.h"
#include "model/weights.h"

namespace logitlens {

// S sequences of T tokens each, without padding: attention never crosses a sequence.
struct SequenceBatch {
  std::span<const std::int32_t> ids;         // [S, T]
  std::span<const std::size_t> asked;        // [A] rows of [S * T], ascending; all of them: 0 .. S * T - 1
  std::span<const std::int32_t> types = {};  // [S, T] token types; empty: all 0
};

// Runs the batch, of a shape that fits `plan` exactly. Weights are checked before their first use. Hidden states are raw:
// no final norm. Errors: bad_input for weights, or for a hidden state that overflows (names layer, sequence, position).
Status run_forward(const ModelConfig& config, const Weights& weights, ForwardPlan& plan,
                   const SequenceBatch& batch, ThreadTeam& team, bool allow_nonfinite, const LayerTap& tap);

}  // namespace logitlens
