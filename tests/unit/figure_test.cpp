#include "render/figure.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <type_traits>
#include <vector>

#include "analysis/analyse.h"
#include "labels.h"
#include "logitlens/report.h"
#include "sample_table.h"

namespace logitlens {
namespace {

using testing::make_table;

// Words of a language, over and over.
struct Language {
  const char* name;
  std::vector<std::string> words;
};
const std::vector<Language>& languages() {
  static const std::vector<Language> all = {
      {"english", {"the", "way", "you", "do", "anything", "is", "##ing", "incomprehensibilities", ",", "I"}},
      {"chinese", {"今", "天", "天", "气", "很", "好", "，", "我们去公园"}},
      {"arabic", {"في", "البدء", "خلق", "الله", "السماوات", "والأرض"}},
      {"hindi", {"आदि", "में", "परमेश्वर", "ने", "आकाश", "और", "पृथ्वी", "की", "सृष्टि"}},
      {"emoji", {"😀", "👩‍💻", "🇫🇷", "❤️", "👍🏽"}},
  };
  return all;
}

LensTable table_of(const Language& language, std::size_t tokens, int layers) {
  std::vector<std::string> words;
  for (std::size_t i = 0; i < tokens; ++i) words.push_back(language.words[i % language.words.size()]);
  LensTable table = make_table(words, layers);
  for (std::size_t r = 0; r < table.rows().size(); ++r) {  // curves that differ, with a knee
    for (Series& series : table.rows()[r].series) {
      if (!series.info->name.ends_with("_z")) continue;
      for (std::size_t k = 0; k < series.values.size(); ++k)
        series.values[k] = k * 2 > series.values.size() ? static_cast<double>((k + r) % 17) : 2.0;
    }
  }
  analyse(table);
  return table;
}

// The same with three states within every block: of each layer's values, a copy each.
LensTable with_inner_states(const LensTable& outputs) {
  LensTable table = outputs;
  table.layers.clear();
  table.taps.clear();
  for (const int layer : outputs.layers) {
    for (const char* tap : {"attention", "attention_norm", "feed_forward", "layer"}) {
      if (layer == 0 && tap != std::string("layer")) continue;
      table.layers.push_back(layer);
      table.taps.emplace_back(tap);
    }
  }
  const auto spread = [&](const auto& values) {
    std::remove_cvref_t<decltype(values)> all;
    for (const int layer : table.layers) all.push_back(values[static_cast<std::size_t>(layer)]);
    return all;
  };
  for (Row& row : table.rows()) {
    for (Series& series : row.series) series.values = spread(series.values);
    row.best = spread(row.best);
  }
  return table;
}

// The same as if a decoder had read it: every row is about the token after its own.
LensTable decoded(LensTable table) {
  table.run.mask = "none";
  table.run.predicts = "next";
  for (std::size_t r = 0; r < table.rows().size(); ++r) {
    Row& row = table.rows()[r];
    row.masked = false;
    row.masked_with.clear();
    row.target_id.reset();
    row.target.clear();
    if (r + 1 == table.rows().size()) continue;
    const Token& next = table.tokens[static_cast<std::size_t>(row.position) + 1];
    row.target_id = next.id;
    row.target = next.token;
  }
  return table;
}

std::multiset<std::string> labels_of(const LensTable& table, const FigureOptions& options) {
  const auto canvas = draw_figure(table, options);
  EXPECT_TRUE(canvas.ok());
  std::multiset<std::string> labels;
  for (const auto& [text, corners] : canvas->inked()) labels.insert(text);
  return labels;
}

bool has_label_with(const std::multiset<std::string>& labels, std::string_view part) {
  return std::ranges::any_of(labels,
                             [&](const std::string& one) { return one.find(part) != std::string::npos; });
}

class EveryFigure : public ::testing::TestWithParam<std::string> {};

TEST_P(EveryFigure, LabelsNeverTouchAndStayOnThePaper) {
  for (const Language& language : languages()) {
    for (const std::size_t tokens : {1u, 6u, 13u, 64u, 510u}) {
      for (const int layers : {6, 12, 24, 48}) {
        if (tokens == 510 && layers != 24 && language.name != std::string("english")) continue;
        const LensTable table = table_of(language, tokens, layers);
        const auto canvas = draw_figure(table, {.name = GetParam()});
        ASSERT_TRUE(canvas.ok()) << canvas.error().message();
        const std::string where =
            GetParam() + " " + language.name + " " + std::to_string(tokens) + " x " + std::to_string(layers);
        EXPECT_EQ(testing::touching(canvas->inked()), (std::pair<std::string, std::string>())) << where;
        EXPECT_EQ(testing::off_paper(*canvas), "") << where;
      }
    }
  }
}

TEST_P(EveryFigure, KeepsToTheWidthAskedFor) {
  for (const int width : {320, 500, 1000, 2400}) {
    for (const std::size_t tokens : {1u, 13u, 100u}) {
      const auto canvas =
          draw_figure(table_of(languages()[0], tokens, 12), {.name = GetParam(), .width = width});
      ASSERT_TRUE(canvas.ok()) << canvas.error().message();
      EXPECT_EQ(canvas->width(), width);
      EXPECT_EQ(testing::touching(canvas->inked()), (std::pair<std::string, std::string>()))
          << width << " " << tokens;
      EXPECT_EQ(testing::off_paper(*canvas), "") << width << " " << tokens;
    }
  }
}

TEST_P(EveryFigure, DrawsWhatIsHardToDraw) {
  const LensTable plain = table_of(languages()[0], 4, 3);
  const double nan = std::numeric_limits<double>::quiet_NaN(),
               infinity = std::numeric_limits<double>::infinity();
  std::vector<LensTable> hard(6, plain);
  hard.push_back(with_inner_states(plain));
  hard.push_back(decoded(plain));
  hard[0] = make_table({}, 3);
  for (Row& row : hard[1].rows())
    for (Series& series : row.series)
      if (series.info->kind == StatisticInfo::Kind::real) series.values.assign(series.values.size(), nan);
  for (Row& row : hard[2].rows()) {
    row.target_id.reset();
    row.target.clear();
    for (Series& series : row.series)
      if (series.info->needs_target) series.values.assign(series.values.size(), nan);
  }
  for (Row& row : hard[3].rows())
    for (Series& series : row.series)
      if (series.info->kind == StatisticInfo::Kind::real)
        series.values = {infinity, -infinity, 1e308, -1e308};
  hard[4].text = "a\nb\xff\u202e" + std::string(5000, 'w');
  hard[4].tokens[1].text = hard[4].tokens[1].token = std::string(3000, 'm') + "\n\x1b[31m\u202e";
  hard[4].rows()[0].best[0] = hard[4].tokens[1].text;
  hard[5].layers = {2, 5, 11, 12};
  for (std::size_t i = 0; i < hard.size(); ++i) {
    const auto canvas = draw_figure(hard[i], {.name = GetParam()});
    ASSERT_TRUE(canvas.ok()) << i << canvas.error().message();
    EXPECT_TRUE(canvas->svg("title", "description").ok()) << i;
    EXPECT_EQ(testing::off_paper(*canvas), "") << i;
    EXPECT_EQ(testing::touching(canvas->inked()), (std::pair<std::string, std::string>())) << i;
  }
}

TEST_P(EveryFigure, HasTheSameBytesTwice) {
  const LensTable table = table_of(languages()[4], 7, 4);
  for (const char* format : {"svg", "png", "pdf"}) {
    const auto once = render(table, format, {.figure = {.name = GetParam()}});
    const auto again = render(table, format, {.figure = {.name = GetParam()}});
    ASSERT_TRUE(once.ok()) << once.error().message();
    EXPECT_EQ(*once, *again) << format;
    EXPECT_NE(*once, *render(table, format, {.figure = {.name = GetParam(), .theme = Theme::dark}}))
        << format;
  }
}

INSTANTIATE_TEST_SUITE_P(Figures, EveryFigure, ::testing::ValuesIn([] {
                           std::vector<std::string> names;
                           for (const FigureInfo& figure : figures()) names.push_back(figure.name);
                           return names;
                         }()),
                         [](const auto& one) { return one.param; });

std::uint32_t big_endian(const std::string& bytes, std::size_t at) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) number = number << 8 | static_cast<unsigned char>(bytes[at + i]);
  return number;
}

