// From a hidden state to the vector that meets the decoder matrix: the whole prediction head, or part of it.
#pragma once

#include <string>
#include <vector>

#include "base/matrix.h"
#include "logitlens/lens.h"
#include "logitlens/model.h"
#include "logitlens/status.h"
#include "model/config.h"
#include "model/plan.h"
#include "model/weights.h"

namespace logitlens {

// The lenses that this head has, from the barest to the whole: a step does not exist where the head lacks it or its
// widths differ.
std::vector<Lens> available_lenses(const ModelConfig& config, const Weights& weights);
// Usage error that lists those that exist.
Status check_lens(const ModelConfig& config, const Weights& weights, Lens lens);

// What a state goes through before the decoder, in order.
enum class HeadPart { final_norm, dense, activation, norm };
std::vector<HeadPart> head_parts(const Weights& weights, Lens lens);

// What `inspect` shows, in the order the head does it.
std::vector<HeadStep> describe_head(const ModelConfig& config, const Weights& weights);

// The decoder's bias as this lens adds it: none for raw, or where the head has none.
inline const float* lens_bias(const Weights& weights, Lens lens) {
  return lens == Lens::raw ? nullptr : weights.global(Slot::decoder_bias).data;
}

// x [rows, H], which is overwritten, to y [rows, width of the decoder]; y may be x where the widths are the same.
// The scratches are the worker's own: [rows, width of the decoder], gemm_scratch_floats.
void apply_head(const ModelConfig& config, const Weights& weights, Lens lens, Matrix x, Matrix scratch,
                Matrix y, float* gemm_scratch);

}  // namespace logitlens
