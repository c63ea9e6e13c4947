// Tokens made by hand, for tests of what is done with them.
#pragma once

#include <vector>

#include "logitlens/table.h"

namespace logitlens::test {

inline constexpr int mask_id = 4;

// [CLS] words [SEP].
inline std::vector<Token> tokens_of(const std::vector<int>& words) {
  std::vector<Token> tokens;
  const auto add = [&](int id, bool special) {
    Token token;
    token.position = static_cast<int>(tokens.size());
    token.id = id;
    token.special = special;
    tokens.push_back(token);
  };
  add(2, true);
  for (const int word : words) add(word, false);
  add(3, true);
  return tokens;
}

}  // namespace logitlens::test
