// Answers without all the logits against the streaming pass over all of them: the same bytes, whatever the numbers.
#include "lens/screened_rows.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <random>

#include "base/cpu.h"
#include "kernels/double_products.h"
#include "lens/vocabulary_sweep.h"

namespace logitlens {
namespace {

struct Case {
  std::size_t vocab, width, rows;
  float noise = 1;    // spread of the decoder's rows around ten of them: 0 makes thousands of ties
  float scale = 1;    // of states
  float outlier = 1;  // of one channel of the states
  bool bias = true;
};

class Screening : public testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    ASSERT_TRUE(select_isa().ok());
    if (!has_int8_products()) GTEST_SKIP() << "no products of bytes here";
    const Case& c = GetParam();
    std::mt19937 engine(17);
    std::normal_distribution<float> normal;
    std::vector<float> prototypes(10 * c.width);
    for (float& value : prototypes) value = normal(engine);
    weights_.resize(c.vocab * c.width);
    for (std::size_t v = 0; v < c.vocab; ++v)
      for (std::size_t h = 0; h < c.width; ++h)
        weights_[v * c.width + h] =
            0.3f + 0.05f * (prototypes[v * v % 10 * c.width + h] + c.noise * normal(engine));
    bias_.resize(c.vocab);
    for (float& value : bias_) value = c.noise * 0.3f * normal(engine) - 0.2f;
    x_.resize(c.rows * c.width);
    for (std::size_t r = 0; r < c.rows; ++r)
      for (std::size_t h = 0; h < c.width; ++h)
        x_[r * c.width + h] = c.scale * (normal(engine) + 0.5f) * (h == c.width / 2 ? c.outlier : 1.0f);
    // States near a decoder row: its id stands out, as in an unmasked text.
    for (std::size_t r = 0; r < c.rows; r += 2)
      for (std::size_t h = 0; h < c.width; ++h)
        x_[r * c.width + h] += c.scale * 20 * weights_[(r * 7 % c.vocab) * c.width + h];
    decoder_ = {weights_.data(), c.vocab, c.width};
  }

  const float* bias() const { return GetParam().bias ? bias_.data() : nullptr; }

  DecodeRequest request(std::size_t top) const {
    const Case& c = GetParam();
    DecodeRequest request{.decoder = &decoder_,
                          .bias = bias(),
                          .rows = {x_.data(), c.rows, c.width, c.width},
                          .group_rows = 1,
                          .targets = {},
                          .top = top,
                          .with_state = {}};
    for (std::size_t r = 0; r < c.rows; ++r)
      request.targets.push_back(r % 5 == 4 ? std::nullopt : std::optional<std::int32_t>(r * 7 % c.vocab));
    return request;
  }

  // |x_r| times the largest |w_v|, and the largest |b_v|.
  double largest_logit(std::size_t r) const {
    const auto length = [](const float* values, std::size_t n) {
      return std::sqrt(dot_double(values, values, n));
    };
    double longest = 0, largest = 0;
    for (std::size_t v = 0; v < GetParam().vocab; ++v) {
      longest = std::max(longest, length(weights_.data() + v * GetParam().width, GetParam().width));
      if (bias()) largest = std::max(largest, std::abs(static_cast<double>(bias()[v])));
    }
    return length(x_.data() + r * GetParam().width, GetParam().width) * longest + largest;
  }

  static std::vector<DecodedRow> decode(const DecodeRequest& request, int threads) {
    ThreadTeam team(threads);
    auto rows = decode_rows(request, team);
    EXPECT_TRUE(rows.ok());
    return std::move(*rows);
  }

  std::vector<float> weights_, bias_, x_;
  Weight decoder_;
};

