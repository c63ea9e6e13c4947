// Llama (Touvron et al. 2023): RMSNorm, rotary positions, keys and values shared by groups of heads, SwiGLU.
#include "arch/families.h"
#include "arch/rules.h"

namespace logitlens {

ArchSpec llama_like() {
  using enum Dim;
  using enum Slot;
  using Test = Condition::Test;
  const std::string block = "layers.{layer}.";
  const RuleOptions plain = {.has_bias = false};
  const RuleOptions attention = {.bias_when = Conditions{{Test::flag, "attention_bias"}}};
  const RuleOptions feed_forward = {.bias_when = Conditions{{Test::flag, "mlp_bias"}}};
  return {
      .base_prefixes = {"model."},
      .sizes = {{hidden, {"hidden_size"}, 4096},
                {inner, {"intermediate_size"}, 11008},
                {vocab, {"vocab_size"}, 32000},
                {positions, {"max_position_embeddings"}, 2048}},
      .layers = {"num_hidden_layers"},
      .heads = {"num_attention_heads"},
      .key_heads = {"num_key_value_heads"},
      .head_width = {"head_dim"},
      .layers_fallback = 32,
      .heads_fallback = 32,
      .activation = {"hidden_act"},
      .activation_fallback = "silu",
      .eps = {"rms_norm_eps"},
      .eps_fallback = 1e-6,
      .tied_fallback = false,
      .tensors = rules({
          tensor(word_embeddings, {"embed_tokens.weight"}, {vocab, hidden}, "word embeddings"),
          norm(attention_norm_weight, {block + "input_layernorm"}, hidden, "attention norm", plain),
          dense(attention_query_weight, {block + "self_attn.q_proj"}, query, hidden, "attention query",
                attention),
          dense(attention_key_weight, {block + "self_attn.k_proj"}, key, hidden, "attention key", attention),
          dense(attention_value_weight, {block + "self_attn.v_proj"}, key, hidden, "attention value",
                attention),
          dense(attention_output_weight, {block + "self_attn.o_proj"}, hidden, query, "attention output",
                attention),
          norm(inner_norm_weight, {block + "post_attention_layernorm"}, hidden, "inner norm", plain),
          dense(inner_weight, {block + "mlp.gate_proj"}, inner, hidden, "gate", feed_forward),
          dense(inner_up_weight, {block + "mlp.up_proj"}, inner, hidden, "inner", feed_forward),
          dense(output_weight, {block + "mlp.down_proj"}, hidden, inner, "output", feed_forward),
          norm(final_norm_weight, {"norm"}, hidden, "final norm", plain),
          tensor(decoder_weight, {"lm_head.weight"}, {vocab, hidden}, "decoder"),
      }),
      .ignored = {"*inv_freq"},
      .embedding = {.positions = PositionIds::none},
      .block = {.form = BlockForm::pre_norm,
                .norm = NormKind::rms_norm,
                .position = AttentionPosition::rotary,
                .causal = true,
                .gated = true,
                .rotary = RotaryRecipe{.fraction = {"partial_rotary_factor",
                                                    "rope_parameters.partial_rotary_factor"},
                                       .theta = {"rope_theta", "rope_parameters.rope_theta"},
                                       .scaling = {"rope_scaling", "rope_parameters"}}},
  };
}

const ArchSpec& llama() {
  static const ArchSpec spec = [] {
    ArchSpec one = llama_like();
    one.model_type = "llama";
    one.lm_classes = {"LlamaForCausalLM"};
    one.no_head_remedy = "Use a checkpoint saved from LlamaForCausalLM";
    return one;
  }();
  return spec;
}

}  // namespace logitlens
