// The products of attention against plain loops, and the promise that an element depends on its own row and column alone.
#include "kernels/attention_products.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <random>
#include <vector>

#include "unit/for_each_isa.h"

namespace logitlens {
namespace {

std::vector<float> normal(std::size_t n, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> distribution;
  std::vector<float> values(n);
  for (float& value : values) value = distribution(random);
  return values;
}

struct Shape {
  std::size_t rows, depth, cols;
};
// Heads of 4 to 128, sequences of 1 to 513, odd ends of every block.
constexpr Shape shapes[] = {{1, 64, 16},   {13, 64, 16},  {5, 3, 48},   {128, 64, 128},
                            {47, 128, 80}, {48, 513, 64}, {6, 36, 528}, {1, 1, 16}};

TEST(AttentionProduct, AgreesWithDoubleAndKeepsARowsBytes) {
  for_each_isa([] {
    for (const auto& [rows, depth, cols] : shapes) {
      const std::size_t a_stride = depth + 3, b_stride = cols + 16, c_stride = cols;
      const std::vector<float> a = normal(rows * a_stride, 1), b = normal(depth * b_stride, 2);
      std::vector<float> c(rows * c_stride, -1.0f), alone(cols);
      attention_product(a.data(), a_stride, b.data(), b_stride, c.data(), c_stride, rows, depth, cols);
      for (std::size_t r = 0; r < rows; ++r) {
        for (std::size_t j = 0; j < cols; ++j) {
          double sum = 0, magnitude = 0;
          for (std::size_t k = 0; k < depth; ++k) {
            const double term =
                static_cast<double>(a[r * a_stride + k]) * static_cast<double>(b[k * b_stride + j]);
            sum += term;
            magnitude += std::abs(term);
          }
          ASSERT_NEAR(static_cast<double>(c[r * c_stride + j]), sum, 2e-6 * magnitude + 1e-30)
              << r << ", " << j;
        }
        attention_product(a.data() + r * a_stride, a_stride, b.data(), b_stride, alone.data(), cols, 1, depth,
                          cols);
        ASSERT_EQ(0, std::memcmp(alone.data(), c.data() + r * c_stride, cols * sizeof(float))) << "row " << r;
      }
    }
  });
}

}  // namespace
}  // namespace logitlens
