// The engine against the reference implementation's results on tiny random checkpoints: hidden states of every layer, lens,
// sweep, tokenizer.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "logitlens/logitlens.h"
#include "support/golden.h"

namespace logitlens {
namespace {

using test::GoldenFile;

constexpr double bound = 1e-4;  // of the largest magnitude

class TinyModel : public testing::TestWithParam<std::string> {
 protected:
  TinyModel()
      : golden_(folder() + "/golden.safetensors"), json_(test::golden_json(folder() + "/golden.json")) {}

  static std::string folder() { return test::golden_folder(GetParam()); }
  Model open() const {
    auto model = Model::open(folder());
    EXPECT_TRUE(model.ok()) << (model.ok() ? "" : model.error().message());
    return *model;
  }
  std::string text() const { return *json_.find("text")->get<std::string>(); }

  GoldenFile golden_;
  Json json_;
};

TEST_P(TinyModel, HiddenStatesOfEveryLayer) {
  const std::vector<float> reference = golden_.floats("hidden_states");
  auto states = open().hidden_states(text());
  ASSERT_TRUE(states.ok());
  ASSERT_EQ(states->values.size(), reference.size());
  double largest = 0;
  for (float value : reference) largest = std::max(largest, std::abs(static_cast<double>(value)));
  for (std::size_t i = 0; i < reference.size(); ++i)
    ASSERT_NEAR(static_cast<double>(states->values[i]), static_cast<double>(reference[i]), bound * largest)
        << i;
}

// Statistics of one row of reference logits, in plain double precision.
struct Brute {
  explicit Brute(std::span<const float> logits) : x(logits.begin(), logits.end()) {
    for (double v : x) mean += v / static_cast<double>(x.size());
    for (double v : x) variance += (v - mean) * (v - mean) / static_cast<double>(x.size());
    best = static_cast<std::size_t>(std::ranges::max_element(x) - x.begin());
    double sum = 0;
    for (double v : x) sum += std::exp(v - x[best]);
    log_sum = x[best] + std::log(sum);
  }
  double z(std::size_t id) const { return (x[id] - mean) / std::sqrt(variance); }
  double entropy() const {
    double h = 0;
    for (double v : x) h -= std::exp(v - log_sum) * (v - log_sum);
    return h;
  }
  double kl_to(const Brute& other) const {  // KL(this || other)
    double kl = 0;
    for (std::size_t i = 0; i < x.size(); ++i)
      kl += std::exp(x[i] - log_sum) * (x[i] - log_sum - other.x[i] + other.log_sum);
    return kl;
  }
  // Whether the two best logits are too close to tell apart in float32.
  bool tied() const {
    std::vector<double> sorted = x;
    std::ranges::partial_sort(sorted, sorted.begin() + 2, std::greater());
    return sorted[0] - sorted[1] < 1e-4;
  }

