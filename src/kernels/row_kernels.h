// Operations on one row of floats, in SIMD dispatched at run time, each with its scalar reference in
// row_kernels_reference.h. A row's bytes depend on that row alone. Rows may lie at any address.
#pragma once

#include <cstddef>

namespace logitlens {

enum class Activation { gelu_erf, gelu_tanh, gelu_fast, quick_gelu, gelu_10, relu, silu, mish, tanh };

// y[i] = act(x[i] + bias[i]); bias may be null; y may be x. Accuracy: |error| <= 4 ulp of the result or 1e-7
// absolute, whichever is larger, for any finite sum (taken in float32), against float64. NaN stays NaN.
void bias_activation(Activation activation, const float* x, const float* bias, float* y, std::size_t n);

// y = (v - mean) / sqrt(variance + eps) * weight + bias with v = x + dense_bias + residual (either may be
// null, and so may bias), summed in float32; biased variance, two passes, sums in double. y may be x or residual. Accuracy:
// 2e-6 relative to the largest |y| where |mean| is at most 8 standard deviations; beyond, the rounding of v
// itself counts.
void add_layer_norm(const float* x, const float* dense_bias, const float* residual, const float* weight,
                    const float* bias, float eps, float* y, std::size_t n);

// y = v / sqrt(mean of v^2 + eps) * weight with v = x + dense_bias + residual as above (Zhang, Sennrich 2019); the sum in
// double. Accuracy: 2e-6 relative to the largest |y|.
void add_rms_norm(const float* x, const float* dense_bias, const float* residual, const float* weight,
                  float eps, float* y, std::size_t n);

// x[i] = exp(scale * (x[i] - max)) / sum, in place; scale > 0. Accuracy: 1e-6 relative for probabilities
// above 1e-30. Scores may be -infinity, if not all are; their weight is 0.
void softmax(float* x, float scale, std::size_t n);

// y[i] = x[i] + bias[i]; bias may be null.
void add_bias(const float* x, const float* bias, float* y, std::size_t n);

// y[i] = x[i] * factor[i]; y may be either.
void multiply(const float* x, const float* factor, float* y, std::size_t n);

// x . y in float32, in an order of its own: within n u / (1 - n u) |x| |y| of the exact sum, u = 2^-24 (Higham, Accuracy and
// Stability, 3.1).
float dot(const float* x, const float* y, std::size_t n);

// True if every float of x (any alignment, n floats) is finite.
bool all_finite(const void* x, std::size_t n);

}  // namespace logitlens
