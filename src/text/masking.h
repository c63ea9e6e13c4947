// Which positions of a text are masked together, and which of them are looked at.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "logitlens/lens.h"
#include "logitlens/status.h"
#include "logitlens/table.h"
#include "text/windows.h"

namespace logitlens {

// One forward pass.
struct MaskedSequence {
  std::size_t window = 0;  // of the text, that this pass reads
  std::vector<int>
      masked;  // positions that hold the mask in this pass, the text's own masks included; ascending
  std::vector<int> asked;  // positions whose rows are wanted, in the order of the table
};

// The passes of a sweep, in the order of the table's rows. A mask token that the text itself holds stays
// masked in every pass. `automatic` is the text's own masks where it holds any, all at once; else `each`; or
// `none` for a model without a mask token. `words` is a pass for each of group_words. A text without tokens
// of its own needs no pass, unless positions are named. Each pass reads the window in which its positions see
// most; `none` and the text's own masks take as many windows as it needs. Errors (usage): a position out of
// range or named twice; masking without a mask token; positions masked together that no window holds.
Result<std::vector<MaskedSequence>> plan_masks(const Mask& mask, const std::vector<Token>& tokens,
                                               std::optional<int> mask_id, const Windows& windows);

// The positions of each word of the text, ascending: tokens of one text with the same word number, which are
// neighbours. A token without a word is one of its own, and so is a mask.
std::vector<std::vector<int>> group_words(const std::vector<Token>& tokens, std::optional<int> mask_id);

// What a table says was done: "each", "words", "none", "text" (the text's own masks), "3,5", "3+7".
std::string describe_mask(const Mask& mask, const std::vector<Token>& tokens, std::optional<int> mask_id);

}  // namespace logitlens
