#include "lens/reference_head.h"

#include "lens/head.h"

namespace logitlens {

Doubles reference_lens(const ModelConfig& config, const Weights& weights, Lens lens, Doubles states,
                       ThreadTeam& team) {
  const std::size_t H = config.hidden, rows = states.size() / H;
  const auto weight = [&](Slot slot) -> const Weight& { return weights.global(slot); };
  if (lens == Lens::full) {
    states =
        reference_dense(weight(Slot::head_dense_weight), &weight(Slot::head_dense_bias), states, rows, team);
    for (double& x : states) x = reference_activation(config.head_activation, x);
  }
  if (lens == Lens::full || lens == Lens::norm)
    reference_layer_norm(states, H, weight(Slot::head_norm_weight), weight(Slot::head_norm_bias),
                         static_cast<double>(config.eps));
  const Weight* bias = lens_has_bias(lens) ? &weight(Slot::decoder_bias) : nullptr;
  return reference_dense(weight(Slot::decoder_weight), bias, states, rows, team);
}

}  // namespace logitlens
