// GPT-2 (Radford et al. 2019): a decoder with learned positions; its head is the final norm and the word embeddings.
#include "arch/families.h"
#include "arch/rules.h"

namespace logitlens {

const ArchSpec& gpt2() {
  using enum Dim;
  using enum Slot;
  static const std::string block = "h.{layer}.";
  static const RuleOptions conv1d = {.stored_in_out = true};
  static const ArchSpec spec = {
      .model_type = "gpt2",
      .base_prefixes = {"transformer."},
      .lm_classes = {"GPT2LMHeadModel"},
      .sizes = {{hidden, {"n_embd", "hidden_size"}, 768},
                {inner, {"n_inner"}, 4, hidden},
                {vocab, {"vocab_size"}, 50257},
                {positions, {"n_positions", "n_ctx"}, 1024}},
      .layers = {"n_layer", "num_hidden_layers"},
      .heads = {"n_head", "num_attention_heads"},
      .activation = {"activation_function"},
      .activation_fallback = "gelu_new",
      .eps = {"layer_norm_epsilon"},
      .eps_fallback = 1e-5,
      .requirements = {{{"add_cross_attention"}, false, "Use a plain language model's checkpoint"},
                       {{"scale_attn_weights"}, true, "Use a checkpoint with scaled attention"},
                       {{"scale_attn_by_inverse_layer_idx"}, false, "Use a checkpoint with plain scaling"}},
      .tensors = rules({
          tensor(word_embeddings, {"wte.weight"}, {vocab, hidden}, "word embeddings"),
          tensor(position_embeddings, {"wpe.weight"}, {positions, hidden}, "positions"),
          norm(attention_norm_weight, {block + "ln_1"}, hidden, "attention norm"),
          dense(attention_fused_weight, {block + "attn.c_attn"}, query_key_value, hidden,
                "attention query, key, value", conv1d),
          dense(attention_output_weight, {block + "attn.c_proj"}, hidden, query, "attention output", conv1d),
          norm(inner_norm_weight, {block + "ln_2"}, hidden, "inner norm"),
          dense(inner_weight, {block + "mlp.c_fc"}, inner, hidden, "inner", conv1d),
          dense(output_weight, {block + "mlp.c_proj"}, hidden, inner, "output", conv1d),
          norm(final_norm_weight, {"ln_f"}, hidden, "final norm"),
          tensor(decoder_weight, {"lm_head.weight"}, {vocab, hidden}, "decoder"),
      }),
      .ignored = {"*.attn.bias", "*.attn.masked_bias"},
      .block = {.form = BlockForm::pre_norm, .projection = Projection::concatenated, .causal = true},
      .no_head_remedy = "Use a checkpoint saved from GPT2LMHeadModel",
  };
  return spec;
}

}  // namespace logitlens
