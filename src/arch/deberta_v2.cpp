// DeBERTa-v2 and v3 (He et al. 2021): distances in logarithmic buckets, projections shared with the content's, and in the
// largest models a convolution beside the first block.
#include "arch/families.h"
#include "arch/rules.h"

namespace logitlens {

const ArchSpec& deberta_v2() {
  using enum Dim;
  using enum Slot;
  using Test = Condition::Test;
  static const std::string self = "encoder.layer.{layer}.attention.self.";
  static const Condition relative{Test::flag, "relative_attention"}, own{Test::no_flag, "share_att_key"};
  static const Condition normed{Test::lists, "norm_rel_ebd", "layer_norm"};
  static const Condition convolved{Test::positive, "conv_kernel_size"};
  static const ArchSpec spec = {
      .model_type = "deberta-v2",
      .base_prefixes = {"deberta."},
      .lm_classes = {"DebertaV2ForMaskedLM"},
      .sizes = {{hidden, {"hidden_size"}, 1536},
                {embedding, {"embedding_size"}, 0, hidden},
                {inner, {"intermediate_size"}, 6144},
                {vocab, {"vocab_size"}, 128100},
                {positions, {"max_position_embeddings"}, 512},
                {token_types, {"type_vocab_size"}, 0},
                {kernel, {"conv_kernel_size"}, 0}},
      .layers = {"num_hidden_layers"},
      .heads = {"num_attention_heads"},
      .head_width = {"attention_head_size"},
      .layers_fallback = 24,
      .heads_fallback = 24,
      .activation = {"hidden_act"},
      .eps = {"layer_norm_eps"},
      .eps_fallback = 1e-7,
      .requirements = {{{"conv_groups"}, std::int64_t{1}, "Use a checkpoint with an ungrouped convolution"}},
      .tensors = rules({
          deberta_embeddings(),
          dense(attention_query_weight, {self + "query_proj"}, query, hidden, "attention query"),
          dense(attention_key_weight, {self + "key_proj"}, key, hidden, "attention key"),
          dense(attention_value_weight, {self + "value_proj"}, key, hidden, "attention value"),
          tensor(distance_embeddings, {"encoder.rel_embeddings.weight"}, {distances, hidden},
                 "relative positions", {relative}),
          norm(distance_norm_weight, {"encoder.LayerNorm"}, hidden, "norm of relative positions",
               {.when = {relative, normed}}),
          dense(distance_key_weight, {self + "pos_key_proj"}, query, hidden, "relative position key",
                {.when = {relative, own, {Test::lists, "pos_att_type", "c2p"}}}),
          dense(distance_query_weight, {self + "pos_query_proj"}, query, hidden, "relative position query",
                {.when = {relative, own, {Test::lists, "pos_att_type", "p2c"}}}),
          bert_block("encoder.layer.{layer}."),
          weight_and_bias(convolution_weight, {"encoder.conv.conv"}, {hidden, hidden, kernel}, "convolution",
                          {.when = {convolved}}),
          norm(convolution_norm_weight, {"encoder.conv.LayerNorm"}, hidden, "convolution norm",
               {.when = {convolved}}),
          deberta_head(),
      }),
      .ignored = {"*position_ids", "*pooler*", "mask_predictions.*"},
      .embedding = {.positions_when = {{Test::flag, "position_biased_input", {}, true}},
                    .projection_before_norm = true},
      .block = {.position = AttentionPosition::disentangled,
                .position_when = {relative},
                .distance = DistanceRecipe{.buckets = {"position_buckets"},
                                           .reach = {"max_relative_positions"},
                                           .kinds = {"pos_att_type"}}},
      .convolution_activation = {"conv_act"},
      .no_head_remedy = "Use a checkpoint saved from DebertaV2ForMaskedLM",
      .cautions =
          {{"mask_predictions.*",
            "this checkpoint was trained to spot replaced tokens, as DeBERTa-v3 was: its head over the "
            "vocabulary was not trained with it, and what it says means little"}},
  };
  return spec;
}

}  // namespace logitlens
