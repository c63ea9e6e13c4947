// A table read back from its JSON is the table that was written; and no file, whatever is in it, does harm.
#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>
#include <string_view>

#include "logitlens/logitlens.h"
#include "support/golden.h"

namespace logitlens {
namespace {

constexpr const char* kVerse = "In the beginning God created the heaven and the earth.";

LensTable sweep(const SweepOptions& options, std::string_view text = kVerse,
                const std::string& model_name = "demo") {
  auto model = Model::open(model_name);
  EXPECT_TRUE(model.ok());
  auto table = model->sweep(text, options);
  EXPECT_TRUE(table.ok()) << table.error().message();
  return *table;
}

void expect_same_again(const LensTable& table) {
  const std::string json = render(table, "json").value();
  const auto again = parse_table("table.json", json);
  ASSERT_TRUE(again.ok()) << again.error().message();
  for (const char* format : {"json", "ndjson", "csv", "text"})
    EXPECT_EQ(render(*again, format).value(), render(table, format).value()) << format;
  for (const FigureInfo& figure : figures()) {
    for (const char* format : {"svg", "png", "pdf"}) {
      const RenderOptions options{.figure = {.name = figure.name}};
      const auto first = render(table, format, options), second = render(*again, format, options);
      ASSERT_EQ(first.ok(), second.ok()) << figure.name;
      if (first.ok()) {
        EXPECT_EQ(*first, *second) << figure.name << " " << format;
      }
    }
  }
}

TEST(ReadTableProperty, ASweepIsTheSameAfterItsJson) {
  expect_same_again(sweep({}));
  expect_same_again(sweep({.mask = Mask::none, .lens = Lens::raw}));
  expect_same_again(sweep({.mask = Mask::together({2, 5}), .layers = {0, 3, 12}, .top = 1}));
  expect_same_again(sweep({.statistics = {"entropy", "best_id"}}));
  expect_same_again(sweep({}, "[MASK] the earth"));
  expect_same_again(sweep({}, ""));
}

TEST(ReadTableProperty, SoAreStatesWithinTheLayers) {
  const LensTable table = sweep({.taps = Taps::all});
  ASSERT_EQ(table.taps.size(), table.layers.size());
  ASSERT_GT(table.layers.size(), static_cast<std::size_t>(table.model.layers) + 1);
  ASSERT_TRUE(table.findings.pseudo_log_likelihood.has_value());
  ASSERT_TRUE(table.findings.classes.has_value());
  expect_same_again(table);
  expect_same_again(sweep({.mask = Mask::words, .taps = Taps::attention, .layers = {0, 4, 12}, .top = 1}));
  expect_same_again(sweep({.taps = Taps::all, .statistics = {"target_rank", "top"}}));
}

TEST(ReadTableProperty, SoAreWordsPairsAndWindows) {
  const std::string_view text = "In the beginning was the incomprehensible Word.";
  const LensTable words = sweep({.mask = Mask::words}, text);
  ASSERT_LT(words.words.size(), words.rows().size());
  expect_same_again(words);
  expect_same_again(sweep({.mask = Mask::words, .statistics = {"entropy"}}, text));
  expect_same_again(sweep({.mask = Mask::words}, ""));
  const LensTable pair = sweep({.mask = Mask::words, .second = "And the Word was with God, longer still."});
  ASSERT_EQ(pair.words.back().part, 1);
  expect_same_again(pair);
  expect_same_again(sweep({.second = ""}));

  std::string long_text;
  for (int i = 0; i < 60; ++i) long_text += kVerse;
  const LensTable windows = sweep({.mask = Mask::at({1, 300}), .max_length = MaxLength::window}, long_text);
  ASSERT_GT(windows.rows()[1].window, 0);
  expect_same_again(windows);
}

TEST(ReadTableProperty, SoAreDecodersAndFollowedTokens) {
  const LensTable decoded = sweep({}, kVerse, test::golden_folder("gpt2"));
  ASSERT_EQ(decoded.run.predicts, "next");
  expect_same_again(decoded);
  expect_same_again(sweep({.taps = Taps::all}, "", test::golden_folder("gpt2")));
  expect_same_again(sweep({.lens = Lens::final_norm}, kVerse, test::golden_folder("modernbert")));
  const LensTable followed = sweep({.tracked = {"god"}, .track_best = true});
  ASSERT_FALSE(followed.rows()[0].tracked.empty());
  expect_same_again(followed);
}

// Bytes changed, cut out, doubled, and numbers put in the place of others.
std::string damaged(std::string json, std::mt19937& random) {
  const auto below = [&random](std::size_t end) {
    return std::uniform_int_distribution<std::size_t>(0, end - 1)(random);
  };
  static constexpr std::array<std::string_view, 12> kValues = {
      "-1", "0",    "1e308", "99999999999999999999", "null", "[]",
      "{}", "\"\"", "true",  "2147483648",           "1.5",  "-0.0"};
  for (std::size_t i = 0, changes = 1 + below(3); i < changes; ++i) {
    const std::size_t at = below(json.size()), length = 1 + below(8);
    switch (below(5)) {
      case 0: json[at] = static_cast<char>(below(256)); break;
      case 1: json.erase(at, length); break;
      case 2: json.insert(at, json.substr(at, length)); break;
      default: {  // a value in a value's place
        const std::size_t colon = json.find_first_of(":,[", at);
        if (colon == std::string::npos) break;
        const std::size_t end = std::min(json.find_first_of(",]}\n", colon + 1), json.size());
        json.replace(colon + 1, end - colon - 1, kValues[below(kValues.size())]);
      }
    }
  }
  return json;
}

TEST(ReadTableProperty, NoDamageDoesHarm) {
  std::mt19937 random(20240607);
  int read = 0;
  std::vector<std::string> documents;
  for (const SweepOptions& options : {
           SweepOptions{.mask = Mask::at({1, 3}), .layers = {0, 5, 11, 12}, .top = 2},
           SweepOptions{.mask = Mask::words,
                        .taps = Taps::all,
                        .layers = {0, 12},
                        .top = 1,
                        .tracked = {"god"},
                        .second = "And the Word was with God."},
           SweepOptions{.layers = {3, 12}, .top = 1},
       })
    documents.push_back(render(sweep(options), "json").value());
  for (int i = 0; i < 3000; ++i) {
    const auto table =
        parse_table("table.json", damaged(documents[static_cast<std::size_t>(i) % documents.size()], random));
    if (!table.ok()) {
      EXPECT_EQ(table.error().code, Code::bad_input) << table.error().message();
      continue;
    }
    ++read;
    for (const char* format : {"json", "ndjson", "csv", "text"}) EXPECT_TRUE(render(*table, format).ok());
    if (read % 10 != 0) continue;
    for (const FigureInfo& figure : figures())
      (void)render(*table, "svg", {.figure = {.name = figure.name}});  // an error or a picture
  }
  EXPECT_GT(read, 100);
}

}  // namespace
}  // namespace logitlens
