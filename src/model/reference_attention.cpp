// Attention in plain loops of double precision, every score by its own formula.
#include <algorithm>
#include <cmath>
#include <limits>

#include "model/position_tables.h"
#include "model/reference_forward.h"

namespace logitlens {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// Query, key or value of every token, head by head: [T, heads, d].
struct HeadVectors {
  std::size_t heads = 0, d = 0;
  Doubles values;

  double* at(std::size_t t, std::size_t head) { return values.data() + (t * heads + head) * d; }
  const double* at(std::size_t t, std::size_t head) const { return values.data() + (t * heads + head) * d; }
};

enum Part { query_part, key_part, value_part };

class ReferenceAttention {
 public:
  ReferenceAttention(const ModelConfig& config, const Weights& weights, std::size_t layer, const Doubles& x,
                     std::size_t T, ThreadTeam& team)
      : config_(config), weights_(weights), layer_(layer), T_(T), team_(team) {
    query_ = vectors(x, query_part, T);
    key_ = vectors(x, key_part, T);
    value_ = vectors(x, value_part, T);
    norm_heads(query_, Slot::query_norm_weight);
    norm_heads(key_, Slot::key_norm_weight);
    if (config.attention_position == AttentionPosition::rotary) {
      turn(query_);
      turn(key_);
    }
    if (config.attention_position == AttentionPosition::disentangled) embed_distances();
  }

  Doubles run() const {
    const std::size_t d = config_.head_width, width = config_.query_width(),
                      group = config_.heads / config_.key_heads;
    Doubles context(T_ * width, 0.0), scores(T_);
    for (std::size_t head = 0; head < config_.heads; ++head)
      for (std::size_t q = 0; q < T_; ++q) {
        double largest = -infinity, sum = 0;
        for (std::size_t k = 0; k < T_; ++k) {
          scores[k] = is_visible(q, k) ? score(q, k, head) : -infinity;
          largest = std::max(largest, scores[k]);
        }
        for (double& one : scores) sum += one = std::exp(one - largest);
        for (std::size_t k = 0; k < T_; ++k)
          for (std::size_t i = 0; i < d; ++i)
            context[q * width + head * d + i] += scores[k] / sum * value_.at(k, head / group)[i];
      }
    return context;
  }

 private:
  const Weight& weight(Slot slot) const { return weights_.block(layer_, slot); }

  // One of the three projections of rows x [rows, H], whichever way the family stores them.
  HeadVectors vectors(const Doubles& x, Part part, std::size_t rows) const {
    const std::size_t d = config_.head_width, Q = config_.query_width(), K = config_.key_width();
    HeadVectors all{part == query_part ? config_.heads : config_.key_heads, d, {}};
    if (config_.arch->block.projection == Projection::separate) {
      constexpr Slot slots[] = {Slot::attention_query_weight, Slot::attention_key_weight,
                                Slot::attention_value_weight};
      all.values = reference_dense(weight(slots[part]), weight(bias_slot(part)), x, rows, team_);
      return all;
    }
    const Doubles fused = reference_dense(weight(Slot::attention_fused_weight),
                                          weight(Slot::attention_fused_bias), x, rows, team_);
    const std::size_t width = Q + 2 * K, before = part == query_part ? 0 : part == key_part ? Q : Q + K;
    const Weight& own_bias = weight(bias_slot(part));
    for (std::size_t r = 0; r < rows; ++r)
      for (std::size_t head = 0; head < all.heads; ++head)
        for (std::size_t i = 0; i < d; ++i) {
          const std::size_t column = config_.arch->block.projection == Projection::per_head
                                         ? (3 * head + static_cast<std::size_t>(part)) * d + i
                                         : before + head * d + i;
          all.values.push_back(fused[r * width + column] +
                               (own_bias.data ? weight_at(own_bias, head * d + i) : 0));
        }
    return all;
  }

  static Slot bias_slot(Part part) {
    return part == query_part ? Slot::attention_query_bias
           : part == key_part ? Slot::attention_key_bias
                              : Slot::attention_value_bias;
  }

  void norm_heads(HeadVectors& all, Slot slot) const {
    if (weight(slot).data) reference_norm(config_, all.values, weight(slot), {});
  }

  void turn(HeadVectors& all) const {
    const Rotation& rotation = config_.rotation_of(layer_);
    const std::size_t half = rotation.frequencies.size();
    for (std::size_t t = 0; t < T_; ++t)
      for (std::size_t head = 0; head < all.heads; ++head)
        for (std::size_t i = 0; i < half; ++i) {
          const double angle = static_cast<double>(static_cast<float>(t) * rotation.frequencies[i]);
          double *x = all.at(t, head), a = x[i], b = x[i + half];
          x[i] = a * std::cos(angle) - b * std::sin(angle);
          x[i + half] = a * std::sin(angle) + b * std::cos(angle);
        }
  }

  // Every row of the table of distances through the projections that queries and keys meet it with.
  void embed_distances() {
    const Weight& table = weights_.global(Slot::distance_embeddings);
    Doubles rows;
    for (std::size_t i = 0; i < table.size(); ++i) rows.push_back(weight_at(table, i));
    if (const Weight& norm = weights_.global(Slot::distance_norm_weight); norm.data)
      reference_norm(config_, rows, norm, weights_.global(Slot::distance_norm_bias));
    const auto projected = [&](Slot own, Part shared) {
      if (!weight(own).data) return vectors(rows, shared, table.rows);
      const Weight& bias = weight(static_cast<Slot>(static_cast<int>(own) + 1));
      return HeadVectors{config_.heads, config_.head_width,
                         reference_dense(weight(own), bias, rows, table.rows, team_)};
    };
    if (config_.distances.content_to_position) distance_key_ = projected(Slot::distance_key_weight, key_part);
    if (config_.distances.position_to_content)
      distance_query_ = projected(Slot::distance_query_weight, query_part);
  }

  bool is_visible(std::size_t q, std::size_t k) const {
    if (config_.causal && k > q) return false;
    return !config_.local_layers[layer_] || (q > k ? q - k : k - q) <= config_.window;
  }

  double dot(const double* a, const double* b) const {
    double sum = 0;
    for (std::size_t i = 0; i < config_.head_width; ++i) sum += a[i] * b[i];
    return sum;
  }

  double score(std::size_t q, std::size_t k, std::size_t head) const {
    const double* key = key_.at(k, head / (config_.heads / config_.key_heads));
    double products = dot(query_.at(q, head), key), added = 0;
    if (config_.distances.rows > 0) {
      const std::size_t row =
          distance_row(config_, static_cast<std::ptrdiff_t>(q) - static_cast<std::ptrdiff_t>(k));
      if (!distance_key_.values.empty()) products += dot(query_.at(q, head), distance_key_.at(row, head));
      if (!distance_query_.values.empty()) products += dot(key, distance_query_.at(row, head));
      if (config_.attention_position == AttentionPosition::bucketed_bias)
        added = weight_at(weights_.global(Slot::distance_embeddings), row, head);
    }
    return products * config_.score_scale() + added;
  }

  const ModelConfig& config_;
  const Weights& weights_;
  const std::size_t layer_, T_;
  ThreadTeam& team_;
  HeadVectors query_, key_, value_, distance_key_, distance_query_;
};

}  // namespace

Doubles reference_attention(const ModelConfig& config, const Weights& weights, std::size_t layer,
                            const Doubles& x, std::size_t T, ThreadTeam& team) {
  return ReferenceAttention(config, weights, layer, x, T, team).run();
}

}  // namespace logitlens
