// MPNet (Song et al. 2020): RoBERTa's positions and head, and a learned bias a head and distance, shared by all layers.
#include "arch/families.h"
#include "arch/rules.h"

namespace logitlens {

const ArchSpec& mpnet() {
  using enum Dim;
  using enum Slot;
  static const std::string block = "encoder.layer.{layer}.";
  static const ArchSpec spec = {
      .model_type = "mpnet",
      .base_prefixes = {"mpnet."},
      .lm_classes = {"MPNetForMaskedLM"},
      .sizes = {{hidden, {"hidden_size"}, 768},
                {inner, {"intermediate_size"}, 3072},
                {vocab, {"vocab_size"}, 30527},
                {positions, {"max_position_embeddings"}, 512}},
      .layers = {"num_hidden_layers"},
      .heads = {"num_attention_heads"},
      .activation = {"hidden_act"},
      .eps = {"layer_norm_eps"},
      .requirements = encoder_requirements(),
      .tensors = rules({
          bert_embeddings(hidden, false),
          tensor(distance_embeddings, {"encoder.relative_attention_bias.weight"}, {distances, heads},
                 "bias by distance"),
          dense(attention_query_weight, {block + "attention.attn.q"}, query, hidden, "attention query"),
          dense(attention_key_weight, {block + "attention.attn.k"}, key, hidden, "attention key"),
          dense(attention_value_weight, {block + "attention.attn.v"}, key, hidden, "attention value"),
          dense(attention_output_weight, {block + "attention.attn.o"}, hidden, query, "attention output"),
          norm(attention_norm_weight, {block + "attention.LayerNorm"}, hidden, "attention norm"),
          dense(inner_weight, {block + "intermediate.dense"}, inner, hidden, "inner"),
          dense(output_weight, {block + "output.dense"}, hidden, inner, "output"),
          norm(inner_norm_weight, {block + "output.LayerNorm"}, hidden, "output norm"),
          roberta_head(),
      }),
      .ignored = {"*position_ids", "*pooler*"},
      .embedding = {.positions = PositionIds::after_padding},
      .block = {.position = AttentionPosition::bucketed_bias,
                .distance = DistanceRecipe{.buckets = {"relative_attention_num_buckets"},
                                           .buckets_fallback = 32,
                                           .reach = {},
                                           .reach_fallback = 128}},
      .head = {.activation = Activation::gelu_erf},
      .no_head_remedy = "Use a checkpoint saved from MPNetForMaskedLM",
  };
  return spec;
}

}  // namespace logitlens
