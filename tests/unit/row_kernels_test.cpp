#include "kernels/row_kernels.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "for_each_isa.h"
#include "kernels/row_kernels_reference.h"

namespace logitlens {
namespace {

// The bounds that row_kernels.h states.
constexpr double activation_ulps = 4, activation_absolute = 1e-7;
constexpr double gelu_relative = 1e-7;  // of the erf form, to max(1, |x|)
constexpr double layer_norm_relative = 2e-6;
constexpr double softmax_relative = 1e-6, softmax_least = 1e-30;

constexpr float infinity = std::numeric_limits<float>::infinity();
const float nan = std::numeric_limits<float>::quiet_NaN();

const std::vector<std::size_t> row_lengths = {1,  2,  3,  4,  5,  7,  8,  9,   15,  16,
                                              17, 31, 32, 33, 63, 64, 65, 100, 768, 3072};

std::vector<float> normal_row(std::size_t n, unsigned seed, float mean = 0, float deviation = 1) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal(mean, deviation);
  std::vector<float> row(n);
  for (float& x : row) x = normal(random);
  return row;
}

struct NamedActivation {
  Activation activation;
  const char* name;
};
const std::vector<NamedActivation> activations = {{Activation::gelu_erf, "gelu_erf"},
                                                  {Activation::gelu_tanh, "gelu_tanh"},
                                                  {Activation::gelu_fast, "gelu_fast"},
                                                  {Activation::quick_gelu, "quick_gelu"},
                                                  {Activation::gelu_10, "gelu_10"},
                                                  {Activation::relu, "relu"},
                                                  {Activation::silu, "silu"},
                                                  {Activation::mish, "mish"},
                                                  {Activation::tanh, "tanh"}};

// Floats of every magnitude, both signs, zeros and denormals, and densely where activations bend.
std::vector<float> arguments() {
  std::vector<float> values = {0.0f, -0.0f, std::numeric_limits<float>::max(),
                               -std::numeric_limits<float>::max()};
  for (std::uint32_t bits = 1; bits < 0x7F800000u; bits += 20011) {
    values.push_back(std::bit_cast<float>(bits));
    values.push_back(-values.back());
  }
  for (int i = -200000; i <= 200000; ++i) values.push_back(static_cast<float>(i) * 1.0001e-4f);
  return values;
}

// Distance from `exact` to the next float away from zero.
double ulp_of(double exact) {
  const float magnitude = static_cast<float>(std::abs(exact));
  return static_cast<double>(std::nextafter(magnitude, infinity)) - static_cast<double>(magnitude);
}

class ActivationTest : public ::testing::TestWithParam<NamedActivation> {};

TEST_P(ActivationTest, IsWithinItsBoundOverAllMagnitudes) {
  const Activation activation = GetParam().activation;
  const std::vector<float> x = arguments();
  std::vector<double> exact(x.size());
  for (std::size_t i = 0; i < x.size(); ++i)
    exact[i] = reference_activation(activation, static_cast<double>(x[i]));
  for_each_isa([&] {
    std::vector<float> y(x.size());
    bias_activation(activation, x.data(), nullptr, y.data(), x.size());
    double worst_relative = 0, worst_ulps = 0, worst_share = 0;
    std::size_t worst = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double error = std::abs(static_cast<double>(y[i]) - exact[i]);
      const double share = error / std::max(activation_ulps * ulp_of(exact[i]), activation_absolute);
      if (!(share <= worst_share)) worst_share = share, worst = i;  // NaN is worst
      worst_relative = std::max(worst_relative, error / std::max(1.0, std::abs(static_cast<double>(x[i]))));
      if (std::abs(x[i]) < 4 && std::abs(x[i]) > 1e-30f)
        worst_ulps = std::max(worst_ulps, error / ulp_of(exact[i]));
    }
    if (activation == Activation::gelu_erf) {
      EXPECT_LE(worst_relative, gelu_relative);
    }
    if (activation == Activation::tanh) {
      EXPECT_LE(worst_ulps, activation_ulps);  // near 0 too
    }
    EXPECT_LE(worst_share, 1.0) << "x = " << x[worst] << ", y = " << y[worst] << ", exact " << exact[worst];
    RecordProperty("max_error_" + std::string(active_isa()),
                   std::to_string(worst_relative * 1e9) + "e-9 max(1, |x|)");
    RecordProperty("max_ulps_" + std::string(active_isa()), std::to_string(worst_ulps) + " for |x| < 4");
  });
}