TEST(Figure, APngHasTwoPixelsToAPx) {
  const LensTable table = table_of(languages()[0], 13, 12);
  const auto png = render(table, "png", {.figure = {.width = 700}});
  ASSERT_TRUE(png.ok()) << png.error().message();
  EXPECT_EQ(png->substr(1, 3), "PNG");
  EXPECT_EQ(big_endian(*png, 16), 1400u);
}

TEST(Figure, SeveralThreadsMayDrawAtOnce) {
  const LensTable table = table_of(languages()[2], 9, 6);
  const std::string alone = render(table, "svg").value();
  std::vector<std::string> drawn(4);
  std::vector<std::thread> threads;
  for (std::string& document : drawn)
    threads.emplace_back([&table, &document] { document = render(table, "svg").value(); });
  for (std::thread& thread : threads) thread.join();
  for (const std::string& document : drawn) EXPECT_EQ(document, alone);
}

TEST(Figure, ATextTooLongForPixelsIsAnErrorAndNoCrash) {
  const LensTable table = table_of(languages()[0], 3000, 48);
  const auto png = render(table, "png", {.figure = {.name = "text", .width = 320}});
  ASSERT_FALSE(png.ok());
  EXPECT_EQ(png.error().code, Code::usage);
  EXPECT_NE(png.error().remedy.find(".svg"), std::string::npos);
}

