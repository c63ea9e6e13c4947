// ELECTRA's generator (Clark et al. 2020): a small BERT with narrow embeddings. The discriminator has no head over the
// vocabulary.
#include "arch/families.h"
#include "arch/rules.h"

namespace logitlens {

const ArchSpec& electra() {
  using enum Dim;
  using enum Slot;
  static const ArchSpec spec = {
      .model_type = "electra",
      .base_prefixes = {"electra."},
      .lm_classes = {"ElectraForMaskedLM"},
      .sizes = {{hidden, {"hidden_size"}, 256},
                {embedding, {"embedding_size"}, 128},
                {inner, {"intermediate_size"}, 1024},
                {vocab, {"vocab_size"}, 30522},
                {positions, {"max_position_embeddings"}, 512},
                {token_types, {"type_vocab_size"}, 2}},
      .layers = {"num_hidden_layers"},
      .heads = {"num_attention_heads"},
      .heads_fallback = 4,
      .activation = {"hidden_act"},
      .eps = {"layer_norm_eps"},
      .requirements = encoder_requirements(),
      .tensors = rules({
          bert_embeddings(embedding, true),
          dense(embedding_projection_weight, {"embeddings_project"}, hidden, embedding,
                "embedding projection", {.when = {{Condition::Test::widths_differ}}}),
          bert_attention("encoder.layer.{layer}.attention.self."),
          bert_block("encoder.layer.{layer}."),
          dense(head_dense_weight, {"generator_predictions.dense"}, embedding, hidden, "head dense"),
          norm(head_norm_weight, {"generator_predictions.LayerNorm"}, embedding, "head norm"),
          tensor(decoder_weight, {"generator_lm_head.weight"}, {vocab, embedding}, "decoder"),
          tensor(decoder_bias, {"generator_lm_head.bias"}, {vocab}, "decoder bias"),
      }),
      .ignored = {"*position_ids", "discriminator_predictions.*"},
      .head = {.activation = Activation::gelu_erf},
      .no_head_remedy = "Use the -generator checkpoint: a discriminator has no head over the vocabulary",
  };
  return spec;
}

}  // namespace logitlens
