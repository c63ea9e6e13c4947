// The text of a tokenizer.json, put together from its parts: what a directory without one is turned into, so
// that one reader takes in both.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "text/special_roles.h"
#include "text/tokenizer_rules.h"

namespace logitlens {

// Appends `text`, which is valid UTF-8, as a JSON string.
void append_quoted(std::string& out, std::string_view text);
std::string quoted(std::string_view text);

// Each part is a JSON value.
struct TokenizerJson {
  std::string model, normalizer = "null", pre_tokenizer = "null", post_processor = "null";
  std::vector<NumberedToken> added;

  std::string text() const;
};

// Parts that families share.
std::string sequence_of(std::string_view key, const std::vector<std::string>& parts);  // "normalizers", ...
std::string byte_level_part(bool add_prefix_space, bool trim_offsets, bool find_words);

// A template such as "cls A sep B:1 sep:1" as a post-processor. Every role it names has a token.
std::string template_part(const AroundText& around, const RoleTokens& tokens);

// The same after the spaces at the ends of tokens' slices are left out.
std::string trimming_template_part(const AroundText& around, const RoleTokens& tokens, bool add_prefix_space);

}  // namespace logitlens
