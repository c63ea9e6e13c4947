#include "analysis/target_noun.h"

#include <algorithm>
#include <cstddef>

namespace logitlens {

std::string_view target_noun(const RunInfo& run, const std::vector<Token>& tokens, int position,
                             std::string_view target) {
  const bool next = run.predicts == "next";
  if (target != token_at(tokens, position + (next ? 1 : 0))) return "target";
  return next ? "next token" : "true token";
}

std::string_view target_noun(const LensTable& table) {
  for (const Row& row : table.rows()) {
    if (row.target_id && target_noun(table.run, table.tokens, row.position, row.target) == "target")
      return "target";
  }
  return table.run.predicts == "next" ? "next token" : "true token";
}

std::string_view token_at(const std::vector<Token>& tokens, int position) {
  const auto index = static_cast<std::size_t>(position);
  if (index < tokens.size() && tokens[index].position == position) return tokens[index].token;
  const auto at = std::ranges::find(tokens, position, &Token::position);  // of a table made by hand
  return at == tokens.end() ? std::string_view() : at->token;
}

}  // namespace logitlens
