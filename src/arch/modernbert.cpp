// ModernBERT (Warner et al. 2024): pre-norm blocks, rotary positions, a gated feed-forward, and local attention in two
// blocks of three.
#include "arch/families.h"
#include "arch/rules.h"

namespace logitlens {

const ArchSpec& modernbert() {
  using enum Dim;
  using enum Slot;
  using Test = Condition::Test;
  static const std::string block = "layers.{layer}.";
  static const Conditions norm_bias = {{Test::flag, "norm_bias"}},
                          attention_bias = {{Test::flag, "attention_bias"}};
  static const Conditions mlp_bias = {{Test::flag, "mlp_bias"}},
                          dense_bias = {{Test::flag, "classifier_bias"}};
  static const ArchSpec spec = {
      .model_type = "modernbert",
      .base_prefixes = {"model."},
      .lm_classes = {"ModernBertForMaskedLM"},
      .sizes = {{hidden, {"hidden_size"}, 768},
                {inner, {"intermediate_size"}, 1152},
                {vocab, {"vocab_size"}, 50368},
                {positions, {"max_position_embeddings"}, 8192}},
      .layers = {"num_hidden_layers"},
      .heads = {"num_attention_heads"},
      .layers_fallback = 22,
      .activation = {"hidden_activation"},
      .eps = {"norm_eps"},
      .eps_fallback = 1e-5,
      .requirements = {{{"rope_parameters.full_attention.rope_type"},
                        "default",
                        "Use a checkpoint with plain rotary positions"},
                       {{"rope_parameters.sliding_attention.rope_type"},
                        "default",
                        "Use a checkpoint with plain rotary positions"}},
      .tensors = rules({
          tensor(word_embeddings, {"embeddings.tok_embeddings.weight"}, {vocab, hidden}, "word embeddings"),
          norm(embedding_norm_weight, {"embeddings.norm"}, hidden, "embedding norm",
               {.bias_when = norm_bias}),
          norm(attention_norm_weight, {block + "attn_norm"}, hidden, "attention norm",
               {.when = {{Test::not_first_block}}, .bias_when = norm_bias}),
          dense(attention_fused_weight, {block + "attn.Wqkv"}, query_key_value, hidden,
                "attention query, key, value", {.bias_when = attention_bias}),
          dense(attention_output_weight, {block + "attn.Wo"}, hidden, query, "attention output",
                {.bias_when = attention_bias}),
          norm(inner_norm_weight, {block + "mlp_norm"}, hidden, "inner norm", {.bias_when = norm_bias}),
          dense(inner_weight, {block + "mlp.Wi"}, double_inner, hidden, "inner", {.bias_when = mlp_bias}),
          dense(output_weight, {block + "mlp.Wo"}, hidden, inner, "output", {.bias_when = mlp_bias}),
          norm(final_norm_weight, {"final_norm"}, hidden, "final norm", {.bias_when = norm_bias}),
          dense(head_dense_weight, {"head.dense"}, hidden, hidden, "head dense", {.bias_when = dense_bias}),
          norm(head_norm_weight, {"head.norm"}, hidden, "head norm", {.bias_when = norm_bias}),
          tensor(decoder_weight, {"decoder.weight"}, {vocab, hidden}, "decoder"),
          tensor(decoder_bias, {"decoder.bias"}, {vocab}, "decoder bias",
                 {{Test::flag, "decoder_bias", {}, true}}),
      }),
      .embedding = {.positions = PositionIds::none},
      .block = {.form = BlockForm::pre_norm,
                .projection = Projection::concatenated,
                .position = AttentionPosition::rotary,
                .gated = true,
                .rotary =
                    RotaryRecipe{
                        .fraction = {},
                        .theta = {"global_rope_theta", "rope_parameters.full_attention.rope_theta"},
                        .theta_fallback = 160000,
                        .local_theta = {"local_rope_theta", "rope_parameters.sliding_attention.rope_theta"}},
                .local = LocalRecipe{.window = {"local_attention"},
                                     .window_fallback = 128,
                                     .every = {"global_attn_every_n_layers"},
                                     .every_fallback = 3,
                                     .types = {"layer_types"}}},
      .head = {.activation_keys = {"classifier_activation"}},
      .no_head_remedy = "Use a checkpoint saved from ModernBertForMaskedLM",
  };
  return spec;
}

}  // namespace logitlens
