// What must hold of any sweep, whatever the weights: on the tiny goldens and the embedded model.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/cpu.h"
#include "logitlens/logitlens.h"
#include "support/golden.h"

namespace logitlens {
namespace {

constexpr const char* seed = "the way you do anything is the way you do everything";

Model open(const std::string& path) {
  auto model = Model::open(path);
  EXPECT_TRUE(model.ok()) << model.error().message();
  return *model;
}

LensTable sweep(const Model& model, std::string_view text, const SweepOptions& options = {}) {
  auto table = model.sweep(text, options);
  EXPECT_TRUE(table.ok()) << table.error().message();
  return *table;
}

std::string bytes(LensTable table) {
  table.run = {};
  auto json = render(table, "json");
  EXPECT_TRUE(json.ok());
  return *json;
}

class AnyModel : public testing::TestWithParam<std::string> {
 protected:
  Model model_ = open(GetParam() == "demo" ? "demo" : test::golden_folder(GetParam()));
};

TEST_P(AnyModel, SameBytesForAnyThreadsAndBatches) {
  for (const Mask& mask : {Mask::each, Mask::none, Mask::together({2, 5})}) {
    const std::string one = bytes(sweep(model_, seed, {.mask = mask, .threads = 1}));
    for (int threads : {2, 4}) EXPECT_EQ(one, bytes(sweep(model_, seed, {.mask = mask, .threads = threads})));
    for (std::size_t rows : {1u, 30u, 77u, 1000u})
      EXPECT_EQ(one, bytes(sweep(model_, seed, {.mask = mask, .batch_rows = rows})));
  }
}

TEST_P(AnyModel, PermutedMasksGivePermutedRows) {
  const LensTable forwards = sweep(model_, seed, {.mask = Mask::at({1, 4, 9})});
  const LensTable backwards = sweep(model_, seed, {.mask = Mask::at({9, 4, 1})});
  for (std::size_t r = 0; r < 3; ++r)
    for (const Series& series : forwards.rows()[r].series)
      EXPECT_EQ(series.values,
                backwards.rows()[2 - r]
                    .series[static_cast<std::size_t>(&series - forwards.rows()[r].series.data())]
                    .values);
}

TEST_P(AnyModel, BoundsOfEveryStatistic) {
  const ModelDescription description = *model_.describe();
  for (const std::string& lens_name : description.lenses) {
    const Lens lens = *parse_lens(lens_name);
    const LensTable table = sweep(model_, seed, {.lens = lens});
    const double largest_z = std::sqrt(table.model.vocab - 1.0), log_vocab = std::log(table.model.vocab);
    for (const Row& row : table.rows())
      for (std::size_t k = 0; k < table.layers.size(); ++k) {
        const auto value = [&](std::string_view name) { return row.values(name)[k]; };
        EXPECT_GE(value("best_z"), value("target_z"));
        EXPECT_LE(value("best_z"), largest_z * (1 + 1e-9));
        EXPECT_LE(value("target_logprob"), value("best_logprob"));
        EXPECT_LE(value("best_logprob"), 0.0);
        EXPECT_GE(value("entropy"), 0.0);
        EXPECT_LE(value("entropy"), log_vocab * (1 + 1e-9));
        EXPECT_GE(value("kl_to_last"), 0.0);
        EXPECT_EQ(value("target_rank") == 0, value("target_z") == value("best_z"));
        EXPECT_EQ(row.top[k].front().id, static_cast<int>(value("best_id")));
        for (std::size_t i = 1; i < row.top[k].size(); ++i) {
          const TopToken &a = row.top[k][i - 1], &b = row.top[k][i];
          EXPECT_TRUE(a.logit > b.logit || (a.logit == b.logit && a.id < b.id));
        }
      }
    for (const Row& row : table.rows()) EXPECT_EQ(row.values("kl_to_last").back(), 0.0);
  }
}

TEST_P(AnyModel, TopOfTheWholeVocabularyIsEveryToken) {
  const int vocab = model_.info().vocab;
  const LensTable table = sweep(model_, "the way", {.mask = Mask::at({1}), .layers = {0}, .top = vocab});
  const auto& top = table.rows()[0].top[0];
  ASSERT_EQ(top.size(), static_cast<std::size_t>(vocab));
  double sum = 0;
  for (const TopToken& token : top) sum += std::exp(token.logprob);
  EXPECT_NEAR(sum, 1.0, 1e-6);
  const auto rank = static_cast<std::size_t>(table.rows()[0].values("target_rank")[0]);
  EXPECT_EQ(top[rank].logit, [&] {
    for (const TopToken& token : top)
      if (token.id == *table.rows()[0].target_id) return token.logit;
    return static_cast<double>(NAN);
  }());
}

TEST_P(AnyModel, SelectedLayersAreThoseOfTheWhole) {
  const LensTable all = sweep(model_, seed), some = sweep(model_, seed, {.layers = {2, 0}});
  EXPECT_EQ(some.layers, (std::vector<int>{0, 2}));
  for (std::size_t r = 0; r < all.rows().size(); ++r)
    for (std::string_view name : {"best_z", "kl_to_last", "target_rank"}) {
      EXPECT_EQ(some.rows()[r].values(name)[0], all.rows()[r].values(name)[0]);
      EXPECT_EQ(some.rows()[r].values(name)[1], all.rows()[r].values(name)[2]);
    }
}

TEST_P(AnyModel, SelectedStatisticsAreTheOnlyOnes) {
  const LensTable table = sweep(model_, seed, {.statistics = {"target_z", "entropy"}});
  for (const Row& row : table.rows()) {
    ASSERT_EQ(row.series.size(), 2u);
    EXPECT_TRUE(row.top.empty());
    EXPECT_TRUE(row.best.empty());
  }
}

// Without all the logits, where the processor can: the same tokens and ranks, and z as near as float32's own rounding.
TEST_P(AnyModel, SummariesAreThoseOfAllLogits) {
  std::string text;
  while (text.size() < 2000) text += std::string(seed) + ", ";
  SweepOptions options{.mask = Mask::none, .max_length = MaxLength::truncate};
  const LensTable all = sweep(model_, text, options);
  options.statistics = {"best_id", "best_z", "target_z", "mean", "std", "target_rank"};
  const LensTable some = sweep(model_, text, options);
  const std::size_t states = all.rows().size() * all.layers.size();
  EXPECT_EQ(all.run.logits, "all");
  EXPECT_EQ(some.run.logits, has_int8_products() && states >= 3 * static_cast<std::size_t>(all.model.hidden)
                                 ? "screened"
                                 : "all");
  for (std::size_t r = 0; r < all.rows().size(); ++r) {
    EXPECT_EQ(some.rows()[r].best, all.rows()[r].best);
    for (const std::string& name : options.statistics)
      for (std::size_t k = 0; k < all.layers.size(); ++k) {
        const double value = some.rows()[r].values(name)[k], expected = all.rows()[r].values(name)[k];
        if (name == "best_id" || name == "target_rank") {
          ASSERT_EQ(value, expected) << name << " of row " << r << ", layer " << k;
        } else {
          ASSERT_NEAR(value, expected, 1e-6 * (1 + std::abs(expected)))
              << name << " of row " << r << ", layer " << k;
        }
      }
  }
  const std::string one = bytes(some);
  for (int threads : {1, 3}) {
    options.threads = threads;
    EXPECT_EQ(one, bytes(sweep(model_, text, options)));
  }
  // Ranks that nobody asks for are not looked for, and what is derived from them is null.
  SweepOptions fewer = options;
  std::erase(fewer.statistics, "target_rank");
  const LensTable without = sweep(model_, text, fewer);
  EXPECT_EQ(without.run.logits, some.run.logits);
  for (std::size_t r = 0; r < all.rows().size(); ++r) {
    EXPECT_EQ(without.rows()[r].best, some.rows()[r].best);
    EXPECT_EQ(without.rows()[r].settling.rank_le_k,
              some.run.logits == "screened" ? std::nullopt : all.rows()[r].settling.rank_le_k);
  }
  for (std::size_t rows : {1u, 700u}) {
    options.batch_rows = rows;
    EXPECT_EQ(one, bytes(sweep(model_, text, options)));
  }
}

TEST_P(AnyModel, EmptyTextIsSpecialTokensAndNoRows) {
  const LensTable table = sweep(model_, "");
  EXPECT_TRUE(table.rows().empty());
  ASSERT_EQ(table.tokens.size(), 2u);
  EXPECT_TRUE(table.tokens[0].special && table.tokens[1].special);
}

INSTANTIATE_TEST_SUITE_P(Models, AnyModel, testing::Values("bert", "bert-cased", "bert-relu-untied", "demo"),
                         [](const auto& one) {
                           std::string name = one.param;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

// The same promise for every family, inside the blocks too.
class EveryFamily : public testing::TestWithParam<std::string> {};

TEST_P(EveryFamily, SameBytesForAnyThreadsAndBatches) {
  const Model model = open(test::golden_folder(GetParam()));
  const std::string_view text = GetParam() == "esm" ? "MKTAYIAKQRQISFVKSHFSRQ" : seed;
  const std::string one = bytes(sweep(model, text, {.taps = Taps::all, .threads = 1}));
  for (int threads : {2, 4})
    EXPECT_EQ(one, bytes(sweep(model, text, {.taps = Taps::all, .threads = threads})));
  for (std::size_t rows : {1u, 30u, 77u, 1000u})
    EXPECT_EQ(one, bytes(sweep(model, text, {.taps = Taps::all, .batch_rows = rows})));
}

// Texts of a tile's height go through the blocks one by one, where their number suits the threads; else tile by tile.
TEST_P(EveryFamily, SameBytesWhetherATextOrATileIsAWorkersTask) {
  const Model model = open(test::golden_folder(GetParam()));
  const std::string piece = GetParam() == "esm" ? "MKTAYIAKQRQISFVKSHFSRQ" : std::string(seed) + " ";
  std::string text;
  std::size_t tokens = 0;
  for (; tokens < 50; text += piece) tokens = model.tokenize(text + piece)->size();
  ASSERT_LT(tokens, 100u);
  for (Precision precision : {Precision::f32, Precision::int8}) {
    if (precision == Precision::int8 && !has_int8_products()) continue;
    SweepOptions options{.precision = precision, .threads = 1};
    options.taps = Taps::all;
    const std::string one = bytes(sweep(model, text, options));
    for (int threads : {2, 3})
      for (std::size_t sequences : {1u, 3u, 8u}) {
        options.threads = threads;
        options.batch_rows = sequences * tokens;
        EXPECT_EQ(one, bytes(sweep(model, text, options)))
            << threads << " threads, " << sequences << " texts";
      }
  }
}

INSTANTIATE_TEST_SUITE_P(Goldens, EveryFamily, testing::ValuesIn(test::golden_names()), [](const auto& one) {
  std::string name = one.param;
  std::ranges::replace(name, '-', '_');
  return name;
});

}  // namespace
}  // namespace logitlens
