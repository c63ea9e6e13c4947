#include "model/distances.h"

#include <algorithm>
#include <atomic>

#include "kernels/row_kernels.h"
#include "model/block.h"

namespace logitlens {

void gather_distances(const ModelConfig& config, const Weights& weights, ForwardPlan& plan) {
  const Weight& table = weights.global(Slot::distance_embeddings);  // [rows, H]
  const Weight& norm = weights.global(Slot::distance_norm_weight);
  const std::size_t R = plan.positions.distance_rows.size(), H = config.hidden;
  const Matrix rows = plan.distance_rows.matrix(R, H);
  for (std::size_t r = 0; r < R; ++r) {
    add_bias(table.data + plan.positions.distance_rows[r] * H, nullptr, rows.row(r), H);
    if (norm.data)
      normalise(config, norm, weights.global(Slot::distance_norm_bias), rows.row(r), nullptr, nullptr,
                rows.row(r), H);
  }
}

namespace {

struct Side {
  Slot own, shared;  // projection of the distances; that of the content where there is none
  FloatBuffer ForwardPlan::* to;
};

bool project_side(const ModelConfig& config, const Weights& weights, ForwardPlan& plan, std::size_t layer,
                  const Side& side, ThreadTeam& team) {
  const Slot slot = weights.block(layer, side.own).data ? side.own : side.shared;
  const Weight& weight = weights.block(layer, slot);
  const float* bias = weights.block(layer, static_cast<Slot>(static_cast<int>(slot) + 1)).data;
  const std::size_t R = plan.positions.distance_rows.size(), H = config.hidden, Q = config.query_width(),
                    d = config.head_width, padded = plan.distances.padded();
  const Matrix rows = plan.distance_rows.matrix(padded, H),
               projected = plan.distance_projected.matrix(padded, Q);
  std::atomic<bool> failed = false;
  team.parallel_for(plan.distances.count(), [&](std::size_t tile, int worker) {
    const std::size_t first = plan.distances.first(tile), height = plan.distances.height(tile);
    if (!project(plan.products, weight, rows.slice(first, height), projected.slice(first, height),
                 plan.workers[static_cast<std::size_t>(worker)]))
      failed.store(true);
    for (std::size_t r = first; r < std::min(R, first + height); ++r)
      for (std::size_t head = 0; head < config.heads; ++head)
        add_bias(projected.row(r) + head * d, bias ? bias + head * d : nullptr,
                 (plan.*side.to).data() + (head * R + r) * d, d);
  });
  return !failed.load();
}

}  // namespace

bool project_distances(const ModelConfig& config, const Weights& weights, ForwardPlan& plan,
                       std::size_t layer, ThreadTeam& team) {
  constexpr Side keys{Slot::distance_key_weight, Slot::attention_key_weight, &ForwardPlan::distance_keys};
  constexpr Side queries{Slot::distance_query_weight, Slot::attention_query_weight,
                         &ForwardPlan::distance_queries};
  if (config.distances.content_to_position && !project_side(config, weights, plan, layer, keys, team))
    return false;
  return !config.distances.position_to_content || project_side(config, weights, plan, layer, queries, team);
}

}  // namespace logitlens
