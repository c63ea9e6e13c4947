// Tokens that are followed through all layers of a row, whatever their place among the most likely ones.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/matrix.h"
#include "lens/vocabulary_sweep.h"
#include "logitlens/table.h"
#include "model/weights.h"

namespace logitlens {

// `named`, then with `best` the row's target and the tokens that were best at a layer, lowest layer first; each once.
std::vector<std::int32_t> tokens_to_track(std::span<const std::int32_t> named, bool best,
                                          std::span<const DecodedRow> layers);

// One token at every layer of a row: its logit, and from the sums of the pass over the vocabulary its log-probability and z.
// Where the pass itself met it (as the best token, as the target) its logit is the pass's; elsewhere the product of the
// state with the token's decoder row, summed in double. states [layers, H]; `token.token` is left to the caller.
TrackedToken track(const Weight& decoder, const float* bias, ConstMatrix states,
                   std::span<const DecodedRow> layers, std::int32_t id);

}  // namespace logitlens
