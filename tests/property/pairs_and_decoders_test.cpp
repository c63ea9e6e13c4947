// What a sweep promises of two texts, of long texts and of decoders, on models.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "logitlens/logitlens.h"
#include "support/golden.h"

namespace logitlens {
namespace {

constexpr const char* seed = "the way you do anything is the way you do everything";

Model open(const std::string& name) {
  auto model = Model::open(test::golden_folder(name));
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
  return *render(table, "json");
}

// A text of several hundred tokens: more than a tiny model's positions.
std::string long_text(const Model& model) {
  std::string text;
  const int positions = model.describe()->positions;
  for (int words = 0; words < 3 * positions; words += 11) text += std::string(seed) + " ";
  return text;
}

TEST(LongTexts, SameBytesForAnyThreadsAndBatches) {
  const Model model = open("bert");
  const std::string text = long_text(model);
  for (const Mask& mask : {Mask::none, Mask::words}) {
    const SweepOptions options{.mask = mask, .layers = {0, 1}, .top = 1, .max_length = MaxLength::window};
    const auto with = [&](int threads, std::size_t rows) {
      SweepOptions changed = options;
      changed.threads = threads;
      changed.batch_rows = rows;
      return bytes(sweep(model, text, changed));
    };
    const std::string once = with(1, 0);
    EXPECT_EQ(once, with(4, 0));
    EXPECT_EQ(once, with(2, 1));
  }
}

TEST(LongTexts, EveryPositionHasItsRowWhateverTheStride) {
  const Model model = open("bert");
  const std::string text = long_text(model);
  for (int stride : {0, 1, 7}) {
    const LensTable table = sweep(model, text,
                                  {.mask = Mask::none,
                                   .layers = {0},
                                   .top = 1,
                                   .max_length = MaxLength::window,
                                   .window_stride = stride});
    EXPECT_EQ(table.run.mask, "none");
    EXPECT_GT(table.run.windows, 2u);
    ASSERT_EQ(table.rows().size(), table.tokens.size());
    for (std::size_t t = 0; t < table.tokens.size(); ++t) {
      EXPECT_EQ(table.rows()[t].position, static_cast<int>(t));
      EXPECT_EQ(table.rows()[t].target_id, table.tokens[t].id);
    }
  }
}

TEST(Pairs, AreRefusedInWindows) {
  const Model model = open("bert");
  const auto table = model.sweep("the way", {.max_length = MaxLength::window, .second = "you do"});
  ASSERT_FALSE(table.ok());
  EXPECT_EQ(table.error().code, Code::usage);
  EXPECT_EQ(model.hidden_states("the way", MaxLength::window).error().code, Code::usage);
}

TEST(Pairs, HiddenStatesAreThoseOfTheSweepsTokens) {
  const Model model = open("bert");
  const auto states = model.hidden_states("the way", MaxLength::refuse, 1, "you do");
  ASSERT_TRUE(states.ok());
  const LensTable table = sweep(model, "the way", {.second = "you do"});
  ASSERT_EQ(states->text.size(), table.tokens.size());
  for (std::size_t t = 0; t < table.tokens.size(); ++t) EXPECT_EQ(states->text[t].id, table.tokens[t].id);
}

// The same ids, once with the second text's token types and once without.
TEST(Pairs, TokenTypesReachTheModel) {
  const Model model = open("bert");
  const auto pair = model.hidden_states("the way", MaxLength::refuse, 1, "you do");
  const auto one = model.hidden_states("the way [SEP] you do", MaxLength::refuse, 1);
  ASSERT_TRUE(pair.ok() && one.ok());
  ASSERT_EQ(pair->values.size(), one->values.size());
  for (std::size_t t = 0; t < pair->tokens; ++t) EXPECT_EQ(pair->text[t].id, one->text[t].id);
  EXPECT_NE(pair->values, one->values);
  const auto row = [&](const HiddenStates& states, std::size_t t) {  // of the embeddings
    return std::vector<float>(states.values.begin() + static_cast<std::ptrdiff_t>(t * states.hidden),
                              states.values.begin() + static_cast<std::ptrdiff_t>((t + 1) * states.hidden));
  };
  EXPECT_EQ(row(*pair, 1), row(*one, 1));
  EXPECT_NE(row(*pair, 4), row(*one, 4));
}

class Decoder : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    auto model = Model::open(test::golden_folder(GetParam()));
    ASSERT_TRUE(model.ok()) << model.error().message();
    model_.emplace(std::move(*model));
  }
  std::optional<Model> model_;
};

TEST_P(Decoder, EveryRowIsAboutTheNextToken) {
  const LensTable table = sweep(*model_, seed);
  EXPECT_EQ(table.run.mask, "none");
  EXPECT_EQ(table.run.predicts, "next");
  ASSERT_EQ(table.rows().size(), table.tokens.size());
  for (std::size_t t = 0; t < table.tokens.size(); ++t) {
    const Row& row = table.rows()[t];
    EXPECT_EQ(row.position, static_cast<int>(t));
    EXPECT_FALSE(row.masked);
    if (t + 1 < table.tokens.size()) {
      EXPECT_EQ(row.target_id, table.tokens[t + 1].id);
    } else {
      EXPECT_FALSE(row.target_id);
    }
  }
  const auto noted = [&](std::string_view part) {
    return std::ranges::any_of(table.notes,
                               [&](const std::string& note) { return note.find(part) != std::string::npos; });
  };
  EXPECT_TRUE(noted("the row at position t is about token t + 1"));
  EXPECT_TRUE(noted("the last row has no target"));
  EXPECT_NE(render(table, "text")->find("every position predicts the next token"), std::string::npos);
  EXPECT_EQ(bytes(table), bytes(sweep(*model_, seed, {.mask = Mask::none})));
}

TEST_P(Decoder, HasNoOtherMask) {
  for (const Mask& mask : {Mask::each, Mask::words, Mask::at({1})}) {
    const auto table = model_->sweep(seed, {.mask = mask});
    ASSERT_FALSE(table.ok());
    EXPECT_EQ(table.error().code, Code::usage);
    EXPECT_EQ(table.error().field, "--mask");
    EXPECT_NE(table.error().found, "none");
  }
}

TEST_P(Decoder, AnEmptyTextHasNoRows) { EXPECT_TRUE(sweep(*model_, "").rows().empty()); }

// What stands to the right of a position changes nothing.
TEST_P(Decoder, SeesOnlyWhatStandsBefore) {
  const LensTable whole = sweep(*model_, seed), part = sweep(*model_, std::string_view(seed).substr(0, 11));
  for (std::size_t t = 0; t + 1 < part.rows().size(); ++t)
    for (std::string_view name : {"best_z", "target_z"}) {
      const auto a = whole.rows()[t].values(name), b = part.rows()[t].values(name);
      for (std::size_t k = 0; k < a.size(); ++k) EXPECT_NEAR(a[k], b[k], 1e-4) << name << " at " << t;
    }
}

INSTANTIATE_TEST_SUITE_P(Models, Decoder, testing::Values("gpt2", "gpt-neox", "llama", "qwen2", "qwen3"),
                         [](const auto& one) {
                           std::string name = one.param;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace logitlens
