#include "engine/encode_input.h"

#include <fmt/format.h>

#include <algorithm>

namespace logitlens {

namespace {

// The tokenizer's own pair template. Until it takes two texts: the first as it is, then the second without
// what opens it.
template <class AnyTokenizer>
Result<std::vector<Token>> encode_pair(const AnyTokenizer& tokenizer, std::string_view text,
                                       std::string_view second) {
  if constexpr (requires { tokenizer.encode(text, second); }) {
    return tokenizer.encode(text, second);
  } else {
    LL_ASSIGN(std::vector<Token> tokens, tokenizer.encode(text));
    LL_ASSIGN(std::vector<Token> more, tokenizer.encode(second));
    bool opening = true;
    for (Token& token : more) {
      opening = opening && token.special && &token != &more.back();
      if (opening) continue;
      token.position = static_cast<int>(tokens.size());
      token.segment = token.part = 1;
      tokens.push_back(std::move(token));
    }
    return tokens;
  }
}

bool has_types(const Model::Impl& model) { return model.config.token_types > 1; }

}  // namespace

Result<std::vector<Token>> encode_input(const Model::Impl& model, std::string_view text,
                                        const std::optional<std::string>& second) {
  return second ? encode_pair(model.tokenizer, text, *second) : model.tokenizer.encode(text);
}

Result<std::vector<std::int32_t>> token_types(const Model::Impl& model, const std::vector<Token>& tokens) {
  std::vector<std::int32_t> types;
  if (!has_types(model) || std::ranges::all_of(tokens, [](const Token& token) { return token.segment == 0; }))
    return types;
  for (const Token& token : tokens) {
    if (token.segment < 0 || static_cast<std::size_t>(token.segment) >= model.config.token_types)
      return Error{
          .code = Code::bad_input,
          .file = model.checkpoint.path,
          .field = "token type",
          .found = fmt::format("{} at position {}, from the tokenizer", token.segment, token.position),
          .expected = fmt::format("0 to {}, the model's token types", model.config.token_types - 1),
          .remedy = "Use the tokenizer that belongs to this checkpoint",
          .names = {}};
    types.push_back(token.segment);
  }
  return types;
}

bool drops_token_types(const Model::Impl& model, const std::vector<Token>& tokens) {
  return !has_types(model) &&
         std::ranges::any_of(tokens, [](const Token& token) { return token.segment > 0; });
}

}  // namespace logitlens
