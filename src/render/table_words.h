// What every picture of a table says of it in words, on a terminal or on paper: the same thing under the same name.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/target_noun.h"
#include "logitlens/table.h"

namespace logitlens {

// Model, lens and mask, a phrase each.
std::vector<std::string> title_phrases(const LensTable& table);

// What was masked: "every token masked in turn".
std::string mask_words(const RunInfo& run);

// The vocabulary's string of the token at a position.
std::string_view token_at(const LensTable& table, int position);

// "7", or "7 attention" inside a block.
std::string state_label(const LensTable& table, std::size_t i);

// What the numbers of layers are, and the states inside; with a full stop, or to be gone on with.
std::string layer_sentence(const LensTable& table);
std::string layer_clause(const LensTable& table);

}  // namespace logitlens
