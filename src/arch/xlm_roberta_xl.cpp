// XLM-RoBERTa-XL (Goyal et al. 2021): RoBERTa's positions and head around pre-norm blocks.
#include "arch/families.h"
#include "arch/rules.h"

namespace logitlens {

const ArchSpec& xlm_roberta_xl() {
  using enum Dim;
  using enum Slot;
  static const std::string block = "encoder.layer.{layer}.";
  static const ArchSpec spec = [] {
    ArchSpec one = roberta();
    one.model_type = "xlm-roberta-xl";
    one.lm_classes = {"XLMRobertaXLForMaskedLM"};
    one.block.form = BlockForm::pre_norm;
    one.tensors = rules({
        tensor(word_embeddings, {"embeddings.word_embeddings.weight"}, {vocab, hidden}, "word embeddings"),
        tensor(position_embeddings, {"embeddings.position_embeddings.weight"}, {positions, hidden},
               "positions"),
        tensor(token_type_embeddings, {"embeddings.token_type_embeddings.weight"}, {token_types, hidden},
               "token types"),
        norm(attention_norm_weight, {block + "attention.self_attn_layer_norm"}, hidden, "attention norm"),
        bert_attention(block + "attention.self."),
        dense(attention_output_weight, {block + "attention.output.dense"}, hidden, query, "attention output"),
        norm(inner_norm_weight, {block + "LayerNorm"}, hidden, "inner norm"),
        dense(inner_weight, {block + "intermediate.dense"}, inner, hidden, "inner"),
        dense(output_weight, {block + "output.dense"}, hidden, inner, "output"),
        norm(final_norm_weight, {"encoder.LayerNorm"}, hidden, "final norm"),
        roberta_head(),
    });
    one.no_head_remedy = "Use a checkpoint saved from XLMRobertaXLForMaskedLM";
    return one;
  }();
  return spec;
}

}  // namespace logitlens
