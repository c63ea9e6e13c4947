// RoBERTa (Liu et al. 2019): BERT's blocks; positions count from behind the padding token's id; an erf gelu in the head
// whatever the configuration says.
#include "arch/families.h"
#include "arch/rules.h"

namespace logitlens {

const ArchSpec& roberta() {
  using enum Dim;
  static const ArchSpec spec = [] {
    ArchSpec one = bert();
    one.model_type = "roberta";
    one.base_prefixes = {"roberta."};
    one.lm_classes = {"RobertaForMaskedLM"};
    for (SizeKey& size : one.sizes)
      if (size.dim == vocab) size.fallback = 50265;
    one.tensors = rules({
        bert_embeddings(hidden, true),
        bert_attention("encoder.layer.{layer}.attention.self."),
        bert_block("encoder.layer.{layer}."),
        roberta_head(),
    });
    one.ignored = {"*position_ids", "*pooler*"};
    one.embedding.positions = PositionIds::after_padding;
    one.head.activation = Activation::gelu_erf;
    one.no_head_remedy = "Use a checkpoint saved from RobertaForMaskedLM";
    return one;
  }();
  return spec;
}

Rules roberta_head() {
  using enum Dim;
  using enum Slot;
  return rules({
      dense(head_dense_weight, {"lm_head.dense"}, hidden, hidden, "head dense"),
      norm(head_norm_weight, {"lm_head.layer_norm"}, hidden, "head norm"),
      tensor(decoder_weight, {"lm_head.decoder.weight"}, {vocab, hidden}, "decoder"),
      vocabulary_bias("lm_head.bias", "lm_head.decoder.bias"),
  });
}

}  // namespace logitlens