TEST_P(Screening, AnswersAreThoseOfTheStreamingPass) {
  ThreadTeam team(2);
  const auto screened = ScreenedDecoder::create(decoder_, bias(), team);
  ASSERT_TRUE(screened.ok() && *screened);
  const std::size_t V = GetParam().vocab;
  for (std::size_t top : {std::size_t{0}, std::size_t{1}, std::size_t{5}, V / 2, V}) {
    DecodeRequest asked = request(std::min(V, top));
    const std::vector<DecodedRow> streamed = decode(asked, 2);
    asked.screened = screened->get();
    for (int threads : {1, 2, 5}) {
      const std::vector<DecodedRow> rows = decode(asked, threads);
      ASSERT_EQ(rows.size(), streamed.size());
      for (std::size_t r = 0; r < rows.size(); ++r) {
        SCOPED_TRACE(std::to_string(r) + " of top " + std::to_string(top));
        const VocabularySums &a = rows[r].sums.sums, &b = streamed[r].sums.sums;
        ASSERT_EQ(a.argmax, b.argmax);
        ASSERT_EQ(0, std::memcmp(&a.max, &b.max, sizeof a.max));
        ASSERT_EQ(0, std::memcmp(&rows[r].sums.target_logit, &streamed[r].sums.target_logit, sizeof(float)));
        ASSERT_EQ(rows[r].sums.target_id, streamed[r].sums.target_id);
        ASSERT_EQ(streamed[r].sums.target_id ? a.greater : 0.0, b.greater);
        ASSERT_EQ(a.count, b.count);
        ASSERT_EQ(rows[r].top.size(), streamed[r].top.size());
        for (std::size_t k = 0; k < rows[r].top.size(); ++k) {
          ASSERT_EQ(rows[r].top[k].id, streamed[r].top[k].id) << k;
          ASSERT_EQ(rows[r].top[k].logit, streamed[r].top[k].logit) << k;
        }
        // The streaming pass's are of float32 logits, each rounded by about 1e-7 of the largest it could be.
        const double deviation = streamed[r].sums.std_deviation(), rounding = 2e-7 * largest_logit(r);
        ASSERT_NEAR(rows[r].sums.std_deviation(), deviation, 1e-9 * deviation + rounding);
        ASSERT_NEAR(a.mean, b.mean, rounding);
      }
    }
  }
}

TEST_P(Screening, BestTokensNeedNoRanks) {
  ThreadTeam team(2);
  const auto screened = ScreenedDecoder::create(decoder_, bias(), team);
  ASSERT_TRUE(screened.ok() && *screened);
  DecodeRequest asked = request(std::min<std::size_t>(3, GetParam().vocab));
  const std::vector<DecodedRow> streamed = decode(asked, 2);
  asked.screened = screened->get();
  asked.ranks = false;
  const std::vector<DecodedRow> rows = decode(asked, 2);
  for (std::size_t r = 0; r < rows.size(); ++r) {
    ASSERT_EQ(rows[r].sums.sums.argmax, streamed[r].sums.sums.argmax) << r;
    ASSERT_EQ(rows[r].sums.sums.max, streamed[r].sums.sums.max) << r;
    ASSERT_EQ(rows[r].sums.target_logit, streamed[r].sums.target_logit) << r;
    ASSERT_TRUE(std::isnan(rows[r].sums.sums.greater)) << r;
    ASSERT_EQ(rows[r].top.size(), streamed[r].top.size()) << r;
    for (std::size_t k = 0; k < rows[r].top.size(); ++k)
      ASSERT_EQ(rows[r].top[k].id, streamed[r].top[k].id) << r;
  }
}

