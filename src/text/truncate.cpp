#include "text/truncate.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace logitlens {

namespace {

Error too_long(std::size_t tokens, std::size_t positions, std::string remedy) {
  return {.code = Code::bad_input,
          .file = "",
          .field = "text",
          .found = fmt::format("{} tokens", tokens),
          .expected = fmt::format("at most {}, the model's positions", positions),
          .remedy = std::move(remedy),
          .names = {}};
}

// Tokens of the two texts, [2].
using Lengths = std::array<std::size_t, 2>;

Lengths lengths_of(const std::vector<Token>& tokens) {
  Lengths lengths{};
  for (const Token& token : tokens)
    if (!token.special) ++lengths[token.part > 0 ? 1 : 0];
  return lengths;
}

// How many tokens of each text stay when there is room for `room`, as the reference cuts "longest_first": the
// shorter text stays whole if it takes no more than half; else each gets half, and an odd one goes to the
// text that was longer (of equal ones, to the second).
Lengths longest_first(Lengths lengths, std::size_t room) {
  if (lengths[0] + lengths[1] <= room) return lengths;
  const bool swapped = lengths[0] > lengths[1];
  auto [shorter, longer] = swapped ? std::pair(lengths[1], lengths[0]) : std::pair(lengths[0], lengths[1]);
  if (shorter <= room - std::min(shorter, room)) {
    longer = room - shorter;
  } else {
    shorter = room / 2;
    longer = room - shorter;
  }
  return swapped ? Lengths{longer, shorter} : Lengths{shorter, longer};
}

}  // namespace

SpecialEnds special_ends(const std::vector<Token>& tokens) {
  const auto own = [](const Token& token) { return !token.special; };
  const auto first = std::ranges::find_if(tokens, own);
  const auto behind = std::find_if(tokens.rbegin(), tokens.rend(), own).base();  // the text's last token
  if (first == tokens.end()) return {tokens.size(), 0};
  return {static_cast<std::size_t>(first - tokens.begin()), static_cast<std::size_t>(tokens.end() - behind)};
}

Error no_room_error(std::size_t tokens, std::size_t positions) {
  return too_long(tokens, positions, "Use a model with room for its own special tokens");
}

Result<std::size_t> fit_length(std::vector<Token>& tokens, std::size_t positions, MaxLength max_length) {
  if (tokens.size() <= positions) return std::size_t{0};
  if (max_length != MaxLength::truncate)
    return too_long(
        tokens.size(), positions,
        "Shorten the text, cut its end off with `--max-length truncate`, or read one text in overlapping "
        "windows with `sweep --max-length window`");
  const Lengths lengths = lengths_of(tokens);
  const std::size_t specials = tokens.size() - lengths[0] - lengths[1];
  if (specials > positions) return no_room_error(tokens.size(), positions);

  const Lengths kept =
      lengths[1] == 0 ? Lengths{positions - specials, 0} : longest_first(lengths, positions - specials);
  Lengths seen{};
  const std::size_t before = tokens.size();
  std::erase_if(tokens, [&](const Token& token) {
    if (token.special) return false;
    const std::size_t part = token.part > 0 ? 1 : 0;
    return seen[part]++ >= kept[part];
  });
  for (std::size_t i = 0; i < tokens.size(); ++i) tokens[i].position = static_cast<int>(i);
  return before - tokens.size();
}

}  // namespace logitlens
