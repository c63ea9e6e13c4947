// XLM-RoBERTa (Conneau et al. 2019): RoBERTa over a SentencePiece vocabulary of a hundred languages.
#include "arch/families.h"

namespace logitlens {

const ArchSpec& xlm_roberta() {
  static const ArchSpec spec = [] {
    ArchSpec one = roberta();
    one.model_type = "xlm-roberta";
    one.lm_classes = {"XLMRobertaForMaskedLM"};
    one.no_head_remedy = "Use a checkpoint saved from XLMRobertaForMaskedLM";
    return one;
  }();
  return spec;
}

}  // namespace logitlens
