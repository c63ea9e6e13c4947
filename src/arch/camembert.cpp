// CamemBERT (Martin et al. 2019): RoBERTa for French.
#include "arch/families.h"

namespace logitlens {

const ArchSpec& camembert() {
  static const ArchSpec spec = [] {
    ArchSpec one = roberta();
    one.model_type = "camembert";
    one.base_prefixes = {"roberta.", "camembert."};
    one.lm_classes = {"CamembertForMaskedLM"};
    one.no_head_remedy = "Use a checkpoint saved from CamembertForMaskedLM";
    return one;
  }();
  return spec;
}

}  // namespace logitlens