TEST_P(ActivationTest, AddsTheBiasInPlaceForAnyLengthAndAddress) {
  const Activation activation = GetParam().activation;
  for_each_isa([&] {
    for (std::size_t n : row_lengths) {
      const std::vector<float> x = normal_row(n, 1, 0, 3), bias = normal_row(n, 2);
      std::vector<float> sum(n), expected(n);
      for (std::size_t i = 0; i < n; ++i) sum[i] = x[i] + bias[i];
      for (std::size_t i = 0; i < n; ++i) bias_activation(activation, &sum[i], nullptr, &expected[i], 1);
      UnalignedFloats in_place(x, 3), unaligned_bias(bias, 1);
      bias_activation(activation, in_place.data(), unaligned_bias.data(), in_place.data(), n);
      EXPECT_TRUE(same_bytes(in_place.values(), expected)) << "n = " << n;
    }
  });
}

TEST_P(ActivationTest, KeepsNaNAndLimits) {
  const Activation activation = GetParam().activation;
  for_each_isa([&] {
    const std::vector<float> x = {nan, -infinity, infinity};
    std::vector<float> y(3);
    bias_activation(activation, x.data(), nullptr, y.data(), 3);
    EXPECT_TRUE(std::isnan(y[0]));
    EXPECT_NEAR(y[1], activation == Activation::tanh ? -1 : 0, 1e-7);
    EXPECT_EQ(y[2], activation == Activation::tanh ? 1 : activation == Activation::gelu_10 ? 10 : infinity);
  });
}

INSTANTIATE_TEST_SUITE_P(All, ActivationTest, ::testing::ValuesIn(activations),
                         [](const auto& test) { return std::string(test.param.name); });

struct NormInputs {
  std::vector<float> x, dense_bias, residual, weight, bias;

  explicit NormInputs(std::size_t n, float mean = 0, float deviation = 1)
      : x(normal_row(n, 1, mean, deviation)),
        dense_bias(normal_row(n, 2, 0, deviation)),
        residual(normal_row(n, 3, 0, deviation)),
        weight(normal_row(n, 4, 1, 0.3f)),
        bias(normal_row(n, 5, 0, 0.3f)) {}

  std::vector<double> sum(bool with_bias, bool with_residual) const {
    std::vector<double> v(x.begin(), x.end());
    for (std::size_t i = 0; i < v.size(); ++i) {
      if (with_bias) v[i] += static_cast<double>(dense_bias[i]);
      if (with_residual) v[i] += static_cast<double>(residual[i]);
    }
    return v;
  }
};

void expect_close(const std::vector<float>& y, const std::vector<double>& exact, double relative) {
  double largest = 0, worst = 0;
  for (double value : exact) largest = std::max(largest, std::abs(value));
  for (std::size_t i = 0; i < y.size(); ++i) {
    const double error = std::abs(static_cast<double>(y[i]) - exact[i]);
    if (!(error <= worst)) worst = error;
  }
  EXPECT_LE(worst, relative * largest);
}

TEST(LayerNorm, IsWithinItsBound) {
  for_each_isa([] {
    for (std::size_t n : row_lengths) {
      if (n < 2) continue;
      for (auto [mean, deviation] :
           {std::pair{0.0f, 1.0f}, {8.0f, 1.0f}, {-800.0f, 100.0f}, {1e-6f, 1e-6f}, {1e15f, 1e15f}}) {
        const NormInputs in(n, mean, deviation);
        for (float eps : {1e-12f, 1e-5f}) {
          const auto exact =
              reference_layer_norm(in.sum(true, true), in.weight, in.bias, static_cast<double>(eps));
          std::vector<float> y(n);
          add_layer_norm(in.x.data(), in.dense_bias.data(), in.residual.data(), in.weight.data(),
                         in.bias.data(), eps, y.data(), n);
          SCOPED_TRACE(testing::Message() << "n = " << n << ", mean = " << mean << ", eps = " << eps);
          expect_close(y, exact, layer_norm_relative);
        }
      }
    }
  });
}

