// Figures of traces and ladders: labels that never touch, the same bytes twice, and what they say.
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "analysis/analyse.h"
#include "labels.h"
#include "render/documents.h"
#include "sample_table.h"

namespace logitlens {
namespace {

using testing::id_of;
using testing::make_table;

// Words of several scripts, over and over.
const std::vector<std::vector<std::string>> kWords = {
    {"the", "way", "you", "do", "anything", "##ing", "incomprehensibilities", ",", "I"},
    {"今", "天", "气", "我们去公园"},
    {"في", "البدء", "خلق", "السماوات"},
    {"आदि", "में", "परमेश्वर", "सृष्टि"},
    {"😀", "👩‍💻", "🇫🇷", "👍🏽"}};

LensTable table_of(const std::vector<std::string>& words, std::size_t tokens, int layers,
                   const std::string& lens) {
  std::vector<std::string> text;
  for (std::size_t i = 0; i < tokens; ++i) text.push_back(words[i % words.size()]);
  LensTable table = make_table(text, layers);
  table.run.lens = lens;
  for (Row& row : table.rows()) {
    row.tracked.clear();
    for (const std::string& word : {row.target, std::string("of"), words.back() + "s", std::string("that")}) {
      TrackedToken one{static_cast<int>(id_of(word)), word, {}, {}, {}};
      for (int k = 0; k <= layers; ++k) {  // flat, then up
        const double z = k * 2 > layers ? 1.5 * k + id_of(word) / 30011 : 1.0;
        one.z.push_back(z);
        one.logit.push_back(10 * z);
        one.logprob.push_back(z - 20);
      }
      row.tracked.push_back(one);
    }
  }
  analyse(table);
  return table;
}

Trace trace_of(const std::vector<std::string>& words, std::size_t tokens, int layers,
               const std::vector<std::string>& lenses) {
  std::vector<LensTable> tables;
  for (const std::string& lens : lenses) tables.push_back(table_of(words, tokens, layers, lens));
  auto trace = make_trace(tables, {.best = true}, std::vector<std::string>{words.back() + "s", "that"});
  EXPECT_TRUE(trace.ok()) << trace.error().message();
  return *trace;
}

Ladder ladder_of(const std::vector<std::string>& words, std::size_t tokens, int layers) {
  std::vector<LensTable> tables;
  for (const char* lens : {"raw", "bias", "norm", "full"})
    tables.push_back(table_of(words, tokens, layers, lens));
  auto ladder = make_ladder(std::move(tables));
  EXPECT_TRUE(ladder.ok()) << ladder.error().message();
  return *ladder;
}

std::string all_labels(const Canvas& canvas) {
  std::string all;
  for (const auto& [text, corners] : canvas.inked()) all += text + "\n";
  return all;
}

void expect_tidy(const Result<Canvas>& canvas, const std::string& where) {
  ASSERT_TRUE(canvas.ok()) << where << ": " << canvas.error().message();
  EXPECT_EQ(testing::touching(canvas->inked()), (std::pair<std::string, std::string>())) << where;
  EXPECT_EQ(testing::off_paper(*canvas), "") << where;
}

TEST(DocumentFigures, LabelsNeverTouchAndStayOnThePaper) {
  for (std::size_t language = 0; language < kWords.size(); ++language)
    for (const std::size_t tokens : {1u, 2u, 11u, 64u})
      for (const int layers : {3, 12, 24}) {
        const std::string where =
            std::to_string(language) + ": " + std::to_string(tokens) + " x " + std::to_string(layers);
        const Trace one = trace_of(kWords[language], tokens, layers, {"full"});
        expect_tidy(draw_trace(one, {}), "trace " + where);
        const Trace both = trace_of(kWords[language], tokens, layers, {"full", "raw"});
        expect_tidy(draw_trace(both, {}), "trace of two lenses " + where);
        expect_tidy(draw_ladder(ladder_of(kWords[language], tokens, layers), {}), "ladder " + where);
      }
}

TEST(DocumentFigures, KeepToTheWidthAskedFor) {
  for (const int width : {320, 500, 1000, 2400})
    for (const std::size_t tokens : {1u, 11u, 64u}) {
      const auto trace = draw_trace(trace_of(kWords[0], tokens, 12, {"full", "raw"}), {.width = width});
      expect_tidy(trace, "trace " + std::to_string(width));
      EXPECT_EQ(trace->width(), width);
      const auto ladder = draw_ladder(ladder_of(kWords[0], tokens, 12), {.width = width});
      expect_tidy(ladder, "ladder " + std::to_string(width));
      EXPECT_EQ(ladder->width(), width);
    }
  EXPECT_EQ(draw_trace(trace_of(kWords[0], 1, 3, {"full"}), {.width = 10}).error().code, Code::usage);
  EXPECT_EQ(draw_ladder(ladder_of(kWords[0], 1, 3), {.width = 10}).error().code, Code::usage);
}

TEST(DocumentFigures, HaveTheSameBytesTwice) {
  const Trace trace = trace_of(kWords[4], 3, 6, {"full", "raw"});
  const Ladder ladder = ladder_of(kWords[2], 5, 6);
  const RenderOptions dark{.figure = {.theme = Theme::dark}};
  for (const char* format : {"svg", "png", "pdf"}) {
    EXPECT_EQ(render(trace, format).value(), render(trace, format).value()) << format;
    EXPECT_NE(render(trace, format).value(), render(trace, format, dark).value()) << format;
    EXPECT_EQ(render(ladder, format).value(), render(ladder, format).value()) << format;
    EXPECT_NE(render(ladder, format).value(), render(ladder, format, dark).value()) << format;
  }
}

TEST(DocumentFigures, ATraceNamesItsWordsAndSaysWhatIsLeftOut) {
  const std::string few = all_labels(*draw_trace(trace_of(kWords[0], 2, 6, {"full", "raw"}), {}));
  for (const char* part : {"Position 1 “the” masked", "Position 2 “way” masked", "that (full)", "way (raw)",
                           "√layer", "knee at layer", "lenses full and raw"})
    EXPECT_NE(few.find(part), std::string::npos) << part << "\n" << few;
  EXPECT_EQ(few.find("left out"), std::string::npos);
  const std::string many = all_labels(*draw_trace(trace_of(kWords[0], 11, 6, {"full"}), {.width = 2000}));
  EXPECT_NE(many.find("8 of 11 positions are shown, the first ones: 3 are left out."), std::string::npos);
  EXPECT_EQ(many.find("Position 9"), std::string::npos);
}

TEST(DocumentFigures, ALadderNamesItsTokensOnceALensAndHasOneScale) {
  const Ladder ladder = ladder_of(kWords[0], 5, 6);
  const auto canvas = draw_ladder(ladder, {.width = 2400});
  ASSERT_TRUE(canvas.ok());
  std::vector<std::string> labels;
  for (const auto& [text, corners] : canvas->inked()) labels.push_back(text);
  for (const char* label : {"anything", "raw", "bias", "norm", "full", "layer"})
    EXPECT_EQ(std::ranges::count(labels, label),
              std::string(label) == "anything" || std::string(label) == "layer" ? 4 : 1)
        << label;
  EXPECT_EQ(std::ranges::count(labels, "z of the best token, in standard deviations"), 1);
  EXPECT_EQ(std::ranges::count(labels, "the best token is the true token"), 1);
  EXPECT_EQ(std::ranges::count(labels, ladder.sentences.front()), 1) << all_labels(*canvas);
}

TEST(DocumentFigures, DrawWhatIsHardToDraw) {
  expect_tidy(draw_trace(trace_of(kWords[0], 0, 3, {"full"}), {}), "empty trace");
  expect_tidy(draw_ladder(ladder_of(kWords[0], 0, 3), {}), "empty ladder");
  const double nan = std::numeric_limits<double>::quiet_NaN();
  Trace trace = trace_of(kWords[0], 2, 3, {"full"});
  for (TraceLine& line : trace.panels[0].lines) line.values.assign(line.values.size(), nan);
  trace.panels[1].lines[0].values = {1e308, -1e308, std::numeric_limits<double>::infinity(), nan};
  trace.panels[1].lines[1].token = std::string(3000, 'm') + "\n\x1b[31m\u202e";
  expect_tidy(draw_trace(trace, {}), "hard trace");
  Ladder ladder = ladder_of(kWords[0], 2, 3);
  for (Row& row : ladder.tables[1].rows())
    for (Series& series : row.series)
      if (series.info->name == "best_z") series.values.assign(series.values.size(), nan);
  ladder.sentences.emplace_back(std::string(3000, 'w') + "\n\x1b");
  expect_tidy(draw_ladder(ladder, {}), "hard ladder");
  for (LensTable& table : ladder.tables)
    for (Row& row : table.rows())
      std::erase_if(row.series, [](const Series& series) { return series.info->name == "best_z"; });
  EXPECT_EQ(draw_ladder(ladder, {}).error().code, Code::usage);
}

}  // namespace
}  // namespace logitlens
