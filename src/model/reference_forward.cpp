#include "model/reference_forward.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>

namespace logitlens {

namespace {

double at(const Weight& weight, std::size_t index) {
  float value;  // the address may have any alignment
  std::memcpy(&value, weight.data + index, sizeof value);
  return static_cast<double>(value);
}

double at(const Weight& weight, std::size_t row, std::size_t col) {
  return at(weight, weight.in_out ? col * weight.rows + row : row * weight.cols + col);
}

Doubles embed(const ModelConfig& config, const Weights& weights, std::span<const std::int32_t> ids) {
  const std::size_t H = config.hidden;
  Doubles hidden(ids.size() * H);
  for (std::size_t t = 0; t < ids.size(); ++t)
    for (std::size_t i = 0; i < H; ++i)
      hidden[t * H + i] = at(weights.global(Slot::word_embeddings), static_cast<std::size_t>(ids[t]), i) +
                          at(weights.global(Slot::token_type_embeddings), 0, i) +
                          at(weights.global(Slot::position_embeddings), t, i);
  reference_layer_norm(hidden, H, weights.global(Slot::embedding_norm_weight),
                       weights.global(Slot::embedding_norm_bias), static_cast<double>(config.eps));
  return hidden;
}

// context [T, H] from query, key, value [T, H], head by head.
Doubles attention(const ModelConfig& config, const Doubles& query, const Doubles& key, const Doubles& value,
                  std::size_t T) {
  const std::size_t H = config.hidden, d = config.head_width;
  Doubles context(T * H, 0.0), scores(T);
  for (std::size_t head = 0; head < config.heads; ++head)
    for (std::size_t q = 0; q < T; ++q) {
      for (std::size_t k = 0; k < T; ++k) {
        double dot = 0;
        for (std::size_t i = head * d; i < (head + 1) * d; ++i) dot += query[q * H + i] * key[k * H + i];
        scores[k] = dot / std::sqrt(static_cast<double>(d));
      }
      const double largest = *std::ranges::max_element(scores);
      double sum = 0;
      for (double& score : scores) sum += score = std::exp(score - largest);
      for (std::size_t k = 0; k < T; ++k)
        for (std::size_t i = head * d; i < (head + 1) * d; ++i)
          context[q * H + i] += scores[k] / sum * value[k * H + i];
    }
  return context;
}

Doubles add(Doubles a, const Doubles& b) {
  for (std::size_t i = 0; i < a.size(); ++i) a[i] += b[i];
  return a;
}

}  // namespace

Doubles reference_dense(const Weight& weight, const Weight* bias, const Doubles& x, std::size_t rows,
                        ThreadTeam& team) {
  const std::size_t in = weight.cols, out = weight.rows;
  Doubles y(rows * out);
  constexpr std::size_t block = 16;
  team.parallel_for((out + block - 1) / block, [&](std::size_t task, int) {
    for (std::size_t o = task * block; o < std::min(out, (task + 1) * block); ++o)
      for (std::size_t r = 0; r < rows; ++r) {
        double sum = bias ? at(*bias, o) : 0.0;
        for (std::size_t i = 0; i < in; ++i) sum += x[r * in + i] * at(weight, o, i);
        y[r * out + o] = sum;
      }
  });
  return y;
}

void reference_layer_norm(Doubles& x, std::size_t n, const Weight& weight, const Weight& bias, double eps) {
  for (std::size_t first = 0; first < x.size(); first += n) {
    double mean = 0, variance = 0;
    for (std::size_t i = 0; i < n; ++i) mean += x[first + i] / static_cast<double>(n);
    for (std::size_t i = 0; i < n; ++i)
      variance += (x[first + i] - mean) * (x[first + i] - mean) / static_cast<double>(n);
    for (std::size_t i = 0; i < n; ++i)
      x[first + i] = (x[first + i] - mean) / std::sqrt(variance + eps) * at(weight, i) + at(bias, i);
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

std::vector<Doubles> reference_forward(const ModelConfig& config, const Weights& weights,
                                       std::span<const std::int32_t> ids, ThreadTeam& team) {
  const std::size_t T = ids.size(), H = config.hidden;
  std::vector<Doubles> states = {embed(config, weights, ids)};
  for (std::size_t layer = 0; layer < config.layers; ++layer) {
    const Doubles& hidden = states.back();
    const auto weight = [&](Slot slot) -> const Weight& { return weights.block(layer, slot); };
    const auto dense = [&](Slot matrix, Slot bias, const Doubles& x) {
      return reference_dense(weight(matrix), &weight(bias), x, T, team);
    };
    const Doubles context =
        attention(config, dense(Slot::attention_query_weight, Slot::attention_query_bias, hidden),
                  dense(Slot::attention_key_weight, Slot::attention_key_bias, hidden),
                  dense(Slot::attention_value_weight, Slot::attention_value_bias, hidden), T);
    Doubles attended =
        add(dense(Slot::attention_output_weight, Slot::attention_output_bias, context), hidden);
    reference_layer_norm(attended, H, weight(Slot::attention_norm_weight), weight(Slot::attention_norm_bias),
                         static_cast<double>(config.eps));
    Doubles inner = dense(Slot::inner_weight, Slot::inner_bias, attended);
    for (double& x : inner) x = reference_activation(config.activation, x);
    Doubles output = add(dense(Slot::output_weight, Slot::output_bias, inner), attended);
    reference_layer_norm(output, H, weight(Slot::output_norm_weight), weight(Slot::output_norm_bias),
                         static_cast<double>(config.eps));
    states.push_back(std::move(output));
  }
  return states;
}

}  // namespace logitlens