  std::vector<double> x;
  double mean = 0, variance = 0, log_sum = 0;
  std::size_t best = 0;
};

void expect_target(const Row& row, std::size_t layer, const Brute& brute);

void expect_row(const Row& row, std::size_t layer, const Brute& brute, const Brute& last) {
  const auto value = [&](std::string_view name) { return row.values(name)[layer]; };
  if (!brute.tied()) {
    EXPECT_EQ(value("best_id"), static_cast<double>(brute.best));
    EXPECT_EQ(row.top[layer][0].id, static_cast<int>(brute.best));
  }
  EXPECT_NEAR(value("best_z"), brute.z(brute.best), 1e-3);
  EXPECT_NEAR(value("mean"), brute.mean, 1e-3);
  EXPECT_NEAR(value("std"), std::sqrt(brute.variance), 1e-3);
  EXPECT_NEAR(value("best_logprob"), brute.x[brute.best] - brute.log_sum, 1e-3);
  EXPECT_NEAR(value("entropy"), brute.entropy(), 1e-3);
  EXPECT_NEAR(value("kl_to_last"), last.kl_to(brute), 1e-3);
  if (row.target_id) expect_target(row, layer, brute);
}

void expect_target(const Row& row, std::size_t layer, const Brute& brute) {
  const auto value = [&](std::string_view name) { return row.values(name)[layer]; };
  const auto target = static_cast<std::size_t>(*row.target_id);
  EXPECT_NEAR(value("target_z"), brute.z(target), 1e-3);
  EXPECT_NEAR(value("target_logprob"), brute.x[target] - brute.log_sum, 1e-3);
  const auto beats = [&](double v, double margin) { return v > brute.x[target] + margin; };
  EXPECT_GE(value("target_rank"),
            static_cast<double>(std::ranges::count_if(brute.x, [&](double v) { return beats(v, 1e-4); })));
  EXPECT_LE(
      value("target_rank"),
      static_cast<double>(std::ranges::count_if(brute.x, [&](double v) { return beats(v, -1e-4); })) - 1);
}

TEST_P(TinyModel, SweepOverEveryMask) {
  if (!golden_.has("sweep_lens_full")) {  // a decoder: there is nothing to mask
    auto table = open().sweep(text(), {.mask = Mask::each});
    ASSERT_FALSE(table.ok());
    EXPECT_EQ(table.error().code, Code::usage);
    return;
  }
  const std::vector<float> logits = golden_.floats("sweep_lens_full");  // [M, L+1, V]
  const auto& shape = golden_.shape("sweep_lens_full");
  const std::size_t layers = shape[1], vocab = shape[2];
  auto table = open().sweep(text());
  ASSERT_TRUE(table.ok());
  ASSERT_EQ(table->rows().size(), shape[0]);
  const std::vector<std::int32_t> positions = golden_.ids("sweep_positions");
  for (std::size_t m = 0; m < shape[0]; ++m) {
    const Row& row = table->rows()[m];
    EXPECT_EQ(row.position, positions[m]);
    const auto at = [&](std::size_t layer) {
      return Brute(std::span(logits).subspan((m * layers + layer) * vocab, vocab));
    };
    const Brute last = at(layers - 1);
    for (std::size_t layer = 0; layer < layers; ++layer) expect_row(row, layer, at(layer), last);
  }
}

TEST_P(TinyModel, UnmaskedLensFullAndRaw) {
  for (auto [name, lens] : {std::pair{"lens_full", Lens::full}, {"lens_raw", Lens::raw}}) {
    if (!golden_.has(name)) {  // the widths differ: there is no such lens
      auto table = open().sweep(text(), {.mask = Mask::none, .lens = lens});
      ASSERT_FALSE(table.ok());
      EXPECT_NE(table.error().message().find("full"), std::string::npos);
      continue;
    }
    const std::vector<float> logits = golden_.floats(name);  // [L+1, T, V]
    const auto& shape = golden_.shape(name);
    auto table = open().sweep(text(), {.mask = Mask::none, .lens = lens});
    ASSERT_TRUE(table.ok());
    ASSERT_EQ(table->rows().size(), shape[1]);
    for (std::size_t t = 0; t < shape[1]; ++t) {
      const auto at = [&](std::size_t layer) {
        return Brute(std::span(logits).subspan((layer * shape[1] + t) * shape[2], shape[2]));
      };
      const Brute last = at(shape[0] - 1);
      EXPECT_FALSE(table->rows()[t].masked);
      for (std::size_t layer = 0; layer < shape[0]; ++layer)
        expect_row(table->rows()[t], layer, at(layer), last);
    }
  }
}

TEST_P(TinyModel, EveryTokenizerCase) {
  const Model model = open();
  const auto* cases = json_.find("tokenizer_cases")->get<Json::Array>();
  ASSERT_NE(cases, nullptr);
  ASSERT_GE(cases->size(), 5u);
  for (const Json& one : *cases) {
    const std::string& given = *one.find("text")->get<std::string>();
    auto tokens = model.tokenize(given);
    ASSERT_TRUE(tokens.ok()) << given;
    std::vector<std::int64_t> ids, expected;
    for (const Token& token : *tokens) ids.push_back(token.id);
    for (const Json& id : *one.find("ids")->get<Json::Array>()) expected.push_back(*id.integer());
    EXPECT_EQ(ids, expected) << given;
  }
}

TEST_P(TinyModel, VerifyPassesByItselfAndAgainstTheGolden) {
  const Model model = open();
  for (const auto& golden : {std::optional<std::string>(), std::optional(folder() + "/golden.safetensors")}) {
    auto report = model.verify(golden);
    ASSERT_TRUE(report.ok()) << report.error().message();
    for (const Check& check : report->checks) EXPECT_TRUE(check.passed) << check.name << ": " << check.detail;
  }
}

INSTANTIATE_TEST_SUITE_P(Goldens, TinyModel, testing::ValuesIn(test::golden_names()), [](const auto& one) {
  std::string name = one.param;
  std::ranges::replace(name, '-', '_');
  return name;
});

}  // namespace
}  // namespace logitlens
