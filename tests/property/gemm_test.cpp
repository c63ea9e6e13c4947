// The promise that everything else stands on: an element of a product has the same bytes whatever the number of rows, and
// wherever its row stands among them.
#include "kernels/gemm.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>
#include <vector>

#include "base/cpu.h"
#include "base/matrix.h"

namespace logitlens {
namespace {

struct Shape {
  std::size_t in, out;
};

class GemmShapes : public testing::TestWithParam<Shape> {
 protected:
  static std::vector<float> random(std::size_t n, unsigned seed) {
    std::mt19937 engine(seed);
    std::normal_distribution<float> normal;
    std::vector<float> values(n);
    for (float& value : values) value = normal(engine);
    return values;
  }

  static constexpr float guard = 12345.0f;

  static float* scratch_of_this_thread() {
    static FloatBuffer scratch = FloatBuffer::allocate(gemm_scratch_floats).value();
    return scratch.data();
  }

  // At 64-byte alignment, as packed weights must be.
  static FloatBuffer aligned(const std::vector<float>& values) {
    FloatBuffer buffer = FloatBuffer::allocate(values.size()).value();
    std::memcpy(buffer.data(), values.data(), values.size() * sizeof(float));
    return buffer;
  }

  // A weight [out, in] in every layout.
  static std::vector<std::pair<WeightLayout, std::vector<float>>> stored_ways(
      const std::vector<float>& weight) {
    const auto [in, out] = GetParam();
    std::vector<float> transposed(in * out);
    for (std::size_t o = 0; o < out; ++o)
      for (std::size_t i = 0; i < in; ++i) transposed[i * out + o] = weight[o * in + i];
    std::vector<std::pair<WeightLayout, std::vector<float>>> ways = {{WeightLayout::out_in, weight},
                                                                     {WeightLayout::in_out, transposed}};
    for (WeightLayout from : {WeightLayout::out_in, WeightLayout::in_out}) {
      std::vector<float> packed(packed_floats(in, out).value());
      pack({from == WeightLayout::out_in ? weight.data() : transposed.data(), in, out, from}, packed.data());
      ways.emplace_back(WeightLayout::packed, packed);
    }
    return ways;
  }

  static std::vector<float> product(std::size_t rows, const float* x, const std::vector<float>& weight,
                                    WeightLayout layout) {
    const auto [in, out] = GetParam();
    std::vector<float> y(rows * out + 1, guard);  // nothing is written past the end
    gemm(x, rows, {aligned(weight).data(), in, out, layout}, y.data(), scratch_of_this_thread());
    EXPECT_EQ(y.back(), guard);
    y.pop_back();
    return y;
  }
};

TEST_P(GemmShapes, RowsKeepTheirBytesInAnyBatch) {
  ASSERT_TRUE(select_isa().ok());
  const auto [in, out] = GetParam();
  constexpr std::size_t most = 192;
  const std::vector<float> x = random(most * in, 1), weight = random(in * out, 2);
  const std::vector<float> reference = product(most, x.data(), weight, WeightLayout::out_in);

  std::vector<std::size_t> heights;
  for (std::size_t rows = 1; rows + 13 < most; rows += rows < 14 ? 1 : 23) heights.push_back(rows);
  for (std::size_t rows : heights)
    for (std::size_t first : {0u, 5u, 13u})
      for (const auto& [layout, stored] : stored_ways(weight)) {
        const auto y = product(rows, x.data() + first * in, stored, layout);
        ASSERT_EQ(0, std::memcmp(y.data(), reference.data() + first * out, y.size() * sizeof(float)))
            << rows << " rows from " << first << ", layout " << static_cast<int>(layout);
      }
}

// What screening stands on: a decoder row's logit has the same bytes whatever rows stand beside it.
TEST_P(GemmShapes, ColumnsKeepTheirBytesInAnyTile) {
  ASSERT_TRUE(select_isa().ok());
  const auto [in, out] = GetParam();
  constexpr std::size_t rows = 48, tile = 64;
  const std::vector<float> x = random(rows * in, 5), weight = random(in * out, 6);
  const std::vector<float> reference = product(rows, x.data(), weight, WeightLayout::out_in);
  std::mt19937 engine(7);
  for (int round = 0; round < 5; ++round) {
    std::vector<float> some(tile * in, 0.0f), y(rows * tile);
    std::vector<std::size_t> ids(static_cast<std::size_t>(1 + 15 * round));
    for (std::size_t i = 0; i < ids.size(); ++i) {
      ids[i] = engine() % out;
      std::memcpy(some.data() + i * in, weight.data() + ids[i] * in, in * sizeof(float));
    }
    gemm(x.data(), rows, {some.data(), in, tile, WeightLayout::out_in}, y.data(), scratch_of_this_thread());
    for (std::size_t r = 0; r < rows; ++r)
      for (std::size_t i = 0; i < ids.size(); ++i)
        ASSERT_EQ(0, std::memcmp(&y[r * tile + i], &reference[r * out + ids[i]], sizeof(float)))
            << "row " << r << ", column " << ids[i] << " of " << out << " as column " << i;
  }
}

// The order of a sum is what the header says it is: by chunks of 1024 inputs, with fused multiply-adds.
TEST_P(GemmShapes, SumsAreInTheOrderOfInputs) {
  ASSERT_TRUE(select_isa().ok());
  if (active_isa() != "avx512" && active_isa() != "avx2") GTEST_SKIP() << "no fused multiply-adds here";
  const auto [in, out] = GetParam();
  const std::size_t rows = 7;
  const std::vector<float> x = random(rows * in, 8), weight = random(in * out, 9);
  const std::vector<float> y = product(rows, x.data(), weight, WeightLayout::out_in);
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t o = 0; o < out; o += 11) {
      float sum = 0;
      for (std::size_t first = 0; first < in; first += most_panel_inputs) {
        float part = 0;
        for (std::size_t i = first; i < std::min(in, first + most_panel_inputs); ++i)
          part = std::fma(x[r * in + i], weight[o * in + i], part);
        sum = first > 0 ? sum + part : part;
      }
      ASSERT_EQ(sum, y[r * out + o]) << r << ", " << o;
    }
}

TEST_P(GemmShapes, AgreesWithDouble) {
  ASSERT_TRUE(select_isa().ok());
  const auto [in, out] = GetParam();
  const std::size_t rows = 24;
  const std::vector<float> x = random(rows * in, 3), weight = random(in * out, 4);
  const std::vector<float> y = product(rows, x.data(), weight, WeightLayout::out_in);
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t o = 0; o < out; o += 7) {
      double sum = 0, magnitude = 0;
      for (std::size_t i = 0; i < in; ++i) {
        const double term = static_cast<double>(x[r * in + i]) * static_cast<double>(weight[o * in + i]);
        sum += term;
        magnitude += std::abs(term);
      }
      ASSERT_NEAR(static_cast<double>(y[r * out + o]), sum, 1e-6 * magnitude) << r << ", " << o;
    }
}

INSTANTIATE_TEST_SUITE_P(Sizes, GemmShapes,
                         testing::Values(Shape{768, 768}, Shape{768, 3072}, Shape{3072, 768},
                                         Shape{1024, 1024}, Shape{768, 512}, Shape{768, 314}, Shape{128, 512},
                                         Shape{36, 96}, Shape{32, 295}, Shape{100, 37}, Shape{64, 16},
                                         Shape{1, 1}, Shape{1025, 65}, Shape{2500, 70}));

}  // namespace
}  // namespace logitlens
