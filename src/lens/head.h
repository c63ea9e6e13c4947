// From a hidden state to the vector that meets the decoder matrix: the whole prediction head, or part of it.
#pragma once

#include <string>
#include <vector>

#include "base/matrix.h"
#include "logitlens/lens.h"
#include "logitlens/model.h"
#include "logitlens/status.h"
#include "model/config.h"
#include "model/gemm_plan.h"
#include "model/weights.h"

namespace logitlens {

std::string_view lens_name(Lens lens);
// The lenses that this head has; a step does not exist where its widths differ.
std::vector<Lens> available_lenses(const ModelConfig& config);
Status check_lens(const ModelConfig& config, Lens lens);  // usage error that lists those that exist

// What `inspect` shows, in the order the head does it.
std::vector<HeadStep> describe_head(const ModelConfig& config, const Weights& weights);

// Whether the decoder's bias is added: by all lenses but raw.
inline bool lens_has_bias(Lens lens) { return lens != Lens::raw; }

// x [rows, H] in place -> what the decoder multiplies. `scratch` [rows, H] and `gemm_scratch` are the worker's own.
// False if the product failed. The plan must hold the dense step's product for these rows (add_head_products).
bool apply_head(const ModelConfig& config, const Weights& weights, const GemmPlan& products, Lens lens,
                Matrix x, Matrix scratch, void* gemm_scratch);
Status add_head_products(GemmPlan& products, const Weights& weights, Lens lens, std::size_t rows);

}  // namespace logitlens
