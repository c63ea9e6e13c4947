// Queries, keys and values of a batch: the products that a block's attention starts with.
#pragma once

#include <cstddef>
#include <vector>

#include "base/matrix.h"
#include "base/thread_team.h"
#include "model/attention.h"
#include "model/config.h"
#include "model/plan.h"
#include "model/shared_rows.h"
#include "model/weights.h"

namespace logitlens {

class Projections {
 public:
  Projections(const ModelConfig& config, const Weights& weights, ForwardPlan& plan, ThreadTeam& team);

  // One matrix gives all three, side by side.
  bool fused() const { return fused_; }
  ProjectedHeads heads(std::size_t layer) const;

  // Each false if a product failed. Of all rows of hidden; without `queries` keys and values alone, unless fused.
  bool project_all(std::size_t layer, ConstMatrix hidden, bool queries);
  // Of the rows of one sequence alone, to rows `first` on, on the calling worker's thread.
  bool project_sequence(std::size_t layer, ConstMatrix hidden, std::size_t first, WorkerScratch& worker);
  // The same where rows that are equal share a product: all three, copied to every row.
  bool project_shared(std::size_t layer, ConstMatrix hidden, const SharedRows& shared);
  // Queries of the rows asked for, asked [A, H], unless fused.
  bool project_asked(std::size_t layer, ConstMatrix asked);

 private:
  struct Part {
    Slot weight;
    Matrix rows;  // [padded rows, width]
  };
  bool project_tile(std::size_t layer, ConstMatrix hidden, std::size_t first, std::size_t first_part,
                    WorkerScratch& worker);
  bool project_shared_tile(std::size_t layer, const Part& part, ConstMatrix hidden, const SharedRows& shared,
                           std::size_t first, int worker);

  const ModelConfig& config_;
  const Weights& weights_;
  ForwardPlan& plan_;
  ThreadTeam& team_;
  const bool fused_;
  std::vector<Part> parts_;  // fused: one; else queries, keys, values
};

}  // namespace logitlens
