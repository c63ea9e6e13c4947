// BERT (Devlin et al. 2018): post-norm blocks, learned absolute positions, a dense-activation-norm head tied to the word
// embeddings.
#include "arch/families.h"
#include "arch/rules.h"

namespace logitlens {

const ArchSpec& bert() {
  using enum Dim;
  using enum Slot;
  static const ArchSpec spec = {
      .model_type = "bert",
      .base_prefixes = {"bert."},
      .lm_classes = {"BertForMaskedLM", "BertForPreTraining"},
      .sizes = {{hidden, {"hidden_size"}, 768},
                {inner, {"intermediate_size"}, 3072},
                {vocab, {"vocab_size"}, 30522},
                {positions, {"max_position_embeddings"}, 512},
                {token_types, {"type_vocab_size"}, 2}},
      .layers = {"num_hidden_layers"},
      .heads = {"num_attention_heads"},
      .activation = {"hidden_act"},
      .eps = {"layer_norm_eps"},
      .requirements = encoder_requirements(),
      .tensors = rules({
          bert_embeddings(hidden, true),
          bert_attention("encoder.layer.{layer}.attention.self."),
          bert_block("encoder.layer.{layer}."),
          dense(head_dense_weight, {"cls.predictions.transform.dense"}, hidden, hidden, "head dense"),
          norm(head_norm_weight, {"cls.predictions.transform.LayerNorm"}, hidden, "head norm"),
          tensor(decoder_weight, {"cls.predictions.decoder.weight"}, {vocab, hidden}, "decoder"),
          vocabulary_bias("cls.predictions.bias", "cls.predictions.decoder.bias"),
      }),
      .ignored = {"*position_ids", "*pooler*", "cls.seq_relationship.*"},
      .no_head_remedy = "Use a checkpoint saved from BertForMaskedLM or BertForPreTraining",
  };
  return spec;
}

std::vector<Requirement> encoder_requirements(std::string_view position_embedding_type) {
  return {
      {{"is_decoder"}, false, "Use an encoder's checkpoint"},
      {{"add_cross_attention"}, false, "Use an encoder's checkpoint"},
      {{"position_embedding_type"}, position_embedding_type, "Use a checkpoint with positions of that kind"},
  };
}

Rules bert_embeddings(Dim width, bool types) {
  using enum Slot;
  return rules({
      tensor(word_embeddings, {"embeddings.word_embeddings.weight"}, {Dim::vocab, width}, "word embeddings"),
      tensor(position_embeddings, {"embeddings.position_embeddings.weight"}, {Dim::positions, width},
             "positions"),
      types ? tensor(token_type_embeddings, {"embeddings.token_type_embeddings.weight"},
                     {Dim::token_types, width}, "token types")
            : Rules{},
      norm(embedding_norm_weight, {"embeddings.LayerNorm"}, width, "embedding norm"),
  });
}

Rules bert_attention(const std::string& prefix) {
  using enum Dim;
  using enum Slot;
  return rules({dense(attention_query_weight, {prefix + "query"}, query, hidden, "attention query"),
                dense(attention_key_weight, {prefix + "key"}, key, hidden, "attention key"),
                dense(attention_value_weight, {prefix + "value"}, key, hidden, "attention value")});
}

Rules bert_block(const std::string& prefix) {
  using enum Dim;
  using enum Slot;
  return rules({
      dense(attention_output_weight, {prefix + "attention.output.dense"}, hidden, query, "attention output"),
      norm(attention_norm_weight, {prefix + "attention.output.LayerNorm"}, hidden, "attention norm"),
      dense(inner_weight, {prefix + "intermediate.dense"}, inner, hidden, "inner"),
      dense(output_weight, {prefix + "output.dense"}, hidden, inner, "output"),
      norm(inner_norm_weight, {prefix + "output.LayerNorm"}, hidden, "output norm"),
  });
}

}  // namespace logitlens
