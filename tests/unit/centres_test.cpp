#include "lens/centres.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "base/cpu.h"
#include "kernels/gemm.h"
#include "lens/screened_decoder.h"

namespace logitlens {
namespace {

constexpr std::size_t width = 40, vocab = 700;

std::vector<float> around(const std::vector<float>& middles, std::size_t rows, float spread, unsigned seed) {
  std::mt19937 engine(seed);
  std::normal_distribution<float> normal(0, spread);
  std::vector<float> x(rows * width);
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t h = 0; h < width; ++h)
      x[r * width + h] = middles[r % (middles.size() / width) * width + h] + normal(engine);
  return x;
}

ConstMatrix matrix(const std::vector<float>& x) { return {x.data(), x.size() / width, width, width}; }

class CentresTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(select_isa().ok());
    if (!has_int8_products()) GTEST_SKIP() << "no products of bytes here";
    weights_ = around(std::vector<float>(width, 0.1f), vocab, 1, 1);
    bias_ = around(std::vector<float>(width, 0.0f), vocab / width + 1, 1, 2);
    auto made = ScreenedDecoder::create({weights_.data(), vocab, width}, bias_.data(), team_);
    ASSERT_TRUE(made.ok() && *made);
    decoder_ = std::move(*made);
  }

  static double distance(const float* row, const Centre& centre) {
    double sum = 0;
    for (std::size_t h = 0; h < width; ++h) sum += std::pow(static_cast<double>(row[h]) - centre.mean[h], 2);
    return std::sqrt(sum);
  }

  static std::vector<std::size_t> all(ConstMatrix x) {
    std::vector<std::size_t> rows(x.rows);
    for (std::size_t r = 0; r < x.rows; ++r) rows[r] = r;
    return rows;
  }

  std::shared_ptr<const Centres> serving(const std::vector<float>& x) {
    return decoder_->centres().serving(*decoder_, matrix(x), all(matrix(x)), team_);
  }

  ThreadTeam team_{2};
  std::vector<float> weights_, bias_;
  std::unique_ptr<ScreenedDecoder> decoder_;
};

TEST_F(CentresTest, EveryGroupHasACentreOfItsOwn) {
  const std::vector<float> middles = around(std::vector<float>(width, 0.0f), 4, 10, 3);
  const std::vector<float> x = around(middles, 120, 0.5f, 4);
  const Centres centres = Centres::learn(*decoder_, matrix(x), team_);
  for (std::size_t r = 0; r < 120; ++r)
    EXPECT_LT(distance(matrix(x).row(r), centres.nearest(matrix(x).row(r), width)),
              1.5 * 0.5 * std::sqrt(width))
        << r;
}

TEST_F(CentresTest, ACentreSaysWhatItsLogitsAre) {
  const std::vector<float> x = around(std::vector<float>(width, 2.0f), 20, 1, 5);
  const Centres centres = Centres::learn(*decoder_, matrix(x), team_);
  for (std::size_t r = 0; r < 20; ++r) {
    const Centre& centre = centres.nearest(matrix(x).row(r), width);
    double squared = 0, on_mean = 0, largest = 0;
    for (std::size_t h = 0; h < width; ++h) {
      squared += centre.mean[h] * centre.mean[h];
      on_mean += centre.mean[h] * decoder_->moments().mean()[h];
    }
    EXPECT_NEAR(centre.squared, squared, 1e-9 * squared);
    EXPECT_NEAR(centre.on_mean, on_mean, 1e-9);
    for (std::size_t v = 0; v < vocab; ++v) {
      double logit = static_cast<double>(bias_[v]);
      for (std::size_t h = 0; h < width; ++h)
        logit += centre.mean[h] * static_cast<double>(weights_[v * width + h]);
      ASSERT_NEAR(static_cast<double>(centre.base[v]), logit, 1e-6 * (1 + std::abs(logit))) << v;
      largest = std::max(largest, std::abs(static_cast<double>(centre.base[v])));
    }
    EXPECT_EQ(centre.largest_base, largest);
  }
}

TEST_F(CentresTest, AreKeptAsLongAsTheyServe) {
  const std::vector<float> here = around(std::vector<float>(width, 1.0f), 64, 1, 6);
  const std::vector<float> again = around(std::vector<float>(width, 1.0f), 64, 1, 7);
  const std::vector<float> elsewhere = around(std::vector<float>(width, -9.0f), 64, 1, 8);
  const auto first = serving(here);
  EXPECT_EQ(serving(here), first);
  const auto second = serving(elsewhere);
  EXPECT_NE(second, first);
  EXPECT_LT(distance(elsewhere.data(), second->nearest(elsewhere.data(), width)), 2 * std::sqrt(width));
  EXPECT_EQ(serving(elsewhere), second);
  // A few rows take what there is, however far.
  const std::vector<float> few = around(std::vector<float>(width, 9.0f), 3, 1, 9);
  EXPECT_EQ(serving(few), second);
}

TEST_F(CentresTest, OneRowIsItsOwnCentre) {
  const std::vector<float> x = around(std::vector<float>(width, 1.0f), 1, 1, 10);
  const auto centres = serving(x);
  EXPECT_EQ(distance(x.data(), centres->nearest(x.data(), width)), 0);
}

}  // namespace
}  // namespace logitlens
