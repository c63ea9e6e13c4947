#include "text/masking.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace logitlens {

namespace {

Error mask_error(std::string found, std::string expected, std::string remedy) {
  return {.code = Code::usage,
          .file = "",
          .field = "--mask",
          .found = std::move(found),
          .expected = std::move(expected),
          .remedy = std::move(remedy),
          .names = {}};
}

// The text's own masks, and what else is masked.
std::vector<int> with_own(const std::vector<int>& own, const std::vector<int>& positions) {
  std::vector<int> masked = own;
  masked.insert(masked.end(), positions.begin(), positions.end());
  std::ranges::sort(masked);
  const auto repeated = std::ranges::unique(masked);
  masked.erase(repeated.begin(), repeated.end());
  return masked;
}

Status check_positions(const std::vector<std::vector<int>>& groups, std::size_t tokens) {
  std::vector<bool> named(tokens, false);
  const std::string range = tokens > 0 ? fmt::format("positions 0 to {}, each once", tokens - 1)
                                       : "no position, the text has no tokens";
  const std::string remedy = "See `tokens` in the JSON for the position of each token";
  for (const std::vector<int>& group : groups) {
    if (group.empty()) return mask_error("a group without positions", range, remedy);
    for (const int position : group) {
      if (position < 0 || static_cast<std::size_t>(position) >= tokens)
        return mask_error(fmt::format("position {}", position), range, remedy);
      if (named[static_cast<std::size_t>(position)])
        return mask_error(fmt::format("position {} twice", position), range, remedy);
      named[static_cast<std::size_t>(position)] = true;
    }
  }
  return ok_status();
}

}  // namespace

Result<std::vector<MaskedSequence>> plan_masks(const Mask& mask, const std::vector<Token>& tokens,
                                               std::optional<int> mask_id) {
  std::vector<int> words, masks;  // positions of the text's own tokens, and of the masks among them
  for (const Token& token : tokens) {
    if (token.special) continue;
    words.push_back(token.position);
    if (mask_id && token.id == *mask_id) masks.push_back(token.position);
  }

  Mask::Kind kind = mask.kind;
  if (kind == Mask::Kind::automatic && !mask_id) kind = Mask::Kind::none;
  if (kind != Mask::Kind::none && !mask_id)
    return mask_error("a mask", "none: this model has no mask token", "Leave --mask out");

  std::vector<MaskedSequence> sequences;
  switch (kind) {
    case Mask::Kind::automatic:
      if (!masks.empty()) {
        sequences.push_back({masks, masks});
        break;
      }
      [[fallthrough]];
    case Mask::Kind::each:
      for (const int position : words) sequences.push_back({with_own(masks, {position}), {position}});
      break;
    case Mask::Kind::none:
      if (words.empty()) break;
      sequences.push_back({masks, std::vector<int>(tokens.size())});
      std::iota(sequences.back().asked.begin(), sequences.back().asked.end(), 0);
      break;
    case Mask::Kind::groups:
      LL_TRY(check_positions(mask.groups, tokens.size()));
      for (const std::vector<int>& group : mask.groups) sequences.push_back({with_own(masks, group), group});
      break;
  }
  return sequences;
}

}  // namespace logitlens
