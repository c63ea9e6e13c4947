// What happens to a text that has more tokens than the model has positions.
#pragma once

#include <cstddef>
#include <vector>

#include "logitlens/lens.h"
#include "logitlens/status.h"
#include "logitlens/table.h"

namespace logitlens {

// How many special tokens open and close a sequence. Without tokens of the text all of them open it.
struct SpecialEnds {
  std::size_t opening = 0, closing = 0;
};
SpecialEnds special_ends(const std::vector<Token>& tokens);

// Makes `tokens` fit into `positions` and returns how many tokens were dropped. `truncate` keeps the special
// tokens and the first tokens of the text, `positions` in all, as the reference's truncation=True does; of a
// pair the longer text loses tokens until both are as long as each other, then both do ("longest_first").
// `refuse`, or `window`, which the caller has to see to: bad_input.
Result<std::size_t> fit_length(std::vector<Token>& tokens, std::size_t positions, MaxLength max_length);

// The model has no room for a text beside the special tokens. bad_input.
Error no_room_error(std::size_t tokens, std::size_t positions);

}  // namespace logitlens
