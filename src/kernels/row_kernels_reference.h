// The row kernels once more, plainly and in double: what tests hold the SIMD code against.
#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>
#include <span>
#include <vector>

#include "kernels/row_kernels.h"

namespace logitlens {

inline double reference_sigmoid(double x) { return 1.0 / (1.0 + std::exp(-x)); }

// erfc keeps the digits of the left tail that 1 + erf would cancel.
inline double reference_gelu(double x) { return 0.5 * x * std::erfc(-x / std::numbers::sqrt2); }

// The same for 1 + tanh u = 2 sigmoid(2 u).
inline double reference_gelu_tanh(double x, double slope) {
  return x * reference_sigmoid(2 * slope * (x + 0.044715 * x * x * x));
}

inline double reference_activation(Activation activation, double x) {
  switch (activation) {
    case Activation::gelu_erf: return reference_gelu(x);
    case Activation::gelu_tanh: return reference_gelu_tanh(x, std::sqrt(2 / std::numbers::pi));
    case Activation::gelu_fast: return reference_gelu_tanh(x, 0.7978845608);
    case Activation::quick_gelu: return x * reference_sigmoid(1.702 * x);
    case Activation::gelu_10: return std::clamp(reference_gelu(x), -10.0, 10.0);
    case Activation::relu: return std::max(x, 0.0);
    case Activation::silu: return x * reference_sigmoid(x);
    case Activation::mish: return x * std::tanh(x > 40 ? x : std::log1p(std::exp(x)));
    case Activation::tanh: return std::tanh(x);
  }
  return 0;
}

// v: the row already summed.
inline std::vector<double> reference_layer_norm(std::span<const double> v, std::span<const float> weight,
                                                std::span<const float> bias, double eps) {
  const double n = static_cast<double>(v.size());
  double mean = 0, variance = 0;
  for (double value : v) mean += value / n;
  for (double value : v) variance += (value - mean) * (value - mean) / n;
  std::vector<double> y(v.size());
  for (std::size_t i = 0; i < v.size(); ++i)
    y[i] = (v[i] - mean) / std::sqrt(variance + eps) * static_cast<double>(weight[i]) +
           static_cast<double>(bias[i]);
  return y;
}

inline std::vector<double> reference_rms_norm(std::span<const double> v, std::span<const float> weight,
                                              double eps) {
  double squares = 0;
  for (double value : v) squares += value * value / static_cast<double>(v.size());
  std::vector<double> y(v.size());
  for (std::size_t i = 0; i < v.size(); ++i)
    y[i] = v[i] / std::sqrt(squares + eps) * static_cast<double>(weight[i]);
  return y;
}

inline std::vector<double> reference_softmax(std::span<const float> x, double scale) {
  std::vector<double> y(x.begin(), x.end());
  const double max = *std::max_element(y.begin(), y.end());
  double sum = 0;
  for (double& value : y) sum += value = std::exp(scale * (value - max));
  for (double& value : y) value /= sum;
  return y;
}

}  // namespace logitlens
