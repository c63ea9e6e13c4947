// The pass over the vocabulary against the definitions, on logits of any kind: huge, tied, constant, a vocabulary of one
// token; for any number of threads and whatever else is decoded at the same time.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "lens/vocabulary_sweep.h"

namespace logitlens {
namespace {

using Real = long double;
using Floats = std::vector<float>;

// Stated beside update_sums; nats of logits beyond a thousand in proportion, as float64 has fewer decimals there.
constexpr double z_relative = 1e-6, nats_absolute = 1e-6;

// Logits of a kind each, [n].
const std::vector<std::string> kinds = {"normal", "wide",        "narrow",    "tied",       "constant",
                                        "huge",   "one outlier", "ascending", "descending", "two values"};

Floats draw(const std::string& kind, std::size_t n, std::mt19937& random) {
  std::normal_distribution<float> normal(0, 1);
  Floats x(n);
  for (float& one : x) one = normal(random);
  const auto at = [&] { return random() % n; };
  if (kind == "wide")
    for (float& one : x) one = 300 * one - 500;
  if (kind == "narrow")
    for (float& one : x) one = 40 + one / 256;
  if (kind == "tied")
    for (float& one : x) one = std::round(2 * one);
  if (kind == "constant") std::ranges::fill(x, x[0]);
  if (kind == "huge")
    for (int i = 0; i < 4; ++i) x[at()] = i % 2 == 0 ? 3e38f : -3e38f;
  if (kind == "one outlier") x[at()] = 1e6f;
  if (kind == "ascending") std::ranges::sort(x);
  if (kind == "descending") std::ranges::sort(x, std::greater<>());
  if (kind == "two values")
    for (float& one : x) one = one > 0 ? 1.0f : -1.0f;
  for (float& one : x) one += 0.0f;  // no -0: the product adds zeros to every logit
  return x;
}

// Rows of chosen logits: row r is the unit vector r, so its logits are column r of the decoder, to the bit.
struct Chosen {
  std::vector<Floats> logits;  // [rows][V]
  std::size_t group_rows = 1;
  std::vector<std::optional<std::int32_t>> targets;
  std::size_t top = 0;

  std::vector<DecodedRow> decode(int threads) const {
    const std::size_t rows = logits.size(), vocab = logits[0].size();
    Floats decoder(vocab * rows), units(rows * rows, 0.0f);
    for (std::size_t r = 0; r < rows; ++r) {
      units[r * rows + r] = 1;
      for (std::size_t id = 0; id < vocab; ++id) decoder[id * rows + r] = logits[r][id];
    }
    Weight weight;
    weight.data = decoder.data();
    weight.rows = vocab;
    weight.cols = rows;
    const DecodeRequest request{.decoder = &weight,
                                .bias = nullptr,
                                .rows = {units.data(), rows, rows, rows},
                                .group_rows = group_rows,
                                .targets = targets,
                                .top = top,
                                .with_state = {}};
    ThreadTeam team(threads);
    auto decoded = decode_rows(request, team);
    EXPECT_TRUE(decoded.ok());
    return std::move(decoded).value();
  }
};

Chosen chosen(std::mt19937& random, std::size_t vocab, std::size_t groups, std::size_t group_rows) {
  Chosen all{.logits = {},
             .group_rows = group_rows,
             .targets = {},
             .top = std::min<std::size_t>(random() % 7, vocab)};
  for (std::size_t r = 0; r < groups * group_rows; ++r)
    all.logits.push_back(draw(kinds[random() % kinds.size()], vocab, random));
  for (std::size_t g = 0; g < groups; ++g)
    all.targets.push_back(random() % 4 == 0 ? std::optional<std::int32_t>()
                                            : static_cast<std::int32_t>(random() % vocab));
  return all;
}

double value_of(const DecodedRow& row, std::string_view name) {
  for (const Statistic& statistic : statistic_registry())
    if (statistic.info.name == name) return statistic.finish(row.sums);
  ADD_FAILURE() << "no statistic " << name;
  return NAN;
}

// log softmax of x at one of its logits: relative to the largest, without which the sum is lost beside 3e38.
struct LogSoftmax {
  Real max = 0, log_sum = 0;

