// DeBERTa (He et al. 2020): attention also by content-to-position and position-to-content products.
#include "arch/families.h"
#include "arch/rules.h"

namespace logitlens {

const ArchSpec& deberta() {
  using enum Dim;
  using enum Slot;
  using Test = Condition::Test;
  static const std::string self = "encoder.layer.{layer}.attention.self.";
  static const Condition relative{Test::flag, "relative_attention"};
  static const ArchSpec spec = {
      .model_type = "deberta",
      .base_prefixes = {"deberta."},
      .lm_classes = {"DebertaForMaskedLM"},
      .sizes = {{hidden, {"hidden_size"}, 768},
                {embedding, {"embedding_size"}, 0, hidden},
                {inner, {"intermediate_size"}, 3072},
                {vocab, {"vocab_size"}, 50265},
                {positions, {"max_position_embeddings"}, 512},
                {token_types, {"type_vocab_size"}, 0}},
      .layers = {"num_hidden_layers"},
      .heads = {"num_attention_heads"},
      .activation = {"hidden_act"},
      .eps = {"layer_norm_eps"},
      .eps_fallback = 1e-7,
      .requirements = {{{"talking_head"}, false, "Use a checkpoint without talking heads"}},
      .tensors = rules({
          deberta_embeddings(),
          tensor(attention_fused_weight, {self + "in_proj.weight"}, {query_key_value, hidden},
                 "attention query, key, value"),
          tensor(attention_query_bias, {self + "q_bias"}, {query}, "attention query"),
          tensor(attention_value_bias, {self + "v_bias"}, {key}, "attention value"),
          tensor(distance_embeddings, {"encoder.rel_embeddings.weight"}, {distances, hidden},
                 "relative positions", {relative}),
          dense(distance_key_weight, {self + "pos_proj"}, query, hidden, "relative position key",
                {.when = {relative, {Test::lists, "pos_att_type", "c2p"}}, .has_bias = false}),
          dense(distance_query_weight, {self + "pos_q_proj"}, query, hidden, "relative position query",
                {.when = {relative, {Test::lists, "pos_att_type", "p2c"}}}),
          bert_block("encoder.layer.{layer}."),
          deberta_head(),
      }),
      .ignored = {"*position_ids", "*pooler*", "mask_predictions.*"},
      .embedding = {.positions_when = {{Test::flag, "position_biased_input", {}, true}},
                    .projection_before_norm = true},
      .block = {.projection = Projection::per_head,
                .position = AttentionPosition::disentangled,
                .position_when = {relative},
                .distance =
                    DistanceRecipe{
                        .buckets = {}, .reach = {"max_relative_positions"}, .kinds = {"pos_att_type"}}},
      .no_head_remedy = "Use a checkpoint saved from DebertaForMaskedLM",
  };
  return spec;
}

std::vector<TensorRule> deberta_embeddings() {
  using enum Dim;
  using enum Slot;
  using Test = Condition::Test;
  return rules({
      tensor(word_embeddings, {"embeddings.word_embeddings.weight"}, {vocab, embedding}, "word embeddings"),
      tensor(position_embeddings, {"embeddings.position_embeddings.weight"}, {positions, embedding},
             "positions", {{Test::flag, "position_biased_input", {}, true}}),
      tensor(token_type_embeddings, {"embeddings.token_type_embeddings.weight"}, {token_types, embedding},
             "token types", {{Test::positive, "type_vocab_size"}}),
      dense(embedding_projection_weight, {"embeddings.embed_proj"}, hidden, embedding, "embedding projection",
            {.when = {{Test::widths_differ}}, .has_bias = false}),
      norm(embedding_norm_weight, {"embeddings.LayerNorm"}, hidden, "embedding norm"),
  });
}

std::vector<TensorRule> deberta_head() {
  using enum Dim;
  using enum Slot;
  return rules({
      dense(head_dense_weight, {"cls.predictions.transform.dense", "lm_predictions.lm_head.dense"}, embedding,
            hidden, "head dense"),
      norm(head_norm_weight, {"cls.predictions.transform.LayerNorm", "lm_predictions.lm_head.LayerNorm"},
           embedding, "head norm"),
      tensor(decoder_weight, {"cls.predictions.decoder.weight"}, {vocab, embedding}, "decoder"),
      Rules{{.slot = decoder_bias,
             .names = {"cls.predictions.bias", "lm_predictions.lm_head.bias", "cls.predictions.decoder.bias"},
             .shape = {vocab},
             .use = "decoder bias",
             .untied_name = "cls.predictions.decoder.bias"}},
  });
}

}  // namespace logitlens
