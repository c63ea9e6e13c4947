// `--precision int8`: what it promises of any model, and that it says how far it strays.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/cpu.h"
#include "engine/drift.h"
#include "logitlens/logitlens.h"
#include "support/golden.h"

namespace logitlens {
namespace {

constexpr const char* seed = "the way you do anything is the way you do everything";

std::string bytes(LensTable table) {
  table.run = {};
  return render(table, "json").value();
}

class Int8 : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    ASSERT_TRUE(select_isa().ok());
    if (!has_int8_products()) GTEST_SKIP() << "no products of bytes here";
    auto model = Model::open(GetParam() == "demo" ? "demo" : test::golden_folder(GetParam()));
    ASSERT_TRUE(model.ok()) << model.error().message();
    model_ = std::make_unique<Model>(*model);
  }
  LensTable sweep(const SweepOptions& options) const {
    auto table = model_->sweep(GetParam() == "esm" ? "MKTAYIAKQRQISFVKSHFSRQ" : seed, options);
    EXPECT_TRUE(table.ok()) << table.error().message();
    return *table;
  }
  std::unique_ptr<Model> model_;
};

TEST_P(Int8, SameBytesForAnyThreadsAndBatches) {
  SweepOptions options{.precision = Precision::int8, .threads = 1};
  const std::string one = bytes(sweep(options));
  for (int threads : {2, 3}) {
    options.threads = threads;
    EXPECT_EQ(one, bytes(sweep(options)));
  }
  for (std::size_t rows : {1u, 77u, 1000u}) {
    options.batch_rows = rows;
    EXPECT_EQ(one, bytes(sweep(options)));
  }
}

TEST_P(Int8, SaysHowFarItStraysAndStaysNear) {
  const LensTable table = sweep({.precision = Precision::int8}), exact = sweep({});
  EXPECT_EQ(table.run.precision, "int8");
  EXPECT_EQ(exact.run.precision, "f32");
  EXPECT_FALSE(exact.run.drift);
  ASSERT_TRUE(table.run.drift);
  const Drift& drift = *table.run.drift;
  EXPECT_GT(drift.rows, 0);
  EXPECT_EQ(drift.states, drift.rows * static_cast<int>(table.layers.size()));
  EXPECT_TRUE(std::ranges::any_of(
      table.notes, [](const std::string& note) { return note.starts_with("computed in int8"); }));
  // The sample's own figures are those of the rows it took.
  double largest = 0, z = 0;
  for (std::size_t r = 0; r < table.rows().size(); ++r)
    for (std::size_t k = 0; k < table.layers.size(); ++k) {
      const double value = exact.rows()[r].values("best_z")[k];
      largest = std::max(largest, std::abs(table.rows()[r].values("best_z")[k] - value));
      z = std::max(z, std::abs(value));
    }
  EXPECT_GT(largest, 0) << "int8 that changes nothing is not int8";
  EXPECT_LT(largest, 0.25 * z);
  // Layer 0 is the embeddings: no product has touched them.
  for (std::size_t r = 0; r < table.rows().size(); ++r)
    EXPECT_EQ(table.rows()[r].values("best_id")[0], exact.rows()[r].values("best_id")[0]);
}

TEST_P(Int8, DoesNotChangeWhatFollowsInFloat32) {
  const std::string before = bytes(sweep({}));
  sweep({.precision = Precision::int8});
  EXPECT_EQ(before, bytes(sweep({})));
}

INSTANTIATE_TEST_SUITE_P(Models, Int8,
                         testing::Values("bert", "bert-cased", "albert", "gpt2", "modernbert", "esm", "demo"),
                         [](const auto& one) {
                           std::string name = one.param;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

TEST(Drift, SamplesAreSpreadAndFew) {
  EXPECT_TRUE(drift_sample(0, 10).empty());
  EXPECT_EQ(drift_sample(1, 512), std::vector<std::size_t>{0});
  EXPECT_EQ(drift_sample(126, 128), std::vector<std::size_t>{63});
  EXPECT_EQ(drift_sample(300, 512), (std::vector<std::size_t>{50, 150, 250}));
  EXPECT_EQ(drift_sample(11, 13).size(), 9u);
  for (std::size_t sequences : {1u, 5u, 11u, 1000u})
    for (std::size_t s : drift_sample(sequences, 13)) EXPECT_LT(s, sequences);
}

TEST(Drift, CountsWhatDiffers) {
  const auto& infos = statistics();
  const auto table_of = [&](std::vector<double> best, std::vector<double> z) {
    LensTable table;
    table.layers = {0, 1};
    table.rows().resize(2);
    for (Row& row : table.rows())
      for (const StatisticInfo& info : infos) {
        if (info.name == "best_id") row.series.push_back({&info, best});
        if (info.name == "best_z") row.series.push_back({&info, z});
      }
    return table;
  };
  const LensTable exact = table_of({3, 4}, {1, 2});
  const std::vector<std::size_t> rows = {1};
  const Drift drift = drift_between(table_of({3, 5}, {1, 2.5}), exact, rows);
  EXPECT_EQ(drift.rows, 1);
  EXPECT_EQ(drift.states, 2);
  EXPECT_EQ(drift.same_best, 1);
  EXPECT_EQ(drift.same_best_last, 0);
  EXPECT_EQ(drift.z, 0.5);
}

TEST(Precision, HasNames) {
  EXPECT_EQ(*parse_precision("f32"), Precision::f32);
  EXPECT_EQ(*parse_precision("int8"), Precision::int8);
  EXPECT_FALSE(parse_precision("f16").ok());
}

}  // namespace
}  // namespace logitlens
