#include "model/attention.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/checked.h"
#include "kernels/attention_products.h"
#include "kernels/row_kernels.h"
#include "kernels/transpose.h"

namespace logitlens {

// The columns that transpose() clears are those that attention_product() reads.
static_assert(transpose_lanes == attention_lanes);

ProjectedHeads projected_heads(const ModelConfig& config, const Weights& weights, std::size_t layer,
                               ConstMatrix query, ConstMatrix key, ConstMatrix value) {
  const std::size_t d = config.head_width, Q = config.query_width(), K = config.key_width();
  const auto data = [&](Slot slot) { return weights.block(layer, slot).data; };
  const float* fused = data(Slot::attention_fused_bias);
  ProjectedHeads heads;
  switch (config.arch->block.projection) {
    case Projection::separate:
      heads = {{query, 0, d, nullptr, d}, {key, 0, d, nullptr, d}, {value, 0, d, nullptr, d}};
      break;
    case Projection::concatenated:
      heads = {{query, 0, d, fused, d},
               {query, Q, d, fused ? fused + Q : nullptr, d},
               {query, Q + K, d, fused ? fused + Q + K : nullptr, d}};
      break;
    case Projection::per_head:
      heads = {{query, 0, 3 * d, fused, 3 * d},
               {query, d, 3 * d, fused ? fused + d : nullptr, 3 * d},
               {query, 2 * d, 3 * d, fused ? fused + 2 * d : nullptr, 3 * d}};
      break;
  }
  for (auto [columns, slot] : {std::pair{&heads.query, Slot::attention_query_bias},
                               {&heads.key, Slot::attention_key_bias},
                               {&heads.value, Slot::attention_value_bias}})
    if (const float* own = data(slot)) {
      columns->bias = own;
      columns->bias_step = d;
    }
  return heads;
}

namespace {

// The keys a query may see: first .. last.
struct KeyRange {
  std::size_t first, last;
};

class HeadAttention {
 public:
  HeadAttention(const ModelConfig& config, const Weights& weights, const ForwardPlan& plan,
                const ProjectedHeads& heads, const HeadTask& task, WorkerScratch& worker)
      : config_(config),
        weights_(weights),
        plan_(plan),
        heads_(heads),
        task_(task),
        worker_(worker),
        T_(plan.shape.tokens),
        d_(config.head_width),
        d_stride_(round_up(config.head_width, attention_lanes)),
        local_(config.local_layers[task.layer]) {}

  void run() {
    if (!task_.few_asked) return run_cut();
    // A few rows of the last block: one at a time, as each may see a stretch of keys of its own.
    std::size_t loaded = T_;  // first key of the stretch that is loaded; T: none
    for (const AskedQuery& asked : task_.asked) {
      choose_keys(asked.position);
      if (loaded != first_key_) load_keys();
      loaded = first_key_;
      load_query(asked.query_row, asked.position, worker_.query.data());
      multiply_distances(1);
      attend_strip(0, asked.position, 1);
      store(worker_.context.data(), asked.context_row);
    }
  }

 private:
  void run_cut() {
    const std::size_t first = task_.cut * plan_.cut.height, count = plan_.cut.rows_of(task_.cut, T_);
    choose_keys(first);
    load_keys();
    for (std::size_t q = 0; q < count; ++q)
      load_query(task_.first_row + first + q, first + q, worker_.query.data() + q * d_);
    multiply_distances(count);
    for (std::size_t strip = 0; strip < count; strip += attention_strip) {
      const std::size_t queries = std::min(attention_strip, count - strip);
      attend_strip(strip, first + strip, queries);
      for (std::size_t q = 0; q < queries; ++q)
        store(worker_.context.data() + q * d_stride_, task_.first_row + first + strip + q);
    }
  }

  // A stretch of keys of the plan's fixed length that holds all that these queries may see.
  void choose_keys(std::size_t first_query) {
    keys_ = local_ ? plan_.cut.local_keys : plan_.cut.keys;
    keys_stride_ = round_up(keys_, attention_lanes);
    const std::size_t wanted = first_query > config_.window ? first_query - config_.window : 0;
    first_key_ = local_ ? std::min(wanted, T_ - keys_) : 0;
  }

  void load_keys() {
    const std::size_t head = task_.head / (config_.heads / config_.key_heads);
    for (std::size_t k = 0; k < keys_; ++k) {
      const std::size_t row = task_.first_row + first_key_ + k;
      gather(heads_.value, row, head, worker_.value.data() + k * d_stride_);
      float* key = worker_.key.data() + k * d_;
      gather(heads_.key, row, head, key);
      norm_and_turn(Slot::key_norm_weight, first_key_ + k, key);
    }
    transpose(worker_.key.data(), d_, worker_.key_transposed.data(), keys_stride_, keys_, d_);
    // [keys, R]: what each key makes of each distance to it.
    if (config_.distances.position_to_content)
      multiply_with(plan_.distance_queries, worker_.key.data(), keys_, worker_.from_distance.data());
  }

  void load_query(std::size_t row, std::size_t position, float* to) {
    gather(heads_.query, row, task_.head, to);
    norm_and_turn(Slot::query_norm_weight, position, to);
  }

  // One head of one row, with its bias: [d].
  void gather(const HeadColumns& from, std::size_t row, std::size_t head, float* to) const {
    add_bias(from.rows.row(row) + from.first + head * from.step,
             from.bias ? from.bias + head * from.bias_step : nullptr, to, d_);
  }

