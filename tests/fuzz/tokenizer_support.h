// What the tokenizer targets share: files in memory to a Tokenizer, and what must hold of the tokens it makes.
#pragma once

#include <map>

#include "support.h"
#include "text/text_input.h"
#include "text/tokenizer.h"

namespace logitlens::fuzz {

constexpr std::string_view some_text =
    "The way, don't \xc2\xbd \xe6\x95\xb0 [MASK] <mask> ar\xc4\xb1 e\xcc\x81 \xf0\x9f\x98\x80";

inline void check_tokens(const Tokenizer& tokenizer, const std::vector<Token>& tokens, std::string_view text,
                         std::string_view second) {
  const auto on_boundary = [](std::string_view part, std::size_t at) {
    return at <= part.size() && (at == part.size() || (static_cast<unsigned char>(part[at]) & 0xc0) != 0x80);
  };
  int position = 0;
  for (const Token& token : tokens) {
    const std::string_view part = token.part == 0 ? text : second;
    check(token.position == position++, "positions count up");
    check(token.id >= 0 && token.id < tokenizer.vocab_size(), "an id has a token");
    check(token.part == 0 || token.part == 1, "a token is of one of two texts");
    check(token.start <= token.end, "a token's slice is none backwards");
    check(on_boundary(part, token.start) && on_boundary(part, token.end), "a slice lies between characters");
  }
}

// Encodes a text and a pair, twice: the same tokens.
inline void encode(const Tokenizer& tokenizer, std::string_view text, std::string_view second) {
  const auto tokens = tokenizer.encode(text), again = tokenizer.encode(text);
  check(tokens.ok() == again.ok(), "the same text has the same outcome");
  if (succeeded(tokens)) {
    check_tokens(tokenizer, *tokens, text, "");
    check(std::ranges::equal(*tokens, *again, {}, &Token::id, &Token::id),
          "the same text has the same tokens");
  }
  if (const auto pair = tokenizer.encode(text, second); succeeded(pair))
    check_tokens(tokenizer, *pair, text, second);
}

// A directory of these files, and of this model_type, to a Tokenizer and its tokens.
inline void open_and_encode(const std::map<std::string, std::string>& files, std::string_view model_type,
                            std::string_view text) {
  Checkpoint checkpoint;
  checkpoint.path = "dir";
  checkpoint.config = Json(Json::Object{{"model_type", Json(Json::Value(std::string(model_type)))}});
  for (const auto& [name, content] : files) checkpoint.tokenizer_files[name] = file_of(name, content);
  const auto tokenizer = Tokenizer::from_checkpoint(checkpoint);
  if (!succeeded(tokenizer)) return;
  for (int id = -1; id <= std::min(tokenizer->vocab_size(), 100); ++id)
    if (const std::string& token = tokenizer->token(id); !token.empty())
      check(tokenizer->id(token).has_value(), "a token has an id");
  for (const auto& [name, id] : tokenizer->special_list())
    check(id >= 0 && id < tokenizer->vocab_size(), "a special token has an id");
  static_cast<void>(tokenizer->description());
  encode(*tokenizer, some_text, "A b.");
  encode(*tokenizer, text, some_text);
}

}  // namespace logitlens::fuzz
