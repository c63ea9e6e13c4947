// ESM-2 (Lin et al. 2022): a language model of proteins. Rotary positions, pre-norm blocks, a vocabulary of 33.
#include "arch/families.h"
#include "arch/rules.h"

namespace logitlens {

const ArchSpec& esm() {
  using enum Dim;
  using enum Slot;
  using Test = Condition::Test;
  static const std::string block = "encoder.layer.{layer}.";
  static const ArchSpec spec = {
      .model_type = "esm",
      .base_prefixes = {"esm."},
      .lm_classes = {"EsmForMaskedLM"},
      .sizes = {{hidden, {"hidden_size"}, 768},
                {inner, {"intermediate_size"}, 3072},
                {vocab, {"vocab_size"}},
                {positions, {"max_position_embeddings"}, 1026}},
      .layers = {"num_hidden_layers"},
      .heads = {"num_attention_heads"},
      .activation = {},  // an erf gelu, whatever a configuration says
      .eps = {"layer_norm_eps"},
      .requirements = encoder_requirements("rotary"),
      .tensors = rules({
          tensor(word_embeddings, {"embeddings.word_embeddings.weight"}, {vocab, hidden}, "word embeddings"),
          norm(embedding_norm_weight, {"embeddings.layer_norm"}, hidden, "embedding norm",
               {.when = {{Test::flag, "emb_layer_norm_before"}}}),
          norm(attention_norm_weight, {block + "attention.LayerNorm"}, hidden, "attention norm"),
          bert_attention(block + "attention.self."),
          dense(attention_output_weight, {block + "attention.output.dense"}, hidden, query,
                "attention output"),
          norm(inner_norm_weight, {block + "LayerNorm"}, hidden, "inner norm"),
          dense(inner_weight, {block + "intermediate.dense"}, inner, hidden, "inner"),
          dense(output_weight, {block + "output.dense"}, hidden, inner, "output"),
          norm(final_norm_weight, {"encoder.emb_layer_norm_after"}, hidden, "final norm"),
          dense(head_dense_weight, {"lm_head.dense"}, hidden, hidden, "head dense"),
          norm(head_norm_weight, {"lm_head.layer_norm"}, hidden, "head norm"),
          tensor(decoder_weight, {"lm_head.decoder.weight"}, {vocab, hidden}, "decoder"),
          tensor(decoder_bias, {"lm_head.bias", "lm_head.decoder.bias"}, {vocab}, "decoder bias"),
      }),
      .ignored = {"*position_ids", "*pooler*", "*contact_head.*", "*inv_freq", "*position_embeddings.weight"},
      .embedding = {.positions = PositionIds::none,
                    .mask_dropout_when = {{Test::flag, "token_dropout"}},
                    .mask_dropout = true},
      .block = {.form = BlockForm::pre_norm,
                .position = AttentionPosition::rotary,
                .rotary =
                    RotaryRecipe{.fraction = {}, .theta = {"rope_theta", "rope_parameters.rope_theta"}}},
      .head = {.activation = Activation::gelu_erf},
      .no_head_remedy = "Use a checkpoint saved from EsmForMaskedLM",
  };
  return spec;
}

}  // namespace logitlens
