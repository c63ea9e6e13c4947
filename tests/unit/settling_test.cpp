#include "analysis/settling.h"

#include <gtest/gtest.h>

#include <limits>
#include <optional>
#include <vector>

#include "analysis/analyse.h"
#include "sample_table.h"

namespace logitlens {
namespace {

using testing::make_table;
using testing::set;

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

// Target 5; best tokens, ranks and KL as given, z of the target 1, 2, 3, ...
struct Given {
  std::vector<double> best = {}, rank = {}, kl = {}, z = {};
  std::optional<int> target = 5;
};

Settling settle_given(const Given& given, std::vector<int> layers = {}) {
  Row row;
  row.target_id = given.target;
  if (!given.best.empty()) set(row, "best_id", given.best);
  if (!given.rank.empty()) set(row, "target_rank", given.rank);
  if (!given.kl.empty()) set(row, "kl_to_last", given.kl);
  if (!given.z.empty()) set(row, given.target ? "target_z" : "best_z", given.z);
  if (layers.empty())
    for (int k = 0; k < 6; ++k) layers.push_back(k);
  return settle(row, layers, 10, 0.1);
}

TEST(Settling, BestStableIsWhereTheLastBestBeganToStay) {
  EXPECT_EQ(settle_given({.best = {1, 2, 3, 3, 3, 3}}).best_stable, 2);
  EXPECT_EQ(settle_given({.best = {3, 3, 1, 3, 3, 3}}).best_stable, 3);
  EXPECT_EQ(settle_given({.best = {3, 3, 3, 3, 3, 3}}).best_stable, 0);
  EXPECT_EQ(settle_given({.best = {3, 3, 3, 3, 3, 4}}).best_stable, 5);
}

TEST(Settling, TargetStableNeedsTheTargetAtTheLastLayer) {
  EXPECT_EQ(settle_given({.best = {1, 5, 1, 5, 5, 5}}).target_stable, 3);
  EXPECT_EQ(settle_given({.best = {5, 5, 5, 5, 5, 1}}).target_stable, std::nullopt);
  EXPECT_EQ(settle_given({.best = {5, 5, 5, 5, 5, 5}, .target = std::nullopt}).target_stable, std::nullopt);
}

TEST(Settling, TargetStableGoesByRankWhereTheBestTokenWasNotAskedFor) {
  EXPECT_EQ(settle_given({.rank = {4, 0, 2, 0, 0, 0}}).target_stable, 3);
}

// Equal logits: both tokens have rank 0, the lower id is the best.
TEST(Settling, ATiedTargetIsNotBest) {
  EXPECT_EQ(settle_given({.best = {1, 1, 1, 1, 1, 1}, .rank = {0, 0, 0, 0, 0, 0}}).target_stable,
            std::nullopt);
}

TEST(Settling, RankIsReachedAtKNotOnlyBelow) {
  EXPECT_EQ(settle_given({.rank = {99, 11, 10, 3, 40, 0}}).rank_le_k, 2);
  EXPECT_EQ(settle_given({.rank = {99, 11, 12, 13, 14, 15}}).rank_le_k, std::nullopt);
  EXPECT_EQ(settle_given({.rank = {kNone, kNone, kNone, 0, 0, 0}}).rank_le_k, 3);
}

TEST(Settling, DivergenceMustBeBelowEps) {
  EXPECT_EQ(settle_given({.kl = {2, 1, 0.1, 0.09, 1, 0}}).kl_below, 3);
  EXPECT_EQ(settle_given({.kl = {2, 1, 1, 1, 1, 0.5}}).kl_below, std::nullopt);
}

TEST(Settling, LargestJumpIsTheLayerJumpedTo) {
  EXPECT_EQ(settle_given({.z = {1, 2, 3, 7, 8, 9}}).largest_jump, 3);
  EXPECT_EQ(settle_given({.z = {1, 3, 5, 5, 5, 5}}).largest_jump, 1) << "the first of equal jumps";
  EXPECT_EQ(settle_given({.z = {9, 8, 7, 6, 5, 4}}).largest_jump, std::nullopt);
  EXPECT_EQ(settle_given({.z = {1, kNone, 9, 10, 10, 10}}).largest_jump, 3);
  EXPECT_EQ(settle_given({.z = {1, 1, 1, 1, 8, 8}, .target = std::nullopt}).largest_jump, 4)
      << "z of the best token";
}

TEST(Settling, GivesLayerNumbersWhereLayersAreMissing) {
  const Settling settling =
      settle_given({.best = {1, 5, 5}, .rank = {50, 3, 0}, .kl = {1, 1, 0}, .z = {1, 2, 9}}, {2, 7, 12});
  EXPECT_EQ(settling.best_stable, 7);
  EXPECT_EQ(settling.target_stable, 7);
  EXPECT_EQ(settling.rank_le_k, 7);
  EXPECT_EQ(settling.kl_below, 12);
  EXPECT_EQ(settling.largest_jump, 12);
}

TEST(Settling, SaysNothingWithoutStatistics) {
  const Settling settling = settle_given({});
  EXPECT_FALSE(settling.best_stable || settling.target_stable || settling.rank_le_k || settling.kl_below);
  EXPECT_FALSE(settling.largest_jump || settling.knee);
}

TEST(Settling, OneLayerIsStableAndDoesNotJump) {
  const Settling settling = settle_given({.best = {5}, .rank = {0}, .z = {4}}, {3});
  EXPECT_EQ(settling.best_stable, 3);
  EXPECT_EQ(settling.target_stable, 3);
  EXPECT_EQ(settling.largest_jump, std::nullopt);
}

TEST(Analyse, FillsEveryRowAndTheFindings) {
  LensTable table = make_table({"the", "way"}, 3);
  analyse(table);
  for (const Row& row : table.rows()) EXPECT_EQ(row.settling.target_stable, 3);
  ASSERT_TRUE(table.findings.pseudo_log_likelihood);
  EXPECT_DOUBLE_EQ(*table.findings.pseudo_log_likelihood, -0.5);
  ASSERT_EQ(table.findings.pseudo_log_likelihood_per_layer.size(), 4u);
  EXPECT_DOUBLE_EQ(table.findings.pseudo_log_likelihood_per_layer[0], -2.0);
}

TEST(Analyse, PseudoLogLikelihoodOnlyOfTheWholeText) {
  const auto none_after = [](auto change) {
    LensTable table = make_table({"the", "way"}, 3);
    change(table);
    analyse(table);
    return !table.findings.pseudo_log_likelihood && table.findings.pseudo_log_likelihood_per_layer.empty();
  };
  EXPECT_FALSE(none_after([](LensTable&) {}));
  EXPECT_TRUE(none_after([](LensTable& table) { table.run.mask = "1,2"; }));
  EXPECT_TRUE(none_after([](LensTable& table) { table.rows().clear(); }));
  EXPECT_TRUE(none_after([](LensTable& table) { table.rows()[1].target_id.reset(); }));
  EXPECT_TRUE(none_after([](LensTable& table) { table.rows()[1].target_id = 3; }))
      << "another token than the masked one";
  EXPECT_TRUE(none_after([](LensTable& table) { table.model.layers = 9; }))
      << "the last layer is not in the table";
  EXPECT_TRUE(none_after([](LensTable& table) { table.rows()[0].series[4].values[2] = kNone; }));
}

}  // namespace
}  // namespace logitlens
