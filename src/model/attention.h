// Attention of one head over one sequence.
#pragma once

#include <cstddef>
#include <span>

#include "base/matrix.h"
#include "model/config.h"
#include "model/plan.h"
#include "model/weights.h"

namespace logitlens {

// Where the numbers of the heads lie in rows of projected queries, keys or values, and where their biases do.
struct HeadColumns {
  ConstMatrix rows;             // [rows, ...] without biases
  std::size_t first = 0;        // column of head 0
  std::size_t step = 0;         // columns from head to head
  const float* bias = nullptr;  // of head 0; nullptr: none
  std::size_t bias_step = 0;
};

struct ProjectedHeads {
  HeadColumns query, key, value;
};
ProjectedHeads projected_heads(const ModelConfig& config, const Weights& weights, std::size_t layer,
                               ConstMatrix query, ConstMatrix key, ConstMatrix value);

// One query of the last block whose row is wanted.
struct AskedQuery {
  std::size_t query_row = 0;    // in the projected queries
  std::size_t context_row = 0;  // where its context goes
  std::size_t position = 0;     // in its sequence
};

struct HeadTask {
  std::size_t layer = 0, head = 0;
  std::size_t first_row = 0;  // of the sequence, in queries, keys, values and context
  std::size_t cut = 0;        // which of the plan's cuts of queries; of no meaning with `asked`
  bool few_asked = false;
  std::span<const AskedQuery> asked = {};
  Matrix context;  // [rows, query width]
};

// context = softmax((q k^T + distances) * scale + bias, over the keys a query may see) v.
void attend(const ModelConfig& config, const Weights& weights, const ForwardPlan& plan,
            const ProjectedHeads& heads, const HeadTask& task, WorkerScratch& worker);

}  // namespace logitlens
