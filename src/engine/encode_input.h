// What the model reads: a text or a pair of texts as tokens, fitted to its room.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/model_impl.h"

namespace logitlens {

// The tokens of `text`, or of the pair by the family's template. Errors: bad_input for either text.
Result<std::vector<Token>> encode_input(const Model::Impl& model, std::string_view text,
                                        const std::optional<std::string>& second);

// Token types [tokens] for the forward pass; empty: all 0, as for every token of a model that has one type or
// none. Errors: bad_input for a type that the model does not have.
Result<std::vector<std::int32_t>> token_types(const Model::Impl& model, const std::vector<Token>& tokens);

// The tokenizer tells two texts apart and the model does not.
bool drops_token_types(const Model::Impl& model, const std::vector<Token>& tokens);

}  // namespace logitlens
