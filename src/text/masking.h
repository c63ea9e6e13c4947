// Which positions of a text are masked together, and which of them are looked at.
#pragma once

#include <optional>
#include <vector>

#include "logitlens/lens.h"
#include "logitlens/status.h"
#include "logitlens/table.h"

namespace logitlens {

// One forward pass.
struct MaskedSequence {
  std::vector<int>
      masked;  // positions that hold the mask in this pass, the text's own masks included; ascending
  std::vector<int> asked;  // positions whose rows are wanted, in the order of the table
};

// The passes of a sweep, in the order of the table's rows. A mask token that the text itself holds stays
// masked in every pass. `automatic` is the text's own masks where it holds any, all in one pass; else `each`;
// or `none` for a model without a mask token. A text without tokens of its own needs no pass, unless
// positions are named. Errors (usage): a position out of range or named twice; masking without a mask token.
Result<std::vector<MaskedSequence>> plan_masks(const Mask& mask, const std::vector<Token>& tokens,
                                               std::optional<int> mask_id);

}  // namespace logitlens
