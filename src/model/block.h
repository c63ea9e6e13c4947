// The parts of one block, each on the rows that a single worker holds.
#pragma once

#include <cstddef>

#include "base/matrix.h"
#include "model/config.h"
#include "model/plan.h"
#include "model/taps.h"
#include "model/weights.h"

namespace logitlens {

// y [tile, out] = x [tile, in] W^T, without the bias. False if the product failed.
bool project(const GemmPlan& products, const Weight& weight, ConstMatrix x, Matrix y, WorkerScratch& worker);
// The same in two steps, for several weights that meet one x: first what products of bytes need of it, in the worker's scratch.
void prepare(const GemmPlan& products, const Weight& weight, ConstMatrix x, WorkerScratch& worker);
bool project_prepared(const GemmPlan& products, const Weight& weight, ConstMatrix x, Matrix y,
                      WorkerScratch& worker);

// One row normalised as the family does it: y = norm(x + dense_bias + residual), either of which may be null.
void normalise(const ModelConfig& config, const Weight& weight, const Weight& bias, const float* x,
               const float* dense_bias, const float* residual, float* y, std::size_t n);

// What the projections of a block's attention multiply: hidden [tile, H] itself, or its norm in the worker's scratch.
ConstMatrix attention_input(const ModelConfig& config, const Weights& weights, std::size_t layer,
                            ConstMatrix hidden, WorkerScratch& worker);

// All of a block that follows its attention: hidden [tile, H] in place, from context [tile, query width].
bool finish_block(const ModelConfig& config, const Weights& weights, const GemmPlan& products,
                  std::size_t layer, ConstMatrix context, Matrix hidden, const TapRows& taps,
                  WorkerScratch& worker);

}  // namespace logitlens
