#include "text/truncate.h"

#include <fmt/format.h>

#include <algorithm>

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

}  // namespace

Result<std::size_t> fit_length(std::vector<Token>& tokens, std::size_t positions, MaxLength max_length) {
  if (tokens.size() <= positions) return std::size_t{0};
  if (max_length == MaxLength::refuse)
    return too_long(tokens.size(), positions,
                    "Shorten the text, or cut its end off with `--max-length truncate`");

  const auto own = [](const Token& token) { return !token.special; };
  const auto first_own = std::ranges::find_if(tokens, own);
  const auto closing =
      std::find_if(tokens.rbegin(), tokens.rend(), own).base();  // behind the text's last token
  const auto around = static_cast<std::size_t>((first_own - tokens.begin()) + (tokens.end() - closing));
  if (first_own == tokens.end() || around > positions)
    return too_long(tokens.size(), positions, "Use a model with room for its own special tokens");

  const std::size_t dropped = tokens.size() - positions;
  tokens.erase(closing - static_cast<std::ptrdiff_t>(dropped), closing);
  for (std::size_t i = 0; i < tokens.size(); ++i) tokens[i].position = static_cast<int>(i);
  return dropped;
}

}  // namespace logitlens
