// Qwen2 (Yang et al. 2024): Llama's block with biases on queries, keys and values.
#include <algorithm>

#include "arch/families.h"

namespace logitlens {

const ArchSpec& qwen2() {
  static const ArchSpec spec = [] {
    ArchSpec one = llama_like();
    one.model_type = "qwen2";
    one.lm_classes = {"Qwen2ForCausalLM"};
    one.sizes[2].fallback = 151936;
    one.requirements = {{{"use_sliding_window"}, false, "Use a checkpoint without sliding windows"}};
    std::erase_if(one.tensors,
                  [](const TensorRule& rule) { return rule.slot == Slot::attention_output_bias; });
    for (TensorRule& rule : one.tensors)
      if (rule.slot >= Slot::attention_query_weight && rule.slot <= Slot::attention_value_bias)
        rule.when.clear();
    one.no_head_remedy = "Use a checkpoint saved from Qwen2ForCausalLM";
    return one;
  }();
  return spec;
}

}  // namespace logitlens
