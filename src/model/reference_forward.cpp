#include "model/reference_forward.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>

#include "model/embed.h"

namespace logitlens {

double weight_at(const Weight& weight, std::size_t index) {
  return static_cast<double>(float_at(weight.data, index));
}

double weight_at(const Weight& weight, std::size_t row, std::size_t col) {
  return weight_at(weight, weight.in_out ? col * weight.rows + row : row * weight.cols + col);
}

namespace {

Doubles add(Doubles a, const Doubles& b) {
  for (std::size_t i = 0; i < a.size(); ++i) a[i] += b[i];
  return a;
}

// Share of the training's masks over this text's, for families that zero the masks' embeddings.
double unmasked_scale(std::int32_t mask, std::span<const std::int32_t> ids) {
  const auto masks = static_cast<double>(std::ranges::count(ids, mask));
  const auto tokens = static_cast<double>(ids.size());
  return masks < tokens ? (1 - 0.15 * 0.8) / (1 - masks / tokens) : 0;
}

Doubles embed_words(const ModelConfig& config, const Weights& weights, std::span<const std::int32_t> ids) {
  const std::size_t E = config.embedding;
  const std::vector<std::size_t> positions = position_rows(config, ids);
  Doubles words(ids.size() * E);
  for (std::size_t t = 0; t < ids.size(); ++t)
    for (std::size_t i = 0; i < E; ++i) {
      double& x = words[t * E + i];
      x = weight_at(weights.global(Slot::word_embeddings), static_cast<std::size_t>(ids[t]), i);
      if (const Weight& types = weights.global(Slot::token_type_embeddings); types.data)
        x += weight_at(types, 0, i);
      if (config.position_ids != PositionIds::none)
        x += weight_at(weights.global(Slot::position_embeddings), positions[t], i);
      if (config.dropped_mask_id)
        x *= ids[t] == *config.dropped_mask_id ? 0 : unmasked_scale(*config.dropped_mask_id, ids);
    }
  return words;
}

Doubles embed(const ModelConfig& config, const Weights& weights, std::span<const std::int32_t> ids,
              ThreadTeam& team) {
  const Weight& projection = weights.global(Slot::embedding_projection_weight);
  const Weight& norm = weights.global(Slot::embedding_norm_weight);
  const Weight& norm_bias = weights.global(Slot::embedding_norm_bias);
  const bool norm_last = !projection.data || config.arch->embedding.projection_before_norm;
  Doubles hidden = embed_words(config, weights, ids);
  if (norm.data && !norm_last) reference_norm(config, hidden, norm, norm_bias);
  if (projection.data)
    hidden = reference_dense(projection, weights.global(Slot::embedding_projection_bias), hidden, ids.size(),
                             team);
  if (norm.data && norm_last) reference_norm(config, hidden, norm, norm_bias);
  return hidden;
}

class ReferenceBlock {
 public:
  ReferenceBlock(const ModelConfig& config, const Weights& weights, std::size_t layer, std::size_t tokens,
                 ThreadTeam& team)
      : config_(config), weights_(weights), layer_(layer), T_(tokens), team_(team) {}

  // The states inside the block by point, its output at `layer`.
  std::map<TapPoint, Doubles> run(const Doubles& hidden) const {
    std::map<TapPoint, Doubles> states;
    if (config_.form == BlockForm::post_norm) {
      states[TapPoint::attention] = add(attention(hidden), hidden);
      const Doubles& attended = states[TapPoint::attention_norm] =
          norm(states[TapPoint::attention], Slot::attention_norm_weight);
      states[TapPoint::feed_forward] = add(feed_forward(attended), attended);
      states[TapPoint::layer] = norm(states[TapPoint::feed_forward], Slot::inner_norm_weight);
      return states;
    }
    const Doubles& attended = states[TapPoint::attention] =
        add(attention(norm(hidden, Slot::attention_norm_weight)), hidden);
    const Doubles& source = config_.form == BlockForm::parallel ? hidden : attended;
    states[TapPoint::layer] = add(feed_forward(norm(source, Slot::inner_norm_weight)), attended);
    return states;
  }

 private:
  const Weight& weight(Slot slot) const { return weights_.block(layer_, slot); }
  const Weight& bias(Slot slot) const { return weight(static_cast<Slot>(static_cast<int>(slot) + 1)); }
  Doubles dense(Slot slot, const Doubles& x) const {
    return reference_dense(weight(slot), bias(slot), x, T_, team_);
  }
  Doubles norm(Doubles x, Slot slot) const {
    if (weight(slot).data) reference_norm(config_, x, weight(slot), bias(slot));
    return x;
  }
  Doubles attention(const Doubles& x) const {
    return dense(Slot::attention_output_weight, reference_attention(config_, weights_, layer_, x, T_, team_));
  }

  Doubles feed_forward(const Doubles& x) const {
    const Doubles first = dense(Slot::inner_weight, x);
    const std::size_t I = config_.inner, width = weight(Slot::inner_weight).rows;
    const bool own_factor = weight(Slot::inner_up_weight).data != nullptr;
    const Doubles factor = own_factor ? dense(Slot::inner_up_weight, x) : Doubles();
    Doubles inner(T_ * I);
    for (std::size_t t = 0; t < T_; ++t)
      for (std::size_t i = 0; i < I; ++i) {
        inner[t * I + i] = reference_activation(config_.activation, first[t * width + i]);
        if (own_factor) inner[t * I + i] *= factor[t * I + i];
        if (width == 2 * I && !own_factor) inner[t * I + i] *= first[t * width + I + i];
      }
    return dense(Slot::output_weight, inner);
  }

