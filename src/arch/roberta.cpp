// RoBERTa (Liu et al. 2019): BERT's blocks; positions count from behind the padding token's id; an erf gelu in the head
// whatever the configuration says.
#include "arch/families.h"
#include "arch/rules.h"

namespace logitlens {

const ArchSpec& roberta() {
  using enum Dim;
  using enum Slot;
  static const ArchSpec spec = {
      .model_type = "roberta",
      .base_prefixes = {"roberta."},
      .lm_classes = {"RobertaForMaskedLM"},
      .sizes = {{hidden, {"hidden_size"}, 768},
                {inner, {"intermediate_size"}, 3072},
                {vocab, {"vocab_size"}, 50265},
                {positions, {"max_position_embeddings"}, 512},
                {token_types, {"type_vocab_size"}, 2}},
      .layers = {"num_hidden_layers"},
      .heads = {"num_attention_heads"},
      .activation = {"hidden_act"},
      .eps = {"layer_norm_eps"},
      .requirements = encoder_requirements(),
      .tensors = rules({
          tensor(word_embeddings, {"embeddings.word_embeddings.weight"}, {vocab, hidden}, "word embeddings"),
          tensor(position_embeddings, {"embeddings.position_embeddings.weight"}, {positions, hidden},
                 "positions"),
          tensor(token_type_embeddings, {"embeddings.token_type_embeddings.weight"}, {token_types, hidden},
                 "token types"),
          norm(embedding_norm_weight, {"embeddings.LayerNorm"}, hidden, "embedding norm"),
          bert_attention("encoder.layer.{layer}.attention.self."),
          bert_block("encoder.layer.{layer}."),
          dense(head_dense_weight, {"lm_head.dense"}, hidden, hidden, "head dense"),
          norm(head_norm_weight, {"lm_head.layer_norm"}, hidden, "head norm"),
          tensor(decoder_weight, {"lm_head.decoder.weight"}, {vocab, hidden}, "decoder"),
          vocabulary_bias("lm_head.bias", "lm_head.decoder.bias"),
      }),
      .ignored = {"*position_ids", "*pooler*"},
      .embedding = {.positions = PositionIds::after_padding},
      .head = {.activation = Activation::gelu_erf},
      .no_head_remedy = "Use a checkpoint saved from RobertaForMaskedLM",
  };
  return spec;
}

}  // namespace logitlens