  void norm_and_turn(Slot norm, std::size_t position, float* x) const {
    if (const float* weight = weights_.block(task_.layer, norm).data)
      add_rms_norm(x, nullptr, nullptr, weight, config_.eps, x, d_);
    if (config_.attention_position == AttentionPosition::rotary)
      plan_.positions.angles_of(config_, task_.layer).turn(x, position);
  }

  KeyRange visible(std::size_t query) const {
    if (local_)
      return {query > config_.window ? query - config_.window : 0, std::min(T_ - 1, query + config_.window)};
    return {0, config_.causal ? query : T_ - 1};
  }

  // Queries first_query.. of the sequence, from row `first` of those loaded: scores [queries, keys] -> probabilities ->
  // context [queries, d].
  void attend_strip(std::size_t first, std::size_t first_query, std::size_t queries) {
    float* scores = worker_.scores.data();
    attention_product(worker_.query.data() + first * d_, d_, worker_.key_transposed.data(), keys_stride_,
                      scores, keys_stride_, queries, d_, keys_stride_);
    add_distances(first, first_query, queries);
    for (std::size_t q = 0; q < queries; ++q) weigh(first_query + q, scores + q * keys_stride_);
    attention_product(scores, keys_stride_, worker_.value.data(), d_stride_, worker_.context.data(),
                      d_stride_, queries, keys_, d_stride_);
  }

  // Softmax over the keys that a query may see; no weight on the others.
  void weigh(std::size_t query, float* scores) const {
    const auto [first, last] = visible(query);
    const std::size_t begin = first - first_key_, end = last + 1 - first_key_;
    std::fill(scores, scores + begin, 0.0f);
    softmax(scores + begin, scale_, end - begin);
    std::fill(scores + end, scores + keys_, 0.0f);
  }

  // to_distance [queries, R]: what each loaded query makes of each distance.
  void multiply_distances(std::size_t queries) {
    if (config_.distances.content_to_position)
      multiply_with(plan_.distance_keys, worker_.query.data(), queries, worker_.to_distance.data());
  }

  // y [rows, R] = x [rows, d] times what a head's distances are projected to.
  void multiply_with(const FloatBuffer& distances, const float* x, std::size_t rows, float* y) {
    const std::size_t R = plan_.positions.distance_rows.size();
    gemm(x, rows, {distances.data() + task_.head * R * d_, d_, R, WeightLayout::out_in}, y,
         worker_.gemm.data());
  }

  // What the distance between a query and a key adds to their score.
  void add_distances(std::size_t first, std::size_t first_query, std::size_t queries) {
    scale_ = static_cast<float>(config_.score_scale());
    if (config_.attention_position == AttentionPosition::bucketed_bias)
      add_bias_by_distance(first_query, queries);
    if (config_.attention_position != AttentionPosition::disentangled) return;
    const std::size_t R = plan_.positions.distance_rows.size();
    for (std::size_t q = 0; q < queries; ++q) {
      const std::uint32_t* row_of = rows_of(first_query + q);
      float* scores = worker_.scores.data() + q * keys_stride_;
      const float* to_distance = worker_.to_distance.data() + (first + q) * R;
      const float* from_distance = worker_.from_distance.data();
      if (config_.distances.content_to_position)
        for (std::size_t k = 0; k < keys_; ++k) scores[k] += to_distance[row_of[k]];
      if (config_.distances.position_to_content)
        for (std::size_t k = 0; k < keys_; ++k) scores[k] += from_distance[k * R + row_of[k]];
    }
  }

  // A learned number a head and distance, beside the scaled score.
  void add_bias_by_distance(std::size_t first_query, std::size_t queries) {
    const Weight& table = weights_.global(Slot::distance_embeddings);  // [rows, heads]
    for (std::size_t q = 0; q < queries; ++q) {
      const std::uint32_t* row_of = rows_of(first_query + q);
      float* scores = worker_.scores.data() + q * keys_stride_;
      for (std::size_t k = 0; k < keys_; ++k) {
        const std::size_t row = plan_.positions.distance_rows[row_of[k]];
        float bias;  // the table may lie at any address
        std::memcpy(&bias, static_cast<const void*>(table.data + row * config_.heads + task_.head),
                    sizeof bias);
        scores[k] = scores[k] * scale_ + bias;
      }
    }
    scale_ = 1;
  }

  // By key, from the first that is loaded on.
  const std::uint32_t* rows_of(std::size_t query) const {
    return plan_.positions.row_of.data() + (T_ - 1 - query) + first_key_;
  }

  void store(const float* context, std::size_t row) const {
    std::copy(context, context + d_, task_.context.row(row) + task_.head * d_);
  }

  const ModelConfig& config_;
  const Weights& weights_;
  const ForwardPlan& plan_;
  const ProjectedHeads& heads_;
  const HeadTask& task_;
  WorkerScratch& worker_;
  const std::size_t T_, d_, d_stride_;
  const bool local_;
  std::size_t first_key_ = 0, keys_ = 0, keys_stride_ = 0;
  float scale_ = 1;
};

}  // namespace

void attend(const ModelConfig& config, const Weights& weights, const ForwardPlan& plan,
            const ProjectedHeads& heads, const HeadTask& task, WorkerScratch& worker) {
  HeadAttention(config, weights, plan, heads, task, worker).run();
}

}  // namespace logitlens
