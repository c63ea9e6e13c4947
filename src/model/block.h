// The parts of one post-norm block, each on the rows or the head that a single worker holds.
#pragma once

#include <cstddef>
#include <span>

#include "base/matrix.h"
#include "model/config.h"
#include "model/plan.h"
#include "model/weights.h"

namespace logitlens {

// y [tile, out] = x [tile, in] W^T, without the bias. False if the product failed.
bool project(const GemmPlan& products, const Weight& weight, ConstMatrix x, Matrix y, WorkerScratch& worker);

// One head of one sequence: context [queries, d] = softmax((q + bq)(k + bk)^T / sqrt(d)) (v + bv).
struct HeadTask {
  std::size_t layer = 0, head = 0;
  std::size_t first_row = 0;      // of the sequence, in key and value
  ConstMatrix query, key, value;  // [rows, H] without biases
  std::span<const std::size_t>
      query_rows;  // rows of `query` and `context`: this sequence's; empty: first_row .. + T
  Matrix context;  // [rows, H]
};
bool attend(const ModelConfig& config, const Weights& weights, const ForwardPlan& plan, const HeadTask& task,
            WorkerScratch& worker);

// hidden [tile, H] in place: a = LayerNorm(hidden + Wo context + bo); hidden = LayerNorm(a + W2 act(W1 a + b1) + b2).
bool finish_block(const ModelConfig& config, const Weights& weights, const GemmPlan& products,
                  std::size_t layer, ConstMatrix context, Matrix hidden, WorkerScratch& worker);

}  // namespace logitlens