TEST(Figure, ShowsOnlyThePositionsAskedFor) {
  const LensTable table = table_of(languages()[0], 5, 3);
  const auto labels = labels_of(table, {.name = "heatmap", .positions = {2, 5}});
  EXPECT_EQ(labels.count("way") + labels.count("anything"), 2u);
  EXPECT_EQ(labels.count("you"), 0u);
  const auto missing = draw_figure(table, {.positions = {0}});
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code, Code::usage);
  EXPECT_EQ(missing.error().found, "0");
}

TEST(Figure, NamesTheStatesWithinLayers) {
  const LensTable table = with_inner_states(table_of(languages()[0], 3, 2));
  for (const char* figure : {"heatmap", "text"}) {
    const auto labels = labels_of(table, {.name = figure});
    for (const char* label : {"0", "1", "2", "1 attention", "2 attention_norm", "2 feed_forward"})
      EXPECT_GE(labels.count(label), 1u) << figure << " " << label;
  }
}

TEST(Figure, DrawsCurvesThroughTheOutputsOfLayersAlone) {
  const LensTable outputs = table_of(languages()[0], 4, 6);
  for (const char* figure : {"panels", "laminar", "trajectories"}) {
    const RenderOptions options{.figure = {.name = figure}};
    EXPECT_EQ(render(with_inner_states(outputs), "svg", options).value(),
              render(outputs, "svg", options).value());
  }
}

TEST(Figure, SaysWhatWasMaskedAndWhatIsPredicted) {
  const LensTable masked = table_of(languages()[0], 4, 3), next = decoded(masked);
  LensTable none = masked;
  none.run.mask = "none";
  LensTable asked = masked;
  asked.rows()[0].target = "other";
  for (const FigureInfo& figure : figures()) {
    const FigureOptions options{.name = figure.name};
    EXPECT_TRUE(has_label_with(labels_of(masked, options), "every token masked in turn")) << figure.name;
    EXPECT_TRUE(has_label_with(labels_of(none, options), "nothing masked")) << figure.name;
    const auto labels = labels_of(next, options);
    EXPECT_TRUE(has_label_with(labels, "every position predicts the next token")) << figure.name;
    EXPECT_FALSE(has_label_with(labels, "true")) << figure.name;
    EXPECT_FALSE(has_label_with(labels_of(asked, options), "true")) << figure.name;
    EXPECT_NE(render(none, "svg", {.figure = options}).value().find("nothing masked"), std::string::npos);
  }
  EXPECT_EQ(labels_of(next, {.name = "text"}).count("next"), 1u);
  EXPECT_EQ(labels_of(masked, {.name = "text"}).count("true"), 1u);
}

TEST(Figure, ShowsBothTexts) {
  LensTable table = table_of(languages()[0], 3, 2);
  table.text_second = "and the second text";
  for (const FigureInfo& figure : figures())
    EXPECT_TRUE(has_label_with(labels_of(table, {.name = figure.name}), "second text")) << figure.name;
}

TEST(Figure, RefusesWhatItCannotDraw) {
  const auto error = [](const FigureOptions& options, const std::vector<std::string>& statistics = {}) {
    const Status status = check_figure(options, statistics);
    return status.ok() ? Error{} : status.error();
  };
  EXPECT_EQ(error({.name = "pie"}).expected, "heatmap, panels, text, laminar, trajectories");
  EXPECT_EQ(error({.statistic = "best_id"}).field, "statistic");
  EXPECT_EQ(error({.statistic = "top"}).code, Code::usage);
  EXPECT_EQ(error({.name = "text", .statistic = "entropy"}).code, Code::usage);
  EXPECT_EQ(error({.width = 319}).field, "width");
  EXPECT_EQ(error({.width = 8001}).field, "width");
  EXPECT_EQ(error({.name = "panels"}, {"best_logprob"}).found, "a table without target_logprob");
  EXPECT_EQ(error({.name = "heatmap"}, {"entropy"}).found, "a table without best_z");
  EXPECT_TRUE(check_figure({.name = "heatmap", .statistic = "entropy"}, {"entropy"}).ok());
  LensTable table = table_of(languages()[0], 2, 3);
  for (Row& row : table.rows()) row.series.pop_back();
  EXPECT_FALSE(draw_figure(table, {.statistic = "target_rank"}).ok());
}

}  // namespace
}  // namespace logitlens
