// Qwen3 (Yang et al. 2025): Llama's block with a norm on the queries and keys of every head.
#include "arch/families.h"
#include "arch/rules.h"

namespace logitlens {

const ArchSpec& qwen3() {
  static const ArchSpec spec = [] {
    ArchSpec one = llama_like();
    one.model_type = "qwen3";
    one.lm_classes = {"Qwen3ForCausalLM"};
    one.sizes[2].fallback = 151936;
    one.head_width_fallback = 128;
    one.requirements = {{{"use_sliding_window"}, false, "Use a checkpoint without sliding windows"}};
    const std::string block = "layers.{layer}.self_attn.";
    for (const Rules& rules :
         {tensor(Slot::query_norm_weight, {block + "q_norm.weight"}, {Dim::head_width}, "query norm"),
          tensor(Slot::key_norm_weight, {block + "k_norm.weight"}, {Dim::head_width}, "key norm")})
      one.tensors.insert(one.tensors.end(), rules.begin(), rules.end());
    one.no_head_remedy = "Use a checkpoint saved from Qwen3ForCausalLM";
    return one;
  }();
  return spec;
}

}  // namespace logitlens
