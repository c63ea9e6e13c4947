// What to call the tokens that a table asks for.
#pragma once

#include <string_view>
#include <vector>

#include "logitlens/table.h"

namespace logitlens {

// What the target of a row is: "true token" where it is the text's own at that position, "next token" where it is the one
// that follows, "target" where --target asked for others.
std::string_view target_noun(const LensTable& table);
std::string_view target_noun(const RunInfo& run, const std::vector<Token>& tokens, int position,
                             std::string_view target);

// The vocabulary's string of the token at a position; "" where there is none.
std::string_view token_at(const std::vector<Token>& tokens, int position);

}  // namespace logitlens