  explicit LogSoftmax(const Floats& x) : max(*std::ranges::max_element(x)) {
    Real sum = 0;
    for (float one : x) sum += std::exp(static_cast<Real>(one) - max);
    log_sum = std::log(sum);
  }
  Real operator()(float logit) const { return static_cast<Real>(logit) - max - log_sum; }
};

// Every statistic of row r by its definition.
void expect_by_definition(const Chosen& all, std::size_t r, const DecodedRow& row) {
  const Floats& x = all.logits[r];
  const std::size_t group = r / all.group_rows;
  const Floats& last = all.logits[(group + 1) * all.group_rows - 1];
  const auto n = static_cast<Real>(x.size());
  const auto best = static_cast<std::size_t>(std::ranges::max_element(x) - x.begin());
  Real mean = 0, variance = 0, entropy = 0, divergence = 0;
  for (float one : x) mean += static_cast<Real>(one) / n;
  for (float one : x) variance += (static_cast<Real>(one) - mean) * (static_cast<Real>(one) - mean) / n;
  const LogSoftmax log_softmax(x), last_log_softmax(last);
  double largest = 1000;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const Real log_p = log_softmax(x[i]), log_q = last_log_softmax(last[i]);
    entropy -= std::exp(log_p) * log_p;
    divergence += std::exp(log_q) * (log_q - log_p);
    largest = std::max({largest, std::abs(double{x[i]}), std::abs(double{last[i]})});
  }
  const bool constant = std::ranges::all_of(x, [&](float one) { return one == x[0]; });
  const Real deviation = constant ? 0 : std::sqrt(variance);
  const double nats = nats_absolute * largest / 1000;
  const auto near = [&](std::string_view name, Real exact, double bound) {
    const double found = value_of(row, name);
    EXPECT_NEAR(found, static_cast<double>(exact), bound) << name;
  };
  EXPECT_EQ(value_of(row, "best_id"), static_cast<double>(best));
  near("mean", mean, z_relative * static_cast<double>(std::max(deviation, std::abs(mean) * 1e-6L)));
  near("std", deviation, z_relative * static_cast<double>(deviation));
  near("best_logprob", log_softmax(x[best]), nats);
  near("entropy", entropy, nats);
  near("kl_to_last", divergence, nats);
  EXPECT_GE(value_of(row, "kl_to_last"), 0);
  if (r % all.group_rows == all.group_rows - 1) {
    EXPECT_EQ(value_of(row, "kl_to_last"), 0);
  }
  const auto near_z = [&](std::string_view name, float logit) {
    if (constant) {
      EXPECT_TRUE(std::isnan(value_of(row, name))) << name;
    } else {
      const Real z = (logit - mean) / deviation;
      near(name, z, z_relative * std::max(1.0, std::abs(static_cast<double>(z))));
    }
  };
  near_z("best_z", x[best]);
  if (const auto target = all.targets[group]) {
    const float logit = x[static_cast<std::size_t>(*target)];
    near_z("target_z", logit);
    near("target_logprob", log_softmax(logit), nats);
    EXPECT_EQ(value_of(row, "target_rank"),
              static_cast<double>(std::ranges::count_if(x, [&](float one) { return one > logit; })));
  }
  std::vector<std::int32_t> order(x.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(
      order, [&](auto a, auto b) { return x[static_cast<std::size_t>(a)] > x[static_cast<std::size_t>(b)]; });
  ASSERT_EQ(row.top.size(), all.top);
  for (std::size_t i = 0; i < row.top.size(); ++i) {
    EXPECT_EQ(row.top[i].id, order[i]);
    EXPECT_EQ(row.top[i].logit, x[static_cast<std::size_t>(order[i])]);
  }
}

// Of every statistic, and the list, to the bit.
void expect_same(const DecodedRow& a, const DecodedRow& b) {
  for (const Statistic& statistic : statistic_registry())
    EXPECT_EQ(std::bit_cast<std::uint64_t>(statistic.finish(a.sums)),
              std::bit_cast<std::uint64_t>(statistic.finish(b.sums)))
        << statistic.info.name;
  ASSERT_EQ(a.top.size(), b.top.size());
  for (std::size_t i = 0; i < a.top.size(); ++i) {
    EXPECT_EQ(a.top[i].id, b.top[i].id);
    EXPECT_EQ(std::bit_cast<std::uint32_t>(a.top[i].logit), std::bit_cast<std::uint32_t>(b.top[i].logit));
  }
}

// One, few, and around the sizes of a tile and of a segment.
const std::size_t vocabularies[] = {1, 2, 3, 17, 511, 512, 513, 1023, 1024, 1025, 2055};

TEST(DecodedRows, AreTheDefinitionsOfAnyLogits) {
  std::mt19937 random(7);
  for (std::size_t vocab : vocabularies)
    for (int repeat = 0; repeat < 6; ++repeat) {
      const std::size_t group_rows = 1 + random() % 5, groups = 1 + random() % 4;
      const Chosen all = chosen(random, vocab, groups, group_rows);
      const std::vector<DecodedRow> rows = all.decode(1 + repeat % 3);
      ASSERT_EQ(rows.size(), groups * group_rows);
      for (std::size_t r = 0; r < rows.size(); ++r) {
        SCOPED_TRACE("vocabulary " + std::to_string(vocab) + ", repeat " + std::to_string(repeat) + ", row " +
                     std::to_string(r));
        expect_by_definition(all, r, rows[r]);
        if (HasFailure()) return;
      }
    }
}

TEST(DecodedRows, OfEveryKindAgainstEveryKindOfLastLayer) {
  std::mt19937 random(11);
  for (std::size_t vocab : {1u, 700u})
    for (const std::string& kind : kinds)
      for (const std::string& last : kinds) {
        Chosen all{.logits = {draw(kind, vocab, random), draw(last, vocab, random)},
                   .group_rows = 2,
                   .targets = {static_cast<std::int32_t>(vocab / 2)},
                   .top = 1};
        const std::vector<DecodedRow> rows = all.decode(1);
        SCOPED_TRACE(kind + " against " + last);
        for (std::size_t r = 0; r < 2; ++r) expect_by_definition(all, r, rows[r]);
        if (HasFailure()) return;
      }
}

TEST(DecodedRows, AreTheSameForAnyNumberOfThreads) {
  std::mt19937 random(13);
  for (std::size_t vocab : {1u, 513u, 5000u}) {
    const Chosen all = chosen(random, vocab, 9, 4);
    const std::vector<DecodedRow> one = all.decode(1);
    for (int threads : {2, 3, 8}) {
      const std::vector<DecodedRow> several = all.decode(threads);
      for (std::size_t r = 0; r < one.size(); ++r) expect_same(one[r], several[r]);
    }
  }
}

// States and weights as a model has them: here a product's bytes could depend on what else is multiplied.
TEST(DecodedRows, AreTheSameWhateverElseIsDecoded) {
  std::mt19937 random(17);
  std::normal_distribution<float> normal(0, 1);
  for (std::size_t hidden : {1u, 7u, 36u, 128u, 768u}) {
    const std::size_t vocab = 1100, group_rows = 3, groups = 120;  // more than one chunk
    Floats decoder(vocab * hidden), bias(vocab), states(groups * group_rows * hidden);
    for (Floats* values : {&decoder, &bias, &states})
      for (float& one : *values) one = normal(random);
    Weight weight;
    weight.data = decoder.data();
    weight.rows = vocab;
    weight.cols = hidden;
    ThreadTeam team(2);
    const auto decode = [&](std::size_t first, std::size_t count) {
      DecodeRequest request{
          .decoder = &weight,
          .bias = bias.data(),
          .rows = {states.data() + first * group_rows * hidden, count * group_rows, hidden, hidden},
          .group_rows = group_rows,
          .targets = {},
          .top = 3,
          .with_state = {}};
      for (std::size_t g = first; g < first + count; ++g)
        request.targets.emplace_back(static_cast<std::int32_t>(g * 37 % vocab));
      auto decoded = decode_rows(request, team);
      EXPECT_TRUE(decoded.ok());
      return std::move(decoded).value();
    };
    const std::vector<DecodedRow> together = decode(0, groups);
    for (std::size_t first = 0; first < groups;) {
      const std::size_t count = std::min<std::size_t>(1 + random() % 40, groups - first);
      const std::vector<DecodedRow> some = decode(first, count);
      for (std::size_t r = 0; r < some.size(); ++r) {
        SCOPED_TRACE("hidden " + std::to_string(hidden) + ", group " +
                     std::to_string(first + r / group_rows));
        expect_same(some[r], together[first * group_rows + r]);
        if (HasFailure()) return;
      }
      first += count;
    }
  }
}

}  // namespace
}  // namespace logitlens
