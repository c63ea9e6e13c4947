#include "engine/encode_input.h"

#include <fmt/format.h>

#include <algorithm>

namespace logitlens {

namespace {

bool has_types(const Model::Impl& model) { return model.config.token_types > 1; }

}  // namespace

Result<std::vector<Token>> encode_input(const Model::Impl& model, std::string_view text,
                                        const std::optional<std::string>& second) {
  return second ? model.tokenizer.encode(text, *second) : model.tokenizer.encode(text);
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
