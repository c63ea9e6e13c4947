// Tokens followed through all layers: the same numbers as where the pass over the vocabulary meets them, and as a plain product
// in double precision gives.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

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

LensTable sweep(const Model& model, const SweepOptions& options) {
  auto table = model.sweep(seed, options);
  EXPECT_TRUE(table.ok()) << table.error().message();
  return *table;
}

const TrackedToken* find(const Row& row, int id) {
  const auto at = std::ranges::find(row.tracked, id, &TrackedToken::id);
  return at == row.tracked.end() ? nullptr : &*at;
}

class TrackedTokens : public testing::TestWithParam<std::string> {
 protected:
  Model model_ = open(GetParam() == "demo" ? "demo" : test::golden_folder(GetParam()));
};

TEST_P(TrackedTokens, AgreeWithEveryTokenOfTheTopList) {
  for (Lens lens : {Lens::full, Lens::raw}) {
    const LensTable top = sweep(model_, {.lens = lens, .top = 3});
    SweepOptions options{.lens = lens};
    for (const Row& row : top.rows())
      for (const auto& layer : row.top)
        for (const TopToken& token : layer)
          if (std::ranges::find(options.tracked, token.token) == options.tracked.end())
            options.tracked.push_back(token.token);
    const LensTable table = sweep(model_, options);
    for (std::size_t r = 0; r < top.rows().size(); ++r)
      for (std::size_t k = 0; k < top.layers.size(); ++k)
        for (const TopToken& token : top.rows()[r].top[k]) {
          const TrackedToken* tracked = find(table.rows()[r], token.id);
          ASSERT_TRUE(tracked) << token.token;
          const double scale = 1 + std::abs(token.logit);
          EXPECT_NEAR(tracked->logit[k], token.logit, 2e-5 * scale);
          EXPECT_NEAR(tracked->z[k], token.z, 1e-4 * (1 + std::abs(token.z)));
          EXPECT_NEAR(tracked->logprob[k], token.logprob, 5e-5 * scale);
        }
  }
}

TEST_P(TrackedTokens, WhatWasBestAndTheTargetHaveTheSeriesOwnBits) {
  const LensTable table = sweep(model_, {.track_best = true});
  for (const Row& row : table.rows()) {
    const TrackedToken* target = find(row, *row.target_id);
    ASSERT_TRUE(target);
    for (std::size_t k = 0; k < table.layers.size(); ++k) {
      const auto best = static_cast<int>(row.values("best_id")[k]);
      ASSERT_TRUE(find(row, best));
      EXPECT_EQ(find(row, best)->z[k], row.values("best_z")[k]);
      EXPECT_EQ(find(row, best)->logprob[k], row.values("best_logprob")[k]);
      EXPECT_EQ(target->z[k], row.values("target_z")[k]);
      EXPECT_EQ(target->logprob[k], row.values("target_logprob")[k]);
    }
  }
}

TEST_P(TrackedTokens, NothingElseChangesAndNoThreadDoes) {
  const auto bytes = [](LensTable table) {
    table.run = {};
    return *render(table, "json");
  };
  SweepOptions options{.track_best = true, .threads = 1};
  const std::string one = bytes(sweep(model_, options));
  options.threads = 4;
  EXPECT_EQ(bytes(sweep(model_, options)), one);
  options.batch_rows = 20;
  EXPECT_EQ(bytes(sweep(model_, options)), one);
  LensTable without = sweep(model_, options);
  for (Row& row : without.rows()) row.tracked.clear();
  EXPECT_EQ(bytes(without), bytes(sweep(model_, {})));
}

TEST_P(TrackedTokens, ChosenPositionsAreRowsOfTheWholeSweep) {
  const LensTable all = sweep(model_, {});
  const LensTable some = sweep(model_, {.positions = {8, 3}});
  ASSERT_EQ(some.rows().size(), 2u);
  EXPECT_EQ(some.run.mask, "8,3");
  EXPECT_FALSE(some.findings.pseudo_log_likelihood) << "of some rows only";
  for (std::size_t s = 0; s < 2; ++s) {
    const auto row = std::ranges::find(all.rows(), some.rows()[s].position, &Row::position);
    for (std::size_t i = 0; i < row->series.size(); ++i)
      EXPECT_EQ(some.rows()[s].series[i].values, row->series[i].values);
  }
  EXPECT_EQ(model_.sweep(seed, {.positions = {0}}).error().code, Code::usage) << "[CLS] has no row";
  EXPECT_EQ(model_.sweep(seed, {.positions = {99}}).error().code, Code::usage);
}

TEST_P(TrackedTokens, ATokenThatIsNone) {
  const auto table = model_.sweep(seed, {.tracked = {"no such token"}});
  ASSERT_FALSE(table.ok());
  EXPECT_EQ(table.error().code, Code::usage);
  EXPECT_EQ(table.error().field, "--token");
}

INSTANTIATE_TEST_SUITE_P(AnyModel, TrackedTokens, testing::Values("demo", "bert", "bert-relu-untied"),
                         [](const auto& one) {
                           std::string name = one.param;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace logitlens