TEST(LayerNorm, DoesWithoutBiasOrResidual) {
  for_each_isa([] {
    const NormInputs in(100);
    for (bool with_bias : {false, true})
      for (bool with_residual : {false, true}) {
        std::vector<float> y(100);
        add_layer_norm(in.x.data(), with_bias ? in.dense_bias.data() : nullptr,
                       with_residual ? in.residual.data() : nullptr, in.weight.data(), in.bias.data(), 1e-12f,
                       y.data(), 100);
        expect_close(y, reference_layer_norm(in.sum(with_bias, with_residual), in.weight, in.bias, 1e-12),
                     layer_norm_relative);
      }
  });
}

TEST(LayerNorm, DoesWithoutAShift) {
  for_each_isa([] {
    const NormInputs in(100);
    const std::vector<float> zeros(100, 0.0f);
    std::vector<float> y(100);
    add_layer_norm(in.x.data(), nullptr, nullptr, in.weight.data(), nullptr, 1e-12f, y.data(), 100);
    expect_close(y, reference_layer_norm(in.sum(false, false), in.weight, zeros, 1e-12), layer_norm_relative);
  });
}

TEST(RmsNorm, IsWithinItsBoundWithAndWithoutBiasAndResidual) {
  for_each_isa([] {
    for (std::size_t n : row_lengths)
      for (float deviation : {1e-6f, 1.0f, 1e15f})
        for (bool added : {false, true})
          for (float eps : {1e-12f, 1e-5f}) {
            const NormInputs in(n, 0.3f * deviation, deviation);
            std::vector<float> y(n);
            add_rms_norm(in.x.data(), added ? in.dense_bias.data() : nullptr,
                         added ? in.residual.data() : nullptr, in.weight.data(), eps, y.data(), n);
            SCOPED_TRACE(testing::Message()
                         << "n = " << n << ", deviation = " << deviation << ", eps = " << eps);
            expect_close(y, reference_rms_norm(in.sum(added, added), in.weight, static_cast<double>(eps)),
                         layer_norm_relative);
          }
  });
}

TEST(Multiply, MultipliesExactlyAtAnyLengthAndInPlace) {
  for_each_isa([] {
    for (std::size_t n : row_lengths) {
      std::vector<float> x = normal_row(n, 1), expected(n);
      const std::vector<float> factor = normal_row(n, 2);
      for (std::size_t i = 0; i < n; ++i) expected[i] = x[i] * factor[i];
      multiply(x.data(), factor.data(), x.data(), n);
      EXPECT_EQ(x, expected) << n;
    }
  });
}

TEST(LayerNorm, GivesTheSameBytesAtAnyAddressAndInPlace) {
  for_each_isa([] {
    for (std::size_t n : row_lengths) {
      const NormInputs in(n);
      std::vector<float> expected(n);
      add_layer_norm(in.x.data(), in.dense_bias.data(), in.residual.data(), in.weight.data(), in.bias.data(),
                     1e-12f, expected.data(), n);
      for (std::size_t offset : {1u, 2u, 7u}) {
        UnalignedFloats x(in.x, offset), dense_bias(in.dense_bias, offset + 1),
            residual(in.residual, offset + 2), weight(in.weight, offset + 3), bias(in.bias, offset);
        UnalignedFloats over_residual = residual;
        add_layer_norm(x.data(), dense_bias.data(), over_residual.data(), weight.data(), bias.data(), 1e-12f,
                       over_residual.data(), n);
        EXPECT_TRUE(same_bytes(over_residual.values(), expected)) << "n = " << n;
        add_layer_norm(x.data(), dense_bias.data(), residual.data(), weight.data(), bias.data(), 1e-12f,
                       x.data(), n);
        EXPECT_TRUE(same_bytes(x.values(), expected)) << "n = " << n;
      }
    }
  });
}

TEST(LayerNorm, MakesAConstantRowItsBias) {
  for_each_isa([] {
    for (std::size_t n : {std::size_t{1}, std::size_t{64}, std::size_t{768}}) {
      const NormInputs in(n);
      const std::vector<float> x(n, 0.1f);
      std::vector<float> y(n);
      add_layer_norm(x.data(), nullptr, nullptr, in.weight.data(), in.bias.data(), 1e-12f, y.data(), n);
      for (std::size_t i = 0; i < n; ++i) EXPECT_NEAR(y[i], in.bias[i], 1e-7);
    }
  });
}

