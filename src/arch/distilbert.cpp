// DistilBERT (Sanh et al. 2019): BERT with half the layers and no token types.
#include "arch/families.h"
#include "arch/rules.h"

namespace logitlens {

const ArchSpec& distilbert() {
  using enum Dim;
  using enum Slot;
  static const std::string block = "transformer.layer.{layer}.";
  static const ArchSpec spec = {
      .model_type = "distilbert",
      .base_prefixes = {"distilbert."},
      .lm_classes = {"DistilBertForMaskedLM"},
      .sizes = {{hidden, {"dim"}, 768},
                {inner, {"hidden_dim"}, 3072},
                {vocab, {"vocab_size"}, 30522},
                {positions, {"max_position_embeddings"}, 512}},
      .layers = {"n_layers"},
      .heads = {"n_heads"},
      .layers_fallback = 6,
      .activation = {"activation"},
      .eps = {},  // 1e-12, whatever a configuration says
      .tensors = rules({
          bert_embeddings(hidden, false),
          dense(attention_query_weight, {block + "attention.q_lin"}, query, hidden, "attention query"),
          dense(attention_key_weight, {block + "attention.k_lin"}, key, hidden, "attention key"),
          dense(attention_value_weight, {block + "attention.v_lin"}, key, hidden, "attention value"),
          dense(attention_output_weight, {block + "attention.out_lin"}, hidden, query, "attention output"),
          norm(attention_norm_weight, {block + "sa_layer_norm"}, hidden, "attention norm"),
          dense(inner_weight, {block + "ffn.lin1"}, inner, hidden, "inner"),
          dense(output_weight, {block + "ffn.lin2"}, hidden, inner, "output"),
          norm(inner_norm_weight, {block + "output_layer_norm"}, hidden, "output norm"),
          dense(head_dense_weight, {"vocab_transform"}, hidden, hidden, "head dense"),
          norm(head_norm_weight, {"vocab_layer_norm"}, hidden, "head norm"),
          tensor(decoder_weight, {"vocab_projector.weight"}, {vocab, hidden}, "decoder"),
          tensor(decoder_bias, {"vocab_projector.bias"}, {vocab}, "decoder bias"),
      }),
      .ignored = {"*position_ids"},
      .no_head_remedy = "Use a checkpoint saved from DistilBertForMaskedLM",
  };
  return spec;
}

}  // namespace logitlens
