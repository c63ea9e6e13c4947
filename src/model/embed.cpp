#include "model/embed.h"

#include <algorithm>
#include <atomic>

#include "kernels/row_kernels.h"
#include "model/block.h"

namespace logitlens {

std::vector<std::size_t> position_rows(const ModelConfig& config, std::span<const std::int32_t> ids) {
  std::vector<std::size_t> rows(ids.size());
  if (config.position_ids == PositionIds::from_zero)
    for (std::size_t t = 0; t < rows.size(); ++t) rows[t] = t;
  if (config.position_ids == PositionIds::after_padding) {
    std::size_t seen = 0;  // tokens that are no padding
    for (std::size_t t = 0; t < rows.size(); ++t)
      rows[t] = static_cast<std::size_t>(config.pad_id) + (ids[t] == config.pad_id ? 0 : ++seen);
  }
  return rows;
}

float mask_dropout_scale(const ModelConfig& config, std::span<const std::int32_t> ids) {
  if (!config.dropped_mask_id) return 1;
  constexpr float in_training = 0.15f * 0.8f;  // share of tokens that the training masked
  const auto masks = static_cast<float>(std::ranges::count(ids, *config.dropped_mask_id));
  const float share = masks / static_cast<float>(ids.size());
  return share < 1 ? (1 - in_training) / (1 - share) : 0;  // of nothing but masks nothing is left
}

namespace {

// One worker's part: the tile's rows of words [tile, E], summed, scaled and, where the family does it here, normalised.
class Embedder {
 public:
  Embedder(const ModelConfig& config, const Weights& weights, const ForwardPlan& plan,
           std::span<const std::int32_t> ids, std::span<const std::int32_t> types)
      : config_(config), weights_(weights), ids_(ids), types_(types), T_(plan.shape.tokens) {
    for (std::size_t s = 0; s < plan.shape.sequences; ++s) {
      const auto sequence = ids.subspan(s * T_, T_);
      const std::vector<std::size_t> rows = position_rows(config, sequence);
      positions_.insert(positions_.end(), rows.begin(), rows.end());
      scales_.push_back(mask_dropout_scale(config, sequence));
    }
  }

  // x [E] = word + type + position of `row`.
  void sum(std::size_t row, float* x) const {
    const std::size_t E = config_.embedding;
    const auto line = [&](Slot slot, std::size_t at) -> const float* {
      const float* table = weights_.global(slot).data;
      return table ? table + at * E : nullptr;
    };
    const auto type = types_.empty() ? std::size_t{0} : static_cast<std::size_t>(types_[row]);
    add_bias(line(Slot::word_embeddings, static_cast<std::size_t>(ids_[row])),
             line(Slot::token_type_embeddings, type), x, E);
    if (config_.position_ids != PositionIds::none)
      add_bias(x, line(Slot::position_embeddings, positions_[row]), x, E);
    if (!config_.dropped_mask_id) return;
    const float scale = ids_[row] == *config_.dropped_mask_id ? 0 : scales_[row / T_];
    for (std::size_t i = 0; i < E; ++i) x[i] *= scale;
  }

  void norm(float* x, std::size_t n) const {
    if (const Weight& weight = weights_.global(Slot::embedding_norm_weight); weight.data)
      normalise(config_, weight, weights_.global(Slot::embedding_norm_bias), x, nullptr, nullptr, x, n);
  }

 private:
  const ModelConfig& config_;
  const Weights& weights_;
  std::span<const std::int32_t> ids_, types_;
  const std::size_t T_;
  std::vector<std::size_t> positions_;  // [S * T]
  std::vector<float> scales_;           // [S]
};

}  // namespace

bool embed(const ModelConfig& config, const Weights& weights, ForwardPlan& plan,
           std::span<const std::int32_t> ids, std::span<const std::int32_t> types, ThreadTeam& team) {
  const Embedder embedder(config, weights, plan, ids, types);
  const Weight& projection = weights.global(Slot::embedding_projection_weight);
  const Weight& projection_bias = weights.global(Slot::embedding_projection_bias);
  const bool norm_last = !projection.data || config.arch->embedding.projection_before_norm;
  const std::size_t H = config.hidden, E = config.embedding;
  const Matrix hidden = plan.hidden.matrix(plan.padded_rows(), H);
  const Matrix words = projection.data ? plan.embedded.matrix(plan.padded_rows(), E) : hidden;
  std::atomic<bool> failed = false;
  team.parallel_for(plan.all.count(), [&](std::size_t tile, int worker) {
    const std::size_t first = plan.all.first(tile), height = plan.all.height(tile),
                      last = std::min(plan.shape.rows(), first + height);
    for (std::size_t row = first; row < last; ++row) {
      embedder.sum(row, words.row(row));
      if (!norm_last) embedder.norm(words.row(row), E);
    }
    if (projection.data &&
        !project(plan.products, projection, words.slice(first, height), hidden.slice(first, height),
                 plan.workers[static_cast<std::size_t>(worker)]))
      failed.store(true);
    for (std::size_t row = first; row < last; ++row) {
      add_bias(hidden.row(row), projection_bias.data, hidden.row(row), H);
      if (norm_last) embedder.norm(hidden.row(row), H);
    }
  });
  return !failed.load();
}

}  // namespace logitlens
