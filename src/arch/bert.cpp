// BERT (Devlin et al. 2018): post-norm blocks, learned absolute positions, a dense-activation-norm head tied to the word
// embeddings.
#include "arch/families.h"

namespace logitlens {

const ArchSpec& bert() {
  using enum Dim;
  using enum Slot;
  static const ArchSpec spec = {
      .model_type = "bert",
      .base_prefixes = {"bert."},
      .masked_architectures = {"BertForMaskedLM", "BertForPreTraining"},
      .sizes = {{hidden, "hidden_size", 768},
                {inner, "intermediate_size", 3072},
                {vocab, "vocab_size", 30522},
                {positions, "max_position_embeddings", 512},
                {token_types, "type_vocab_size", 2}},
      .layers_key = "num_hidden_layers",
      .heads_key = "num_attention_heads",
      .activation_key = "hidden_act",
      .eps_key = "layer_norm_eps",
      .layers_fallback = 12,
      .heads_fallback = 12,
      .activation_fallback = "gelu",
      .eps_fallback = 1e-12,
      .tensors =
          {
              {word_embeddings, {"embeddings.word_embeddings.weight"}, {vocab, hidden}, "word embeddings"},
              {position_embeddings, {"embeddings.position_embeddings.weight"}, {positions, hidden}, "positions"},
              {token_type_embeddings,
               {"embeddings.token_type_embeddings.weight"},
               {token_types, hidden},
               "token types"},
              {embedding_norm_weight, {"embeddings.LayerNorm.weight"}, {hidden}, "embedding norm"},
              {embedding_norm_bias, {"embeddings.LayerNorm.bias"}, {hidden}, "embedding norm"},
              {attention_query_weight,
               {"encoder.layer.{layer}.attention.self.query.weight"},
               {hidden, hidden},
               "attention query"},
              {attention_query_bias, {"encoder.layer.{layer}.attention.self.query.bias"}, {hidden}, "attention query"},
              {attention_key_weight,
               {"encoder.layer.{layer}.attention.self.key.weight"},
               {hidden, hidden},
               "attention key"},
              {attention_key_bias, {"encoder.layer.{layer}.attention.self.key.bias"}, {hidden}, "attention key"},
              {attention_value_weight,
               {"encoder.layer.{layer}.attention.self.value.weight"},
               {hidden, hidden},
               "attention value"},
              {attention_value_bias, {"encoder.layer.{layer}.attention.self.value.bias"}, {hidden}, "attention value"},
              {attention_output_weight,
               {"encoder.layer.{layer}.attention.output.dense.weight"},
               {hidden, hidden},
               "attention output"},
              {attention_output_bias,
               {"encoder.layer.{layer}.attention.output.dense.bias"},
               {hidden},
               "attention output"},
              {attention_norm_weight,
               {"encoder.layer.{layer}.attention.output.LayerNorm.weight"},
               {hidden},
               "attention norm"},
              {attention_norm_bias,
               {"encoder.layer.{layer}.attention.output.LayerNorm.bias"},
               {hidden},
               "attention norm"},
              {inner_weight, {"encoder.layer.{layer}.intermediate.dense.weight"}, {inner, hidden}, "inner"},
              {inner_bias, {"encoder.layer.{layer}.intermediate.dense.bias"}, {inner}, "inner"},
              {output_weight, {"encoder.layer.{layer}.output.dense.weight"}, {hidden, inner}, "output"},
              {output_bias, {"encoder.layer.{layer}.output.dense.bias"}, {hidden}, "output"},
              {output_norm_weight, {"encoder.layer.{layer}.output.LayerNorm.weight"}, {hidden}, "output norm"},
              {output_norm_bias, {"encoder.layer.{layer}.output.LayerNorm.bias"}, {hidden}, "output norm"},
              {head_dense_weight, {"cls.predictions.transform.dense.weight"}, {hidden, hidden}, "head dense"},
              {head_dense_bias, {"cls.predictions.transform.dense.bias"}, {hidden}, "head dense"},
              {head_norm_weight, {"cls.predictions.transform.LayerNorm.weight"}, {hidden}, "head norm"},
              {head_norm_bias, {"cls.predictions.transform.LayerNorm.bias"}, {hidden}, "head norm"},
              {decoder_weight, {"cls.predictions.decoder.weight"}, {vocab, hidden}, "decoder"},
              {decoder_bias, {"cls.predictions.bias", "cls.predictions.decoder.bias"}, {vocab}, "decoder bias"},
          },
      .ignored = {"*position_ids", "*pooler*", "cls.seq_relationship.*"},
      .head = {},
      .no_head_remedy = "Use a checkpoint saved from BertForMaskedLM or BertForPreTraining",
  };
  return spec;
}

}  // namespace logitlens
