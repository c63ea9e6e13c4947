// GPT-NeoX and Pythia (Black et al. 2022, Biderman et al. 2023): a decoder whose attention and feed-forward run side by
// side, with a part of each head rotated.
#include "arch/families.h"
#include "arch/rules.h"

namespace logitlens {

const ArchSpec& gpt_neox() {
  using enum Dim;
  using enum Slot;
  using Test = Condition::Test;
  static const std::string block = "layers.{layer}.";
  static const RuleOptions attention = {.bias_when = Conditions{{Test::flag, "attention_bias", {}, true}}};
  static const ArchSpec spec = {
      .model_type = "gpt_neox",
      .base_prefixes = {"gpt_neox."},
      .lm_classes = {"GPTNeoXForCausalLM"},
      .sizes = {{hidden, {"hidden_size"}, 6144},
                {inner, {"intermediate_size"}, 24576},
                {vocab, {"vocab_size"}, 50432},
                {positions, {"max_position_embeddings"}, 2048}},
      .layers = {"num_hidden_layers"},
      .heads = {"num_attention_heads"},
      .layers_fallback = 44,
      .heads_fallback = 64,
      .activation = {"hidden_act"},
      .eps = {"layer_norm_eps"},
      .eps_fallback = 1e-5,
      .tied_fallback = false,
      .tensors = rules({
          tensor(word_embeddings, {"embed_in.weight"}, {vocab, hidden}, "word embeddings"),
          norm(attention_norm_weight, {block + "input_layernorm"}, hidden, "attention norm"),
          dense(attention_fused_weight, {block + "attention.query_key_value"}, query_key_value, hidden,
                "attention query, key, value", attention),
          dense(attention_output_weight, {block + "attention.dense"}, hidden, query, "attention output",
                attention),
          norm(inner_norm_weight, {block + "post_attention_layernorm"}, hidden, "inner norm"),
          dense(inner_weight, {block + "mlp.dense_h_to_4h"}, inner, hidden, "inner"),
          dense(output_weight, {block + "mlp.dense_4h_to_h"}, hidden, inner, "output"),
          norm(final_norm_weight, {"final_layer_norm"}, hidden, "final norm"),
          tensor(decoder_weight, {"embed_out.weight"}, {vocab, hidden}, "decoder"),
      }),
      .ignored = {"*.attention.bias", "*.attention.masked_bias", "*inv_freq"},
      .embedding = {.positions = PositionIds::none},
      .block = {.form = BlockForm::pre_norm,
                .parallel_when = {{Test::flag, "use_parallel_residual", {}, true}},
                .projection = Projection::per_head,
                .position = AttentionPosition::rotary,
                .causal = true,
                .rotary =
                    RotaryRecipe{.fraction = {"rotary_pct", "rope_parameters.partial_rotary_factor"},
                                 .fraction_fallback = 0.25,
                                 .theta = {"rotary_emb_base", "rope_theta", "rope_parameters.rope_theta"},
                                 .scaling = {"rope_scaling", "rope_parameters"}}},
      .no_head_remedy = "Use a checkpoint saved from GPTNeoXForCausalLM",
  };
  return spec;
}

}  // namespace logitlens
