#include "model/projections.h"

#include <algorithm>
#include <atomic>
#include <cstring>

#include "model/block.h"

namespace logitlens {

Projections::Projections(const ModelConfig& config, const Weights& weights, ForwardPlan& plan,
                         ThreadTeam& team)
    : config_(config),
      weights_(weights),
      plan_(plan),
      team_(team),
      fused_(config.arch->block.projection != Projection::separate) {
  const std::size_t rows = plan.padded_rows(), Q = config.query_width(), K = config.key_width();
  if (fused_)
    parts_ = {{Slot::attention_fused_weight, plan.query.matrix(rows, Q + 2 * K)}};
  else
    parts_ = {{Slot::attention_query_weight, plan.query.matrix(rows, Q)},
              {Slot::attention_key_weight, plan.key.matrix(rows, K)},
              {Slot::attention_value_weight, plan.value.matrix(rows, K)}};
}

ProjectedHeads Projections::heads(std::size_t layer) const {
  const std::size_t last = parts_.size() - 1;
  return projected_heads(config_, weights_, layer, parts_[0].rows,
                         parts_[std::min<std::size_t>(1, last)].rows, parts_[last].rows);
}

bool Projections::project_all(std::size_t layer, ConstMatrix hidden, bool queries) {
  std::atomic<bool> ok = true;
  team_.parallel_for(plan_.all.count(), [&](std::size_t tile, int worker) {
    if (!project_tile(layer, plan_.all.slice(hidden, tile), plan_.all.first(tile), queries || fused_ ? 0 : 1,
                      plan_.workers[static_cast<std::size_t>(worker)]))
      ok.store(false);
  });
  return ok.load();
}

bool Projections::project_sequence(std::size_t layer, ConstMatrix hidden, std::size_t first,
                                   WorkerScratch& worker) {
  return project_tile(layer, hidden, first, 0, worker);
}

// Parts `first_part` on of hidden [tile, H], to rows `first` on.
bool Projections::project_tile(std::size_t layer, ConstMatrix hidden, std::size_t first,
                               std::size_t first_part, WorkerScratch& worker) {
  const ConstMatrix input = attention_input(config_, weights_, layer, hidden, worker);
  prepare(plan_.products, weights_.block(layer, parts_[0].weight), input, worker);
  bool ok = true;
  for (std::size_t part = first_part; part < parts_.size(); ++part)
    ok &= project_prepared(plan_.products, weights_.block(layer, parts_[part].weight), input,
                           parts_[part].rows.slice(first, hidden.rows), worker);
  return ok;
}

bool Projections::project_asked(std::size_t layer, ConstMatrix asked) {
  if (fused_) return true;
  std::atomic<bool> ok = true;
  team_.parallel_for(plan_.asked.count(), [&](std::size_t tile, int worker) {
    WorkerScratch& scratch = plan_.workers[static_cast<std::size_t>(worker)];
    const ConstMatrix input =
        attention_input(config_, weights_, layer, plan_.asked.slice(asked, tile), scratch);
    if (!project(plan_.products, weights_.block(layer, parts_[0].weight), input,
                 plan_.asked.slice(parts_[0].rows, tile), scratch))
      ok.store(false);
  });
  return ok.load();
}

bool Projections::project_shared(std::size_t layer, ConstMatrix hidden, const SharedRows& shared) {
  const std::size_t tiles = (shared.count() + shared_tile - 1) / shared_tile;
  std::atomic<bool> ok = true;
  team_.parallel_for(tiles * parts_.size(), [&](std::size_t task, int worker) {
    const std::size_t first = task / parts_.size() * shared_tile;
    if (!project_shared_tile(layer, parts_[task % parts_.size()], hidden, shared, first, worker))
      ok.store(false);
  });
  return ok.load();
}

// Rows that stand for others: number `first` and those after it.
bool Projections::project_shared_tile(std::size_t layer, const Part& part, ConstMatrix hidden,
                                      const SharedRows& shared, std::size_t first, int worker) {
  WorkerScratch& scratch = plan_.workers[static_cast<std::size_t>(worker)];
  const std::size_t count = std::min(shared_tile, shared.count() - first);
  const Matrix rows = scratch.dense.matrix(shared_tile, config_.hidden);
  for (std::size_t r = 0; r < count; ++r)
    std::memcpy(rows.row(r), hidden.row(shared.rows_like(first + r).front()), rows.cols * sizeof(float));
  const Matrix projected = scratch.shared.matrix(shared_tile, part.rows.cols);
  if (!project(plan_.products, weights_.block(layer, part.weight),
               attention_input(config_, weights_, layer, rows, scratch), projected, scratch))
    return false;
  for (std::size_t r = 0; r < count; ++r)
    for (std::size_t row : shared.rows_like(first + r))
      std::memcpy(part.rows.row(row), projected.row(r), projected.cols * sizeof(float));
  return true;
}

}  // namespace logitlens
