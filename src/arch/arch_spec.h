// What a family of models is, as data: how its configuration and its tensors are called, what shapes they have, how a
// block is built, what its prediction head does. Nothing outside src/arch knows a family by name.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "kernels/row_kernels.h"

namespace logitlens {

// A size that tensor shapes are written in.
enum class Dim { hidden, inner, vocab, positions, token_types };

// What a tensor is to the model. Those from attention_query_weight to output_norm_bias exist once a block.
enum class Slot {
  word_embeddings,
  position_embeddings,
  token_type_embeddings,
  embedding_norm_weight,
  embedding_norm_bias,
  head_dense_weight,
  head_dense_bias,
  head_norm_weight,
  head_norm_bias,
  decoder_weight,
  decoder_bias,
  attention_query_weight,
  attention_query_bias,
  attention_key_weight,
  attention_key_bias,
  attention_value_weight,
  attention_value_bias,
  attention_output_weight,
  attention_output_bias,
  attention_norm_weight,
  attention_norm_bias,
  inner_weight,
  inner_bias,
  output_weight,
  output_bias,
  output_norm_weight,
  output_norm_bias,
  count,
};
inline constexpr std::size_t slot_count = static_cast<std::size_t>(Slot::count);
inline constexpr bool is_block_slot(Slot slot) { return slot >= Slot::attention_query_weight; }

// One tensor the model reads: its names in order of preference, "{layer}" standing for the block's number, without
// the base prefix; and its shape as the reference library stores it, [out, in] for a dense layer.
struct TensorRule {
  Slot slot;
  std::vector<std::string_view> names;
  std::vector<Dim> shape;
  std::string_view use;               // what `inspect` calls it
  std::string_view untied_name = {};  // preferred where the decoder is not the word embeddings

  // The name the reference library computes with.
  std::string_view preferred_name(bool tied) const {
    return tied || untied_name.empty() ? names.front() : untied_name;
  }
};

// A number the configuration holds under `key`; `fallback` is the reference library's own default.
struct SizeKey {
  Dim dim;
  std::string_view key;
  std::size_t fallback;
};

// A prediction head dense - activation - LayerNorm - decoder + bias.
struct HeadRecipe {
  std::optional<Activation> activation;  // nothing: the configuration's
};

struct ArchSpec {
  std::string_view model_type;                         // config.json's
  std::vector<std::string_view> base_prefixes;         // tried before a name, besides no prefix
  std::vector<std::string_view> masked_architectures;  // what config.json's `architectures` may name
  std::vector<SizeKey> sizes;
  std::string_view layers_key, heads_key, activation_key, eps_key;
  std::size_t layers_fallback, heads_fallback;
  std::string_view activation_fallback;
  double eps_fallback;
  std::vector<TensorRule> tensors;
  // Tensors that checkpoints hold beside the model: patterns with * for any run of characters.
  std::vector<std::string_view> ignored;
  HeadRecipe head;
  std::string_view no_head_remedy;
};

// The explicit registry: one line a family.
const ArchSpec* find_architecture(std::string_view model_type);
std::vector<std::string_view> architecture_names();

// The activation a configuration names ("gelu", "gelu_new", ...), or nothing.
std::optional<Activation> activation_by_name(std::string_view name);
std::string_view activation_names();
std::string_view describe_activation(Activation activation);  // "gelu (erf)"

}  // namespace logitlens
