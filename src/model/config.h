// A model's configuration, checked: every number is in range and agrees with the others before anything is allocated.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "arch/arch_spec.h"
#include "io/checkpoint.h"
#include "logitlens/status.h"

namespace logitlens {

// How the heads of some blocks are rotated.
struct Rotation {
  std::vector<float> frequencies;  // [rotated / 2], radians a position
};

// Distances between tokens, and the rows of the table that they mean.
struct Distances {
  std::size_t rows = 0;     // of the table
  std::size_t span = 0;     // disentangled: the row of distance 0
  std::size_t buckets = 0;  // 0: distances as they are
  std::size_t reach = 0;    // the largest distance that buckets tell apart
  bool content_to_position = false, position_to_content = false;
};

struct ModelConfig {
  const ArchSpec* arch = nullptr;
  std::size_t layers = 0;
  std::size_t blocks = 0;  // stored; several layers may share one
  std::size_t heads = 0, key_heads = 0, head_width = 0;
  std::size_t hidden = 0, embedding = 0, inner = 0, vocab = 0, token_types = 0, kernel = 0;
  std::size_t position_rows = 0;  // of the position table, or the longest text of a model without one
  std::size_t positions = 0;      // tokens that a text may have, special ones included
  PositionIds position_ids = PositionIds::none;
  std::int32_t pad_id = 0;  // where position ids ask for it
  Activation activation = Activation::gelu_erf;
  Activation head_activation = Activation::gelu_erf;
  Activation convolution_activation = Activation::tanh;
  float eps = 0;
  bool tied = true;
  BlockForm form = BlockForm::post_norm;
  AttentionPosition attention_position = AttentionPosition::none;
  bool causal = false;                          // a decoder: the prediction at position t is of token t + 1
  std::optional<std::int32_t> dropped_mask_id;  // whose embeddings are zeroed, and all others scaled for it
  Rotation rotation, local_rotation;
  std::size_t window = 0;          // of local attention: tokens either way
  std::vector<bool> local_layers;  // [layers]
  Distances distances;

  std::size_t size(Dim dim) const;
  std::size_t query_width() const { return heads * head_width; }
  std::size_t key_width() const { return key_heads * head_width; }
  std::size_t block_of(std::size_t layer) const { return layer * blocks / layers; }
  const Rotation& rotation_of(std::size_t layer) const {
    return local_layers[layer] ? local_rotation : rotation;
  }
  double score_scale() const;  // what the product of a query and a key is multiplied with
};

// Errors: bad_input, with the configuration's file and the key.
Result<ModelConfig> read_config(const Checkpoint& checkpoint);

// Whether a tensor or a part with these conditions is there. `block`: of a tensor that exists once a block.
bool holds(const Conditions& conditions, const Json& json, const ModelConfig& config, std::size_t block = 0);

}  // namespace logitlens