TEST(Softmax, IsWithinItsBound) {
  for_each_isa([] {
    for (std::size_t n : row_lengths)
      for (auto [mean, deviation] : {std::pair{0.0f, 1.0f},
                                     {500.0f, 30.0f},
                                     {-3.0f, 0.0f},
                                     {-2000.0f, 1.0f},
                                     {1e-3f, 1e-4f},
                                     {0.0f, 200.0f}})
        for (float scale : {0.125f, 1.0f, 0.1767767f}) {
          const std::vector<float> x = normal_row(n, static_cast<unsigned>(n), mean, deviation);
          const std::vector<double> exact = reference_softmax(x, static_cast<double>(scale));
          UnalignedFloats row(x, 1);
          softmax(row.data(), scale, n);
          const std::vector<float> y = row.values();
          for (std::size_t i = 0; i < n; ++i) {
            const double error = std::abs(static_cast<double>(y[i]) - exact[i]);
            ASSERT_LE(error, softmax_relative * std::max(exact[i], softmax_least))
                << "n = " << n << ", i = " << i;
          }
          std::vector<float> aligned = x;
          softmax(aligned.data(), scale, n);
          EXPECT_TRUE(same_bytes(aligned, y)) << "n = " << n;
        }
  });
}

TEST(Softmax, GivesNothingToScoresMaskedOut) {
  for_each_isa([] {
    for (float out : {-1e30f, -std::numeric_limits<float>::max(), -infinity}) {
      std::vector<float> x = {1, out, 1, out};
      softmax(x.data(), 0.125f, x.size());
      EXPECT_EQ(x, (std::vector<float>{0.5f, 0, 0.5f, 0}));
    }
  });
}

TEST(AddBias, AddsExactlyAtAnyLengthAndAddress) {
  for_each_isa([] {
    for (std::size_t n : row_lengths) {
      const std::vector<float> x = normal_row(n, 1), bias = normal_row(n, 2);
      std::vector<float> expected(n);
      for (std::size_t i = 0; i < n; ++i) expected[i] = x[i] + bias[i];
      UnalignedFloats in_place(x, 1), unaligned_bias(bias, 2);
      add_bias(in_place.data(), unaligned_bias.data(), in_place.data(), n);
      EXPECT_TRUE(same_bytes(in_place.values(), expected));
      std::vector<float> copy(n);
      add_bias(x.data(), nullptr, copy.data(), n);
      EXPECT_TRUE(same_bytes(copy, x));
    }
  });
}

TEST(Dot, IsWithinItsBoundAtAnyLengthAndAddress) {
  for_each_isa([] {
    for (std::size_t n : row_lengths) {
      const std::vector<float> x = normal_row(n, 1), y = normal_row(n, 2);
      double sum = 0, xx = 0, yy = 0;
      for (std::size_t i = 0; i < n; ++i) {
        const double a = static_cast<double>(x[i]), b = static_cast<double>(y[i]);
        sum += a * b, xx += a * a, yy += b * b;
      }
      const double rounding = static_cast<double>(n) * 0x1p-24,
                   bound = rounding / (1 - rounding) * std::sqrt(xx * yy);
      const float product = dot(UnalignedFloats(x, 1).data(), UnalignedFloats(y, 3).data(), n);
      EXPECT_NEAR(static_cast<double>(product), sum, bound) << n;
    }
  });
}

TEST(AllFinite, FindsOneBadFloatAnywhere) {
  for_each_isa([] {
    EXPECT_TRUE(all_finite(nullptr, 0));
    for (std::size_t n : {1u, 2u, 15u, 16u, 17u, 100u}) {
      std::vector<float> row = normal_row(n, 1);
      row[0] = std::numeric_limits<float>::max();
      row[n - 1] = -std::numeric_limits<float>::denorm_min();
      EXPECT_TRUE(all_finite(UnalignedFloats(row, 3).data(), n));
      for (std::size_t i = 0; i < n; ++i)
        for (float bad : {nan, -nan, infinity, -infinity}) {
          std::vector<float> spoiled = row;
          spoiled[i] = bad;
          EXPECT_FALSE(all_finite(UnalignedFloats(spoiled, 1).data(), n)) << "n = " << n << ", i = " << i;
        }
    }
  });
}

}  // namespace
}  // namespace logitlens
