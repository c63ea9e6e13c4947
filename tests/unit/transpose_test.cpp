#include "kernels/transpose.h"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

#include "base/checked.h"
#include "unit/for_each_isa.h"

namespace logitlens {
namespace {

std::vector<float> counted(std::size_t n) {
  std::vector<float> values(n);
  std::iota(values.begin(), values.end(), 1.0f);
  return values;
}

TEST(Transpose, MovesEveryElementAndClearsThePadding) {
  for_each_isa([] {
    for (std::size_t rows : {1u, 3u, 4u, 13u, 16u, 77u})
      for (std::size_t cols : {1u, 4u, 6u, 64u}) {
        const std::size_t x_stride = cols + 1, y_stride = round_up(rows, transpose_lanes);
        const std::vector<float> x = counted(rows * x_stride);
        std::vector<float> y(cols * y_stride, -1.0f);
        transpose(x.data(), x_stride, y.data(), y_stride, rows, cols);
        for (std::size_t i = 0; i < cols; ++i)
          for (std::size_t r = 0; r < y_stride; ++r)
            ASSERT_EQ(y[i * y_stride + r], r < rows ? x[r * x_stride + i] : 0.0f) << rows << " x " << cols;
      }
  });
}

}  // namespace
}  // namespace logitlens