  const ModelConfig& config_;
  const Weights& weights_;
  const std::size_t layer_, T_;
  ThreadTeam& team_;
};

// LayerNorm(hidden + act(convolution over the tokens of `input`)).
Doubles convolve(const ModelConfig& config, const Weights& weights, const Doubles& input, Doubles hidden) {
  const Weight& weight = weights.global(Slot::convolution_weight);  // [H, H, K]
  const std::size_t H = config.hidden, T = hidden.size() / H, K = config.kernel;
  for (std::size_t t = 0; t < T; ++t)
    for (std::size_t o = 0; o < H; ++o) {
      double sum = weight_at(weights.global(Slot::convolution_bias), o);
      for (std::size_t k = 0; k < K; ++k) {
        if (t + k < K / 2 || t + k - K / 2 >= T) continue;
        for (std::size_t i = 0; i < H; ++i)
          sum += weight_at(weight, (o * H + i) * K + k) * input[(t + k - K / 2) * H + i];
      }
      hidden[t * H + o] += reference_activation(config.convolution_activation, sum);
    }
  reference_norm(config, hidden, weights.global(Slot::convolution_norm_weight),
                 weights.global(Slot::convolution_norm_bias));
  return hidden;
}

}  // namespace

Doubles reference_dense(const Weight& weight, const Weight& bias, const Doubles& x, std::size_t rows,
                        ThreadTeam& team) {
  const std::size_t in = weight.cols, out = weight.rows;
  Doubles y(rows * out);
  constexpr std::size_t block = 16;
  team.parallel_for((out + block - 1) / block, [&](std::size_t task, int) {
    for (std::size_t o = task * block; o < std::min(out, (task + 1) * block); ++o)
      for (std::size_t r = 0; r < rows; ++r) {
        double sum = bias.data ? weight_at(bias, o) : 0.0;
        for (std::size_t i = 0; i < in; ++i) sum += x[r * in + i] * weight_at(weight, o, i);
        y[r * out + o] = sum;
      }
  });
  return y;
}

void reference_norm(const ModelConfig& config, Doubles& x, const Weight& weight, const Weight& bias) {
  const std::size_t n = weight.rows;
  const bool centred = config.arch->block.norm == NormKind::layer_norm;
  for (std::size_t first = 0; first < x.size(); first += n) {
    double mean = 0, variance = 0;
    for (std::size_t i = 0; i < n; ++i) mean += centred ? x[first + i] / static_cast<double>(n) : 0;
    for (std::size_t i = 0; i < n; ++i)
      variance += (x[first + i] - mean) * (x[first + i] - mean) / static_cast<double>(n);
    for (std::size_t i = 0; i < n; ++i) {
      x[first + i] = (x[first + i] - mean) / std::sqrt(variance + static_cast<double>(config.eps)) *
                     weight_at(weight, i);
      if (bias.data && centred) x[first + i] += weight_at(bias, i);
    }
  }
}

double reference_activation(Activation activation, double x) {
  const auto gelu_erf = [](double v) { return 0.5 * v * std::erfc(-v / std::numbers::sqrt2); };
  const auto gelu_tanh = [](double v, double root) {
    return 0.5 * v * (1 + std::tanh(root * (v + 0.044715 * v * v * v)));
  };
  switch (activation) {
    case Activation::gelu_erf: return gelu_erf(x);
    case Activation::gelu_tanh: return gelu_tanh(x, std::sqrt(2 / std::numbers::pi));
    case Activation::gelu_fast: return gelu_tanh(x, 0.7978845608);
    case Activation::quick_gelu: return x / (1 + std::exp(-1.702 * x));
    case Activation::gelu_10: return std::clamp(gelu_erf(x), -10.0, 10.0);
    case Activation::relu: return std::max(0.0, x);
    case Activation::silu: return x / (1 + std::exp(-x));
    case Activation::mish: return x * std::tanh(std::log1p(std::exp(-std::abs(x))) + std::max(x, 0.0));
    case Activation::tanh: return std::tanh(x);
  }
  return x;
}

std::vector<ReferenceState> reference_forward(const ModelConfig& config, const Weights& weights,
                                              std::span<const std::int32_t> ids, Taps taps,
                                              ThreadTeam& team) {
  const Doubles embedded = embed(config, weights, ids, team);
  std::vector<ReferenceState> states = {{0, TapPoint::layer, embedded}};
  for (std::size_t layer = 0; layer < config.layers; ++layer) {
    const ReferenceBlock block(config, weights, layer, ids.size(), team);
    std::map<TapPoint, Doubles> points = block.run(states.back().values);
    if (layer == 0 && config.kernel > 0)
      points[TapPoint::layer] = convolve(config, weights, embedded, std::move(points[TapPoint::layer]));
    for (TapPoint point : tap_points(config, taps))
      states.push_back({layer + 1, point, std::move(points[point])});
  }
  return states;
}

}  // namespace logitlens
