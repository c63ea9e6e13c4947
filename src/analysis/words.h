// What a table says of a word that was masked as a whole.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "logitlens/table.h"

namespace logitlens {

using JoinPieces = std::function<std::string(std::span<const std::string> pieces)>;

// The word whose pieces are these rows of the table, in order (at least one), from their `best_id`, `best`
// and `target_logprob`. log P(word) = sum over its pieces of log P(piece | the text without the whole word).
Word make_word(const LensTable& table, std::span<const std::size_t> rows, const JoinPieces& join);

}  // namespace logitlens
