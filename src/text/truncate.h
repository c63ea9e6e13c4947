// What happens to a text that has more tokens than the model has positions.
#pragma once

#include <cstddef>
#include <vector>

#include "logitlens/lens.h"
#include "logitlens/status.h"
#include "logitlens/table.h"

namespace logitlens {

// Makes `tokens` fit into `positions` and returns how many tokens were dropped. `truncate` keeps the first
// tokens and the special tokens that close the text, `positions` in all, as the reference's truncation=True
// does. `refuse`: bad_input.
Result<std::size_t> fit_length(std::vector<Token>& tokens, std::size_t positions, MaxLength max_length);

}  // namespace logitlens
