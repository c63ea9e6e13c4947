#include "text/masking.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <numeric>

namespace logitlens {

namespace {

Status check_positions(const std::vector<std::vector<int>>& groups, std::size_t tokens) {
  std::vector<bool> named(tokens, false);
  const std::string range = tokens > 0 ? fmt::format("positions 0 to {}, each once", tokens - 1)
                                       : "no position, the text has no tokens";
  const std::string remedy = "See `tokens` in the JSON for the position of each token";
  for (const std::vector<int>& group : groups) {
    if (group.empty()) return usage_error("--mask", "a group without positions", range, remedy);
    for (const int position : group) {
      if (position < 0 || static_cast<std::size_t>(position) >= tokens)
        return usage_error("--mask", fmt::format("position {}", position), range, remedy);
      if (named[static_cast<std::size_t>(position)])
        return usage_error("--mask", fmt::format("position {} twice", position), range, remedy);
      named[static_cast<std::size_t>(position)] = true;
    }
  }
  return ok_status();
}

// Positions of the text's own tokens, and of the masks among them.
struct OwnTokens {
  std::vector<int> all, masks;
};

OwnTokens own_tokens(const std::vector<Token>& tokens, std::optional<int> mask_id) {
  OwnTokens own;
  for (const Token& token : tokens) {
    if (token.special) continue;
    own.all.push_back(token.position);
    if (mask_id && token.id == *mask_id) own.masks.push_back(token.position);
  }
  return own;
}

// What `automatic` comes to.
Mask::Kind resolve(Mask::Kind kind, bool text_holds_masks, std::optional<int> mask_id) {
  if (kind != Mask::Kind::automatic) return kind;
  if (!mask_id) return Mask::Kind::none;
  return text_holds_masks ? Mask::Kind::automatic : Mask::Kind::each;
}

class PassPlanner {
 public:
  PassPlanner(const Windows& windows, std::vector<int> masks) : windows_(windows), masks_(std::move(masks)) {}

  // One pass for all of `group`, masked together.
  Status mask_together(const std::vector<int>& group) {
    const auto window = windows_.best_for(group);
    if (!window)
      return usage_error("--mask", fmt::format("positions {} together", fmt::join(group, "+")),
                         fmt::format("positions that one window of {} tokens holds", windows_.length),
                         "Mask positions nearer to each other, or put windows closer with --window-stride");
    sequences.push_back({*window, with_masks_of(*window, group), group});
    return ok_status();
  }

  // Nothing masked but what is masked already: a pass for each window that some of the positions are read in.
  // `positions` ascend, and so do their windows.
  void read(const std::vector<int>& positions) {
    for (const int position : positions) {
      const std::size_t window = windows_.best_for(std::span(&position, 1)).value_or(0);  // all are in one
      if (sequences.empty() || sequences.back().window != window)
        sequences.push_back({window, with_masks_of(window, {}), {}});
      sequences.back().asked.push_back(position);
    }
  }

  std::vector<MaskedSequence> sequences;

 private:
  // `positions` and the text's own masks in the window, ascending.
  std::vector<int> with_masks_of(std::size_t window, std::vector<int> positions) const {
    const auto start = static_cast<int>(windows_.starts[window]);
    const auto first = std::ranges::lower_bound(masks_, start);
    const auto end = std::ranges::lower_bound(masks_, start + static_cast<int>(windows_.room()));
    std::ranges::sort(positions);
    std::vector<int> masked;
    std::set_union(first, end, positions.begin(), positions.end(), std::back_inserter(masked));
    return masked;
  }

  const Windows& windows_;
  const std::vector<int> masks_;  // the text's own, ascending
};

}  // namespace

std::vector<std::vector<int>> group_words(const std::vector<Token>& tokens, std::optional<int> mask_id) {
  std::vector<std::vector<int>> groups;
  const Token* before = nullptr;  // the token that the last group ends with, if more may follow it
  for (const Token& token : tokens) {
    if (token.special) {
      before = nullptr;
      continue;
    }
    const bool goes_on = before && token.word == before->word && token.part == before->part;
    const bool alone = token.word < 0 || (mask_id && token.id == *mask_id);
    if (!goes_on || alone) groups.emplace_back();
    groups.back().push_back(token.position);
    before = alone ? nullptr : &token;
  }
  return groups;
}

Result<std::vector<MaskedSequence>> plan_masks(const Mask& mask, const std::vector<Token>& tokens,
                                               std::optional<int> mask_id, const Windows& windows) {
  const OwnTokens own = own_tokens(tokens, mask_id);
  const Mask::Kind kind = resolve(mask.kind, !own.masks.empty(), mask_id);
  if (kind != Mask::Kind::none && !mask_id)
    return usage_error("--mask", "a mask", "none: this model has no mask token", "Leave --mask out");

  PassPlanner planner(windows, own.masks);
  switch (kind) {
    case Mask::Kind::automatic: planner.read(own.masks); break;
    case Mask::Kind::each:
      for (const int position : own.all) LL_TRY(planner.mask_together({position}));
      break;
    case Mask::Kind::words:
      for (const std::vector<int>& word : group_words(tokens, mask_id)) LL_TRY(planner.mask_together(word));
      break;
    case Mask::Kind::none: {
      if (own.all.empty()) break;
      std::vector<int> positions(tokens.size());
      std::iota(positions.begin(), positions.end(), 0);
      planner.read(positions);
      break;
    }
    case Mask::Kind::groups:
      LL_TRY(check_positions(mask.groups, tokens.size()));
      for (const std::vector<int>& group : mask.groups) LL_TRY(planner.mask_together(group));
      break;
  }
  return std::move(planner.sequences);
}

std::string describe_mask(const Mask& mask, const std::vector<Token>& tokens, std::optional<int> mask_id) {
  switch (resolve(mask.kind, !own_tokens(tokens, mask_id).masks.empty(), mask_id)) {
    case Mask::Kind::automatic: return "text";
    case Mask::Kind::each: return "each";
    case Mask::Kind::words: return "words";
    case Mask::Kind::none: return "none";
    case Mask::Kind::groups: break;
  }
  std::vector<std::string> groups;
  for (const auto& group : mask.groups) groups.push_back(fmt::format("{}", fmt::join(group, "+")));
  return fmt::format("{}", fmt::join(groups, ","));
}

}  // namespace logitlens
