// Rows as bytes, and the decoder's moments in double: what the bounds of screening stand on.
#include "kernels/quantize.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <random>

#include "base/matrix.h"
#include "for_each_isa.h"
#include "kernels/double_products.h"
#include "kernels/gemm_int8.h"

namespace logitlens {
namespace {

std::vector<float> random_floats(std::size_t n, unsigned seed, float outlier = 1) {
  std::mt19937 engine(seed);
  std::normal_distribution<float> normal;
  std::vector<float> values(n);
  for (float& value : values) value = normal(engine);
  if (n > 3) values[n / 3] *= outlier;
  return values;
}

TEST(QuantizeRow, NormsAreThoseOfWhatWasKeptAndLost) {
  for_each_isa([] {
    for (std::size_t n : {1u, 7u, 64u, 100u, 768u})
      for (float outlier : {0.0f, 1.0f, 100.0f, 1e30f})
        for (bool with_centre : {false, true}) {
          const UnalignedFloats x(random_floats(n, 1, outlier));
          const std::vector<double> centre(n, 0.25);
          std::vector<std::int8_t> q(n);
          UnalignedFloats copy = x;
          const QuantizedRow row =
              quantize_row(copy.data(), with_centre ? centre.data() : nullptr, q.data(), n);
          long double norm = 0, error = 0;
          for (std::size_t i = 0; i < n; ++i) {
            const long double value = static_cast<long double>(x.values()[i]) - (with_centre ? 0.25L : 0.0L);
            const long double kept = static_cast<long double>(row.scale) * q[i];
            ASSERT_LE(std::abs(value - kept), static_cast<long double>(row.scale) * 0.5001L);
            ASSERT_GE(q[i], -127);
            norm += kept * kept, error += (value - kept) * (value - kept);
          }
          ASSERT_NEAR(row.norm, static_cast<double>(std::sqrt(norm)), 1e-12 * row.norm);
          ASSERT_NEAR(row.error, static_cast<double>(std::sqrt(error)), 1e-12 * row.norm);
        }
  });
}

TEST(QuantizeRow, ZerosStayZeros) {
  const std::vector<float> x(10, 0.0f);
  std::vector<std::int8_t> q(10, 5);
  const QuantizedRow row = quantize_row(x.data(), nullptr, q.data(), x.size());
  EXPECT_EQ(row.scale, 0);
  EXPECT_EQ(row.norm, 0);
  EXPECT_EQ(row.error, 0);
  EXPECT_EQ(q, std::vector<std::int8_t>(10, 0));
}

TEST(QuantizeRow, SameBytesOnEveryInstructionSet) {
  const std::vector<float> x = random_floats(101, 3);
  std::vector<std::vector<std::int8_t>> all;
  for_each_isa([&] {
    all.emplace_back(x.size());
    quantize_row(x.data(), nullptr, all.back().data(), x.size());
  });
  for (const auto& one : all) EXPECT_EQ(one, all.front());
}

TEST(SplitRow, TakesOutWhatStandsOutAndKeepsTheRestWithinHalfAScale) {
  for_each_isa([] {
    for (std::size_t n : {1u, 2u, 3u, 7u, 64u, 100u, 769u, 1500u, 3072u})
      for (float outlier : {0.0f, 1.0f, 100.0f, 1e30f}) {
        UnalignedFloats x(random_floats(n, 21, outlier));
        std::vector<std::uint8_t> q(n);
        const SplitRow row = split_row(x.data(), q.data(), n);
        std::vector<float> values = x.values(), sorted = values;
        std::ranges::sort(sorted, std::greater<>(), [](float value) { return std::abs(value); });
        if (n < 768)
          ASSERT_EQ(row.scale, (n > 2 ? std::abs(sorted[2]) : 0.0f) / 127.0f);
        else
          ASSERT_LE(row.scale, std::abs(sorted[2]) / 127.0f);
        ASSERT_EQ(row.scale, row.outliers < n ? std::abs(sorted[row.outliers]) / 127.0f : 0.0f);
        for (std::size_t o = 0; o < row.outliers; ++o) {
          ASSERT_EQ(row.values[o], values[row.at[o]]);
          ASSERT_EQ(q[row.at[o]], GemmInt8::zero);
          values[row.at[o]] = 0;
        }
        for (std::size_t i = 0; i < n; ++i)
          ASSERT_LE(std::abs(values[i] - row.scale * static_cast<float>(q[i] - GemmInt8::zero)),
                    row.scale * 0.501f)
              << i << " of " << n;
      }
    std::vector<float> x(40, 0.0f);
    std::vector<std::uint8_t> q(40, 3);
    EXPECT_EQ(split_row(x.data(), q.data(), 40).scale, 0.0f);
    EXPECT_EQ(q, std::vector<std::uint8_t>(40, GemmInt8::zero));
    x[39] = INFINITY;
    EXPECT_FALSE(std::isfinite(split_row(x.data(), q.data(), 40).values[0]));
  });
}

TEST(SplitRow, LosesNothingWhereManyAreTheLargest) {
  for_each_isa([] {
    for (std::size_t n : {3u, 40u, 100u, 768u, 3072u}) {
      std::vector<float> x(n, 5.0f);
      for (std::size_t i = 0; i < n; i += 2) x[i] = -5.0f;
      std::vector<std::uint8_t> q(n);
      const SplitRow row = split_row(x.data(), q.data(), n);
      ASSERT_EQ(row.outliers, 0u) << n;
      for (std::size_t i = 0; i < n; ++i)
        ASSERT_EQ(q[i] - GemmInt8::zero, i % 2 ? 127 : -127) << i << " of " << n;
    }
  });
}

TEST(ScaleProducts, AddsOutliersInPlaceForAnyLength) {
  for_each_isa([] {
    for (std::size_t n : {1u, 16u, 37u}) {
      std::vector<std::int32_t> products(n);
      std::vector<float> scales(n), y(n);
      std::vector<std::int8_t> columns(3 * n);
      for (std::size_t i = 0; i < n; ++i) {
        products[i] = static_cast<std::int32_t>(i * 1000) - 5000;
        scales[i] = 0.5f + static_cast<float>(i);
        columns[i] = 99;
        columns[n + i] = static_cast<std::int8_t>(i);
        columns[2 * n + i] = static_cast<std::int8_t>(-100);
      }
      const SplitRow row{.scale = 0.25f, .outliers = 2, .at = {1, 2}, .values = {64, -2}};
      scale_products(products.data(), row, scales.data(), columns.data(), y.data(), n);
      for (std::size_t i = 0; i < n; ++i)
        ASSERT_EQ(y[i],
                  scales[i] * (0.25f * static_cast<float>(products[i]) + 64 * static_cast<float>(i) + 200));
    }
  });
}

TEST(GemmInt8, IsExactForAnyHeightAndTheExtremes) {
  ASSERT_TRUE(select_isa().ok());
  if (!has_int8_products()) GTEST_SKIP() << "no products of bytes here";
  std::mt19937 engine(5);
  std::uniform_int_distribution<int> byte(-127, 127);
  for (const auto& [in, out] :
       {std::pair<std::size_t, std::size_t>{768, 512}, {768, 314}, {36, 96}, {1, 1}, {3072, 64}})
    for (std::size_t rows : {1u, 24u, 144u})
      for (bool extreme : {false, true}) {
        std::vector<std::int8_t> x(rows * in), weight(out * in);
        std::vector<std::uint8_t> unsigned_x;
        for (auto& value : x) value = static_cast<std::int8_t>(extreme ? 127 : byte(engine));
        for (auto& value : weight) value = static_cast<std::int8_t>(extreme ? -127 : byte(engine));
        const auto one = GemmInt8::create(1, in, out), gemm = GemmInt8::create(rows, in, out);
        ASSERT_TRUE(one.ok() && gemm.ok());
        auto packed = FloatBuffer::allocate(gemm->packed_bytes() / sizeof(float) + 1);
        auto scratch = FloatBuffer::allocate(gemm->scratch_bytes() / sizeof(float) + 1);
        ASSERT_TRUE(packed.ok() && scratch.ok());
        ASSERT_TRUE(one->pack(weight.data(), packed->data()));  // one packing serves all heights
        for (std::int8_t value : x) unsigned_x.push_back(static_cast<std::uint8_t>(value + GemmInt8::zero));
        std::vector<std::int32_t> y(rows * out);
        ASSERT_TRUE(gemm->run(unsigned_x.data(), packed->data(), y.data(), scratch->data()));
        for (std::size_t r = 0; r < rows; r += 11)
          for (std::size_t o = 0; o < out; ++o) {
            int sum = 0;
            for (std::size_t i = 0; i < in; ++i) sum += x[r * in + i] * weight[o * in + i];
            ASSERT_EQ(y[r * out + o], sum) << rows << "x" << in << "x" << out << " at " << r << ", " << o;
          }
      }
}

TEST(DoubleProducts, GramAndQuadraticFormsAgreeWithLongDouble) {
  for_each_isa([] {
    constexpr std::size_t width = 3 * double_tile, n = 50;
    const std::vector<float> floats = random_floats(n * width, 7);
    const std::vector<double> p(floats.begin(), floats.end());
    std::vector<double> s(width * width, 0.0);
    for (std::size_t first = 0; first < width; first += double_tile)
      for (std::size_t half : {0u, 25u})
        add_gram_stripe(p.data() + half * width, 25, width, first, double_tile, s.data());
    const auto gram = [&](std::size_t i, std::size_t j) {
      long double sum = 0;
      for (std::size_t k = 0; k < n; ++k)
        sum += static_cast<long double>(p[k * width + i]) * p[k * width + j];
      return sum;
    };
    for (std::size_t i = 0; i < width; ++i)
      for (std::size_t j = i / double_tile * double_tile; j < width; ++j)
        ASSERT_NEAR(s[(j / double_tile * width + i) * double_tile + j % double_tile],
                    static_cast<double>(gram(i, j)), 1e-13 * n);

    const std::vector<float> rows = random_floats(2 * double_rows * width, 8);
    std::vector<double> x(rows.size()), values(2 * double_rows);
    for (std::size_t r = 0; r < values.size(); ++r)
      for (std::size_t i = 0; i < width; ++i)
        x[(r / double_rows * width + i) * double_rows + r % double_rows] =
            static_cast<double>(rows[r * width + i]);
    quadratic_forms(x.data(), 2, width, s.data(), values.data());
    for (std::size_t r = 0; r < values.size(); ++r) {
      long double expected = 0;  // |P x|^2
      for (std::size_t k = 0; k < n; ++k) {
        long double dot = 0;
        for (std::size_t i = 0; i < width; ++i)
          dot += static_cast<long double>(p[k * width + i]) * static_cast<long double>(rows[r * width + i]);
        expected += dot * dot;
      }
      ASSERT_NEAR(values[r], static_cast<double>(expected), 1e-12 * static_cast<double>(expected));
    }
  });
}

TEST(DoubleProducts, DotOfAnyLength) {
  for_each_isa([] {
    for (std::size_t n : {0u, 1u, 5u, 16u, 31u, 100u}) {
      UnalignedFloats x(random_floats(n, 11)), y(random_floats(n, 12));
      const std::vector<float> values = y.values();
      const std::vector<double> doubles(values.begin(), values.end());
      long double sum = 0;
      for (std::size_t i = 0; i < n; ++i)
        sum += static_cast<long double>(x.values()[i]) * static_cast<long double>(values[i]);
      ASSERT_NEAR(dot_double(x.data(), y.data(), n), static_cast<double>(sum), 1e-13);
      ASSERT_NEAR(dot_double(x.data(), doubles.data(), n), static_cast<double>(sum), 1e-13);
    }
  });
}

}  // namespace
}  // namespace logitlens
