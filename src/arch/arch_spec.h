// What a family of models is, as data: how its configuration and its tensors are called, what shapes they have, how a
// block is built, what its prediction head does. Nothing outside src/arch knows a family by name.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "arch/slots.h"
#include "kernels/row_kernels.h"

namespace logitlens {

// Keys of config.json in order of preference, "a.b" for a member of a member: libraries have renamed some over the years.
using Keys = std::vector<std::string_view>;

// When a tensor, or a part of the model, is there. All conditions of a list must hold.
struct Condition {
  enum class Test {
    flag,             // the boolean `key` is true
    no_flag,          // ... is false
    positive,         // the number `key` is above zero
    lists,            // `key` lists `value`: an array, or a string "a|b"
    widths_differ,    // the embeddings are not as wide as the hidden states
    not_first_block,  // of a tensor of a block
  };
  Test test;
  std::string_view key = {}, value = {};
  bool fallback = false;  // of a flag or a list that the configuration lacks
};
using Conditions = std::vector<Condition>;

// One tensor the model reads: its names in order of preference, "{layer}" standing for the block's number, without
// the base prefix; and its shape as the reference library stores it, [out, in] for a dense layer.
struct TensorRule {
  Slot slot;
  std::vector<std::string> names;
  std::vector<Dim> shape;
  std::string_view use;          // what `inspect` calls it
  std::string untied_name = {};  // preferred where the decoder is not the word embeddings
  Conditions when = {};
  bool stored_in_out =
      false;  // the family stores this matrix [in, out] (Conv1D); `shape` says [out, in] all the same

