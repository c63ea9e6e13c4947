// What stands behind a Tokenizer: the crate's, and its tokens by id.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "text/tokenizer.h"
#include "text/tokenizer_crate.h"

namespace logitlens {

struct Tokenizer::Impl {
  CrateTokenizer crate;
  std::string file;                 // tokenizer.json, vocab.txt, ...
  std::vector<std::string> tokens;  // by id; "" for an id without a token
  SpecialTokens special;
  std::vector<std::string> notes;

  std::optional<int> id(std::string_view token) const {
    const std::int64_t id = logitlens_tokenizer_id(crate.get(), crate_text(token));
    return id < 0 ? std::nullopt : std::optional(static_cast<int>(id));
  }
  bool has(std::string_view token) const { return id(token).has_value(); }
};

}  // namespace logitlens
