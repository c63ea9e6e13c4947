// The parts a model can be made of, and the sizes their shapes are written in.
#pragma once

#include <cstddef>

namespace logitlens {

// A size that tensor shapes are written in.
enum class Dim {
  hidden,
  embedding,  // width of the word embeddings; `hidden` in most families
  inner,
  double_inner,  // both halves of a gated feed-forward
  vocab,
  positions,  // rows of the position table
  token_types,
  query,            // query heads times head width
  key,              // key heads times head width
  query_key_value,  // one query and two keys
  head_width,
  heads,
  distances,  // rows of the table of relative positions
  kernel,     // tokens a convolution sees
};

// What a tensor is to the model. Those from attention_norm_weight on exist once a block.
enum class Slot {
  word_embeddings,
  position_embeddings,
  token_type_embeddings,
  embedding_norm_weight,
  embedding_norm_bias,
  embedding_projection_weight,
  embedding_projection_bias,
  distance_embeddings,
  distance_norm_weight,
  distance_norm_bias,
  convolution_weight,
  convolution_bias,
  convolution_norm_weight,
  convolution_norm_bias,
  final_norm_weight,
  final_norm_bias,
  head_dense_weight,
  head_dense_bias,
  head_norm_weight,
  head_norm_bias,
  decoder_weight,
  decoder_bias,
  attention_norm_weight,
  attention_norm_bias,
  attention_query_weight,
  attention_query_bias,
  attention_key_weight,
  attention_key_bias,
  attention_value_weight,
  attention_value_bias,
  attention_fused_weight,  // queries, keys and values in one
  attention_fused_bias,
  query_norm_weight,
  key_norm_weight,
  distance_query_weight,
  distance_query_bias,
  distance_key_weight,
  distance_key_bias,
  attention_output_weight,
  attention_output_bias,
  inner_norm_weight,  // of a post-norm block the norm at its end
  inner_norm_bias,
  inner_weight,  // of a gated feed-forward the gate, or both halves
  inner_bias,
  inner_up_weight,  // what a gate of its own multiplies
  inner_up_bias,
  output_weight,
  output_bias,
  count,
};
inline constexpr std::size_t slot_count = static_cast<std::size_t>(Slot::count);
inline constexpr bool is_block_slot(Slot slot) {
  return slot >= Slot::attention_norm_weight && slot < Slot::count;
}
inline constexpr bool is_head_slot(Slot slot) {
  return slot >= Slot::head_dense_weight && slot <= Slot::decoder_bias;
}

}  // namespace logitlens