  // The name the reference library computes with.
  std::string_view preferred_name(bool tied) const {
    return tied || untied_name.empty() ? names.front() : untied_name;
  }
};

// A number the configuration holds; where it does not, the reference library's own default: `fallback`, or as many times
// another size.
struct SizeKey {
  Dim dim;
  Keys keys;
  std::size_t fallback = 0;
  std::optional<Dim> times = {};
};

// Which position a token is at.
enum class PositionIds {
  none,           // no table
  from_zero,      // 0, 1, 2, ...
  after_padding,  // pad + 1, pad + 2, ...; a padding token itself at pad
};

struct EmbeddingRecipe {
  PositionIds positions = PositionIds::from_zero;
  Conditions positions_when = {};       // the table is there only then
  bool projection_before_norm = false;  // from the embeddings' width to the hidden one
  // Embeddings of mask tokens are zeroed and all are scaled to make up for it, as in training (ESM's token dropout).
  Conditions mask_dropout_when = {};
  bool mask_dropout = false;
};

enum class NormKind { layer_norm, rms_norm };

// a = attention, f = feed-forward, n1 and n2 the block's norms.
enum class BlockForm {
  post_norm,  // x = n1(h + a(h)); h' = n2(x + f(x))
  pre_norm,   // x = h + a(n1(h)); h' = x + f(n2(x))
  parallel,   // h' = h + a(n1(h)) + f(n2(h))
};

// How queries, keys and values leave their projection.
enum class Projection {
  separate,      // three matrices
  concatenated,  // one: all queries, all keys, all values
  per_head,      // one: query, key and value of head 0, of head 1, ...
};

// What tells attention where tokens are.
enum class AttentionPosition {
  none,
  rotary,         // queries and keys turned by an angle for their position
  bucketed_bias,  // a learned number a head and distance, added to the score
  disentangled,   // products of queries and keys with learned vectors for the distance
};

// Rotation: pairs (i, i + rotated/2) of a head are turned by position * theta^(-2i / rotated).
struct RotaryRecipe {
  Keys fraction = {};  // of a head's width that is rotated
  double fraction_fallback = 1;
  Keys theta = {};
  double theta_fallback = 10000;
  Keys local_theta = {};  // of the blocks with local attention, where they differ
  double local_theta_fallback = 10000;
  Keys scaling = {};  // an object with rope_type and its numbers
};

// Blocks whose attention sees `window`/2 tokens either way. Which blocks: the list `types` ("sliding_attention") where
// there is one, else all but every `every`-th.
struct LocalRecipe {
  Keys window;
  std::size_t window_fallback;
  Keys every;
  std::size_t every_fallback;
  Keys types;
};

// Distances between a query and a key, and the rows of the learned table they mean.
struct DistanceRecipe {
  Keys buckets = {};  // how many; not above zero: none, distances are taken as they are
  std::size_t buckets_fallback = 0;
  Keys reach = {};  // the largest distance; not above zero: the number of positions
  std::size_t reach_fallback = 0;
  Keys kinds = {};  // which products there are: c2p, p2c
};

struct BlockRecipe {
  BlockForm form = BlockForm::post_norm;
  Conditions parallel_when = {};  // `parallel` instead of `form`, where a list is given
  NormKind norm = NormKind::layer_norm;
  Projection projection = Projection::separate;
  AttentionPosition position = AttentionPosition::none;
  Conditions position_when = {};
  bool causal = false;
  bool gated = false;  // feed-forward W2 (act(a) * b): a and b from two matrices, or the two halves of one
  std::optional<RotaryRecipe> rotary = {};
  std::optional<LocalRecipe> local = {};
  std::optional<DistanceRecipe> distance = {};
};

// A prediction head: [final norm -] [dense - activation - norm -] decoder [+ bias], of which the tensors say what is there.
// The activation is fixed, or what `activation_keys` name, or the feed-forward's own.
struct HeadRecipe {
  std::optional<Activation> activation = {};
  Keys activation_keys = {};
  std::string_view activation_fallback = "gelu";
};

// A value the configuration must have, because no other is built here. An absent key is as good.
struct Requirement {
  Keys keys;
  std::variant<bool, std::int64_t, std::string_view> value;
  std::string_view remedy;
};

// What the user should know about checkpoints that hold a tensor of this name (a pattern).
struct Caution {
  std::string_view tensor;
  std::string_view text;
};

struct ArchSpec {
  std::string_view model_type = {};  // config.json's
  std::vector<std::string_view> base_prefixes =
      {};  // tried before a name, besides no prefix; the first is today's
  std::vector<std::string_view> lm_classes =
      {};  // what config.json's `architectures` may name; the first is written
  std::vector<SizeKey> sizes = {};
  Keys layers = {}, heads = {}, key_heads = {}, head_width = {};
  Keys blocks = {};  // that are stored, each serving several layers
  std::size_t layers_fallback = 12, heads_fallback = 12;
  std::size_t blocks_fallback = 0;      // 0: as many as layers
  std::size_t head_width_fallback = 0;  // 0: hidden / heads
  Keys activation = {};
  std::string_view activation_fallback = "gelu";
  Keys eps = {};
  double eps_fallback = 1e-12;
  bool tied_fallback = true;
  std::vector<Requirement> requirements = {};
  std::vector<TensorRule> tensors = {};
  // Tensors that checkpoints hold beside the model: patterns with * for any run of characters.
  std::vector<std::string_view> ignored = {};
  EmbeddingRecipe embedding = {};
  BlockRecipe block = {};
  HeadRecipe head = {};
  Keys convolution_activation = {};
  std::string_view convolution_activation_fallback = "tanh";
  std::string_view no_head_remedy = {};
  std::vector<Caution> cautions = {};
};

// The explicit registry: one line a family.
const ArchSpec* find_architecture(std::string_view model_type);
const ArchSpec* find_architecture_of_class(std::string_view lm_class);  // "BertForMaskedLM"
const std::vector<const ArchSpec*>& architectures();
std::vector<std::string_view> architecture_names();

// The activation a configuration names ("gelu", "gelu_new", ...), or nothing.
std::optional<Activation> activation_by_name(std::string_view name);
std::string_view activation_names();
std::string_view describe_activation(Activation activation);  // "gelu (erf)"

}  // namespace logitlens