TEST_P(Screening, MomentsAreThoseOfExactLogits) {
  ThreadTeam one(1), three(3);
  const auto moments = DecoderMoments::compute(decoder_, bias(), one);
  const auto again = DecoderMoments::compute(decoder_, bias(), three);
  ASSERT_TRUE(moments.ok() && again.ok());
  const Case& c = GetParam();
  const ConstMatrix x{x_.data(), c.rows, c.width, c.width};
  const auto rows = moments->of_rows(x, one), others = again->of_rows(x, three);
  for (std::size_t r = 0; r < c.rows; r += 3) {
    ASSERT_EQ((*rows)[r].mean, (*others)[r].mean);
    ASSERT_EQ((*rows)[r].variance, (*others)[r].variance);
    std::vector<long double> logits(c.vocab);
    long double mean = 0, variance = 0, length = 0, longest = 0;
    for (std::size_t h = 0; h < c.width; ++h) length += static_cast<long double>(x.row(r)[h]) * x.row(r)[h];
    for (std::size_t v = 0; v < c.vocab; ++v) {
      long double row_length = 0;
      logits[v] = bias() ? bias_[v] : 0;
      for (std::size_t h = 0; h < c.width; ++h) {
        const long double weight = weights_[v * c.width + h];
        logits[v] += static_cast<long double>(x.row(r)[h]) * weight;
        row_length += weight * weight;
      }
      longest = std::max(longest, row_length);
      mean += logits[v] / c.vocab;
    }
    for (const long double logit : logits) variance += (logit - mean) * (logit - mean) / c.vocab;
    const double deviation = static_cast<double>(std::sqrt(variance));
    const double magnitude = static_cast<double>(std::sqrt(length * longest));
    ASSERT_NEAR((*rows)[r].mean, static_cast<double>(mean), 1e-12 * (magnitude + 1));
    if (deviation <= 1e-4 * magnitude) continue;
    ASSERT_NEAR(std::sqrt((*rows)[r].variance), deviation, 1e-9 * deviation);
  }
}

INSTANTIATE_TEST_SUITE_P(Numbers, Screening,
                         testing::Values(Case{2000, 96, 70}, Case{1111, 100, 40, 1, 1, 50},
                                         Case{1500, 64, 60, 0}, Case{1025, 36, 50, 1e-3f},
                                         Case{513, 768, 48, 1, 1e6f}, Case{1, 8, 9}, Case{2, 8, 9},
                                         Case{700, 128, 40, 1, 1, 1, false}, Case{3000, 32, 30, 1, 1e-6f},
                                         Case{4000, 48, 40, 1e-5f}));

TEST(ScreenedDecoder, IsRefusedWhereABoundWouldMeanNothing) {
  ASSERT_TRUE(select_isa().ok());
  ThreadTeam team(1);
  for (float odd : {NAN, INFINITY, 1e20f}) {
    std::vector<float> weights(40 * 8, 0.5f);
    weights[77] = odd;
    const auto screened = ScreenedDecoder::create({weights.data(), 40, 8}, nullptr, team);
    ASSERT_TRUE(screened.ok());
    EXPECT_EQ(*screened, nullptr);
  }
}

TEST(ScreenedRows, RowsThatAreNotFiniteAreLeftToTheStreamingPass) {
  ASSERT_TRUE(select_isa().ok());
  if (!has_int8_products()) GTEST_SKIP() << "no products of bytes here";
  ThreadTeam team(1);
  std::vector<float> weights(40 * 8), x(3 * 8, 1.0f);
  for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = static_cast<float>(i * i % 17);
  x[3] = NAN;
  x[8 + 3] = 3e38f;
  const auto screened = ScreenedDecoder::create({weights.data(), 40, 8}, nullptr, team);
  ASSERT_TRUE(screened.ok() && *screened);
  const auto rows =
      screen_rows(**screened, {x.data(), 3, 8, 8}, std::vector<std::int32_t>{1, 1, 1}, {}, team);
  ASSERT_TRUE(rows.ok());
  EXPECT_FALSE((*rows)[0].bounded || (*rows)[0].answered);
  EXPECT_FALSE((*rows)[1].bounded || (*rows)[1].answered);
  EXPECT_TRUE((*rows)[2].bounded && (*rows)[2].answered);
}

}  // namespace
}  // namespace logitlens
