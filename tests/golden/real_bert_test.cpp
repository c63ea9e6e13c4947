// The main job on the real bert-base-uncased, against float64 results of the reference implementation. Runs where the
// environment names the model's folder: LOGITLENS_BERT_BASE (script/test sets it after script/get-bert-base).
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <map>

#include "logitlens/logitlens.h"
#include "support/golden.h"

namespace logitlens {
namespace {

constexpr double z_bound = 1e-5, logprob_bound = 5e-5;
constexpr const char* seed = "the way you do anything is the way you do everything";

class RealBert : public testing::Test {
 protected:
  void SetUp() override {
    const char* folder = std::getenv("LOGITLENS_BERT_BASE");
    if (!folder)
      GTEST_SKIP() << "LOGITLENS_BERT_BASE does not name the folder that script/get-bert-base prints";
    tensorflow_ = folder;
  }

  static void TearDownTestSuite() {
    models().clear();
    std::filesystem::remove_all(converted_folder());
  }

  // Opened once for all tests.
  static std::map<std::string, Model>& models() {
    static std::map<std::string, Model> opened;
    return opened;
  }
  static const Model& open(const std::string& folder) {
    auto at = models().find(folder);
    if (at == models().end()) {
      auto model = Model::open(folder);
      EXPECT_TRUE(model.ok()) << model.error().message();
      at = models().emplace(folder, *model).first;
    }
    return at->second;
  }

  static std::filesystem::path converted_folder() {
    return std::filesystem::temp_directory_path() / ("logitlens-test-bert-base-" + std::to_string(getpid()));
  }
  // The same model as a safetensors directory, converted once.
  std::string safetensors() const {
    const std::string path = converted_folder().string();
    if (!std::filesystem::exists(converted_folder() / "model.safetensors")) {
      const Status status = open(tensorflow_).convert(path);
      EXPECT_TRUE(status.ok()) << status.error().message();
    }
    return path;
  }

  static LensTable sweep(const Model& model, std::string_view text, const SweepOptions& options = {}) {
    auto table = model.sweep(text, options);
    EXPECT_TRUE(table.ok()) << table.error().message();
    return *table;
  }

  static void expect_published(const Model& model) {
    const LensTable fashion = sweep(model, "Hello I'm a [MASK] model.");
    ASSERT_EQ(fashion.rows().size(), 1u);
    const auto& top = fashion.rows()[0].top.back();
    const std::vector<std::pair<std::string, double>> published = {
        {"fashion", 0.10731}, {"role", 0.08775}, {"new", 0.05338}, {"super", 0.04667}, {"fine", 0.02710}};
    ASSERT_EQ(top.size(), published.size());
    for (std::size_t i = 0; i < top.size(); ++i) {
      EXPECT_EQ(top[i].token, published[i].first);
      EXPECT_NEAR(std::exp(top[i].logprob), published[i].second, 6e-6);
    }
    const auto pll = [&](std::string_view text) {
      return sweep(model, text).findings.pseudo_log_likelihood.value();
    };
    EXPECT_NEAR(pll("The keys to the cabinet are on the table."), -13.9627, 1e-4);
    EXPECT_NEAR(pll("The keys to the cabinet is on the table."), -23.4151, 1e-4);
  }

  static double number(const Json& row, std::string_view name, std::size_t layer) {
    return *(*row.find(name)->get<Json::Array>())[layer].number();
  }

  // All 143 cells: 11 masks x 13 layers.
  static void expect_golden(const LensTable& table, const Json& rows, const LensTable& raw) {
    const auto& golden = *rows.get<Json::Array>();
    ASSERT_EQ(table.rows().size(), golden.size());
    for (std::size_t r = 0; r < golden.size(); ++r)
      for (std::size_t layer = 0; layer < 13; ++layer) {
        SCOPED_TRACE("row " + std::to_string(r) + ", layer " + std::to_string(layer));
        const Row& row = table.rows()[r];
        const auto near = [&](std::string_view name, double bound) {
          EXPECT_NEAR(row.values(name)[layer], number(golden[r], name, layer), bound + 5e-7) << name;
        };
        EXPECT_EQ(row.values("best_id")[layer], number(golden[r], "best_id", layer));
        EXPECT_EQ(row.values("target_rank")[layer], number(golden[r], "target_rank", layer));
        near("best_z", z_bound);
        near("target_z", z_bound);
        near("best_logprob", logprob_bound);
        near("target_logprob", logprob_bound);
        near("entropy", logprob_bound);
        near("kl_to_last", logprob_bound);
        EXPECT_EQ(raw.rows()[r].values("best_id")[layer], number(golden[r], "raw_best_id", layer));
        EXPECT_NEAR(raw.rows()[r].values("best_z")[layer], number(golden[r], "raw_best_z", layer), 5e-5);
      }
  }

  static Json golden_rows() {
    static const Json golden =
        test::golden_json(std::string(LL_TEST_DATA) + "/goldens/bert-base-uncased.json");
    return *(*golden.find("sweeps")->get<Json::Array>())[0].find("rows");
  }

  std::string tensorflow_;
};

TEST_F(RealBert, TensorFlowDirectoryGivesTheReference) {
  const Model& model = open(tensorflow_);
  expect_golden(sweep(model, seed), golden_rows(), sweep(model, seed, {.lens = Lens::raw}));
  expect_published(model);
}

TEST_F(RealBert, ConvertedSafetensorsGiveTheReference) {
  const Model& model = open(safetensors());
  expect_golden(sweep(model, seed), golden_rows(), sweep(model, seed, {.lens = Lens::raw}));
  expect_published(model);
}

TEST_F(RealBert, BothDirectoriesAgree) {
  const LensTable a = sweep(open(tensorflow_), seed), b = sweep(open(safetensors()), seed);
  for (std::size_t r = 0; r < a.rows().size(); ++r)
    for (std::string_view name : {"best_z", "target_z"})
      for (std::size_t layer = 0; layer < 13; ++layer)
        EXPECT_NEAR(a.rows()[r].values(name)[layer], b.rows()[r].values(name)[layer], 1e-6);
}

TEST_F(RealBert, SameBytesForAnyThreadsAndBatches) {
  const Model& model = open(tensorflow_);
  const auto bytes = [&](int threads, std::size_t batch_rows) {
    LensTable table = sweep(model, seed, {.threads = threads, .batch_rows = batch_rows});
    table.run = {};
    auto json = render(table, "json");
    EXPECT_TRUE(json.ok());
    return *json;
  };
  const std::string one = bytes(1, 0);
  EXPECT_EQ(one, bytes(2, 0));
  EXPECT_EQ(one, bytes(4, 0));
  EXPECT_EQ(one, bytes(2, 13));  // a mask at a time
  EXPECT_EQ(one, bytes(1, 40));  // three at a time, the last batch smaller
}

}  // namespace
}  // namespace logitlens
