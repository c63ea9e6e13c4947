#include "lens/reference_head.h"

#include "lens/head.h"

namespace logitlens {

Doubles reference_lens(const ModelConfig& config, const Weights& weights, Lens lens, Doubles states,
                       ThreadTeam& team) {
  const std::size_t rows = states.size() / config.hidden;
  const auto weight = [&](Slot slot) -> const Weight& { return weights.global(slot); };
  for (HeadPart part : head_parts(weights, lens)) switch (part) {
      case HeadPart::final_norm:
        reference_norm(config, states, weight(Slot::final_norm_weight), weight(Slot::final_norm_bias));
        break;
      case HeadPart::dense:
        states = reference_dense(weight(Slot::head_dense_weight), weight(Slot::head_dense_bias), states, rows,
                                 team);
        break;
      case HeadPart::activation:
        for (double& x : states) x = reference_activation(config.head_activation, x);
        break;
      case HeadPart::norm:
        reference_norm(config, states, weight(Slot::head_norm_weight), weight(Slot::head_norm_bias));
        break;
    }
  const Weight bias = lens == Lens::raw ? Weight{} : weight(Slot::decoder_bias);
  return reference_dense(weight(Slot::decoder_weight), bias, states, rows, team);
}

}  // namespace logitlens
