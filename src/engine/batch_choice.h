// How many of the masked texts go through the encoder at once.
#pragma once

#include <cstddef>

#include "model/config.h"

namespace logitlens {

// Of `sequences` texts of T tokens, as many a batch as the cost model below takes the least time for; at least 1. A batch holds
// at most `most_rows` tokens (0: chosen) unless one text is longer. Never changes a result.
std::size_t choose_batch(const ModelConfig& config, std::size_t sequences, std::size_t tokens,
                         std::size_t most_rows, std::size_t workers);

// Seconds that the model takes for one batch of so many rows.
double estimated_batch_seconds(const ModelConfig& config, std::size_t rows, std::size_t workers);

}  // namespace logitlens
