// ALBERT (Lan et al. 2019): narrow embeddings, and one block (or a few groups) whose weights serve every layer.
#include "arch/families.h"
#include "arch/rules.h"

namespace logitlens {

const ArchSpec& albert() {
  using enum Dim;
  using enum Slot;
  static const std::string block = "encoder.albert_layer_groups.{layer}.albert_layers.0.";
  static const ArchSpec spec = {
      .model_type = "albert",
      .base_prefixes = {"albert."},
      .lm_classes = {"AlbertForMaskedLM", "AlbertForPreTraining"},
      .sizes = {{hidden, {"hidden_size"}, 4096},
                {embedding, {"embedding_size"}, 128},
                {inner, {"intermediate_size"}, 16384},
                {vocab, {"vocab_size"}, 30000},
                {positions, {"max_position_embeddings"}, 512},
                {token_types, {"type_vocab_size"}, 2}},
      .layers = {"num_hidden_layers"},
      .heads = {"num_attention_heads"},
      .blocks = {"num_hidden_groups"},
      .heads_fallback = 64,
      .blocks_fallback = 1,
      .activation = {"hidden_act"},
      .activation_fallback = "gelu_new",
      .eps = {"layer_norm_eps"},
      .requirements = {{{"inner_group_num"}, std::int64_t{1}, "Use a checkpoint with one layer a group"},
                       {{"position_embedding_type"}, "absolute", "Use a checkpoint with absolute positions"}},
      .tensors = rules({
          bert_embeddings(embedding, true),
          dense(embedding_projection_weight, {"encoder.embedding_hidden_mapping_in"}, hidden, embedding,
                "embedding projection"),
          bert_attention(block + "attention."),
          dense(attention_output_weight, {block + "attention.dense"}, hidden, query, "attention output"),
          norm(attention_norm_weight, {block + "attention.LayerNorm"}, hidden, "attention norm"),
          dense(inner_weight, {block + "ffn"}, inner, hidden, "inner"),
          dense(output_weight, {block + "ffn_output"}, hidden, inner, "output"),
          norm(inner_norm_weight, {block + "full_layer_layer_norm"}, hidden, "output norm"),
          dense(head_dense_weight, {"predictions.dense"}, embedding, hidden, "head dense"),
          norm(head_norm_weight, {"predictions.LayerNorm"}, embedding, "head norm"),
          tensor(decoder_weight, {"predictions.decoder.weight"}, {vocab, embedding}, "decoder"),
          vocabulary_bias("predictions.bias", "predictions.decoder.bias"),
      }),
      .ignored = {"*position_ids", "*pooler*", "sop_classifier.*"},
      .no_head_remedy = "Use a checkpoint saved from AlbertForMaskedLM",
  };
  return spec;
}

}  // namespace logitlens
