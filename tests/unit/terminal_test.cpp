#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include "analysis/analyse.h"
#include "logitlens/report.h"
#include "render/color_scale.h"
#include "render/display_width.h"
#include "render/terminal_cells.h"
#include "render/terminal_words.h"
#include "sample_table.h"

namespace logitlens {
namespace {

using testing::make_row;
using testing::make_table;
using testing::set;

// The picture without its colours and direction marks.
std::string plain(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\x1b') {
      i = text.find('m', i);
    } else if (text.compare(i, 3, "\u200e") == 0) {
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::string picture(LensTable table, int width = 100, Color color = Color::none) {
  analyse(table);
  return render(table, "text", {.width = width, .color = color}).value();
}

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::vector<std::string> words(int count) {
  std::vector<std::string> tokens;
  for (int i = 0; i < count; ++i) tokens.push_back("w" + std::to_string(i));
  return tokens;
}

TEST(Terminal, FitsAnyWidthForAnyNumberOfTokensAndLayers) {
  for (int tokens : {1, 13, 64, 128, 510}) {
    for (int layers : {3, 12, 48}) {
      for (int width : {40, 80, 132, 300}) {
        for (Color color : {Color::none, Color::truecolor}) {
          const auto lines = lines_of(plain(picture(make_table(words(tokens), layers), width, color)));
          for (const std::string& line : lines) EXPECT_LE(shown(line).width, width) << line;
        }
      }
    }
  }
}

TEST(Terminal, ShowsEveryTokenAtEveryLayerOnce) {
  const std::string text = plain(picture(make_table(words(64), 12), 80, Color::truecolor));
  for (const std::string& word : words(64)) EXPECT_TRUE(holds(text, "✓" + word + " ")) << word;
  std::size_t cells = 0;
  for (std::size_t at = text.find(" of "); at != std::string::npos; at = text.find(" of ", at + 1)) ++cells;
  EXPECT_GE(cells, 64u * 12);
}

TEST(Terminal, TheLastLayerIsOnTopAndTheEmbeddingsAtTheBottom) {
  const auto lines = lines_of(picture(make_table({"the", "way"}, 3)));
  const auto first = std::find_if(lines.begin(), lines.end(),
                                  [](const auto& line) { return line.starts_with("layer  the"); });
  ASSERT_NE(first, lines.end());
  EXPECT_EQ(*(first + 1), "    3 ✓the 5  ✓way 5");
  EXPECT_EQ(*(first + 2), "    2  of  4   of  4");
  EXPECT_EQ(*(first + 4), "    0  of  2   of  2");
  EXPECT_EQ(*(first + 5), "");
}

TEST(Terminal, OneLineForEachToken) {
  const std::string text = picture(make_table({"the", "way"}, 3), 120);
  EXPECT_TRUE(holds(text, "position  token   final guess  its z  probability  true token  how it settled"));
  EXPECT_TRUE(
      holds(text, "       2  way    ✓way            5.0       77.9 %  1st, z 5.0  right only at layer 3"));
}

TEST(Terminal, SaysWhatWasDone) {
  LensTable table = make_table({"the"}, 3);
  EXPECT_TRUE(holds(picture(table), "every token masked in turn"));
  table.run.mask = "none";
  EXPECT_TRUE(holds(picture(table), "nothing masked: every position sees its own token"));
  table.run.predicts = "next";
  EXPECT_TRUE(holds(picture(table), "nothing masked: every position predicts the next token"));
  EXPECT_TRUE(holds(picture(table, 300), "marks the target")) << "which is not the token that follows";
  table.rows()[0].target = "[SEP]";
  EXPECT_TRUE(holds(picture(table, 300), "marks the token that follows in the text"));
  EXPECT_TRUE(holds(picture(table, 120), "  next token  "));
  table.run.predicts = "same";
  table.run.windows = 3;
  table.run.window_stride = 63;
  EXPECT_TRUE(holds(picture(table, 300), "read in 3 windows, 63 tokens apart"));
  table.text_second = "another text";
  EXPECT_TRUE(holds(picture(table), "“another text”"));
  table.run.mask = "1+2";
  EXPECT_TRUE(holds(picture(table), "masked together: positions 1+2"));
  table.run.lens = "raw";
  EXPECT_TRUE(holds(picture(table), "raw lens (decoder matrix only)"));
  EXPECT_TRUE(holds(picture(table, 300), "Layer 0 is the output of the embeddings, layer k that of block k"));
  EXPECT_TRUE(holds(picture(table), "standard deviations"));
}

TEST(Terminal, ListsWordsThatWereMaskedAsAWhole) {
  LensTable table = make_table({"un", "##even"}, 3);
  EXPECT_FALSE(holds(picture(table), "Words: "));
  table.run.mask = "words";
  table.words = {{0,
                  "uneven",
                  0,
                  6,
                  {1, 2},
                  {-3, -2, -1, std::log(0.25)},
                  {false, false, true, true},
                  {"of of", "of of", "uneven", "uneven"},
                  2}};
  const std::string text = picture(table, 120);
  EXPECT_TRUE(holds(text, "every word masked as a whole, all its pieces at once"));
  EXPECT_TRUE(holds(text, "positions  word     guess   probability  how it settled"));
  EXPECT_TRUE(holds(text, "      1-2  uneven  ✓uneven       25.0 %  right from layer 2 on"));
  table.words[0].text = table.words[0].best[3] = std::string(300, 'w');
  for (int width : {40, 80, 120})
    for (const std::string& line : lines_of(picture(table, width)))
      EXPECT_LE(shown(line).width, width) << line;
}

TEST(Terminal, SaysHowARowSettled) {
  LensTable table = make_table({"x"}, 5);
  const auto sentence = [&](const std::vector<std::string>& best) {
    table.rows() = {make_row(1, "t", best)};
    analyse(table);
    return settling_words(table, table.rows()[0]);
  };
  EXPECT_EQ(sentence({"a", "b", "t", "t", "t", "t"}), "right from layer 2 on");
  EXPECT_EQ(sentence({"t", "t", "t", "t", "t", "t"}), "right at every layer");
  EXPECT_EQ(sentence({"a", "t", "t", "b", "c", "c"}),
            "right at layers 1 to 2, then given up; this guess from layer 4 on");
  EXPECT_EQ(sentence({"a", "a", "t", "b", "c", "d"}),
            "right at layer 2, then given up; this guess only at layer 5");
  EXPECT_EQ(sentence({"a", "a", "b", "b", "b", "b"}), "never right; this guess from layer 2 on");
  table.rows()[0].target_id.reset();
  EXPECT_EQ(settling_words(table, table.rows()[0]), "this guess from layer 2 on");
}

TEST(Terminal, WithoutColourThereIsNoEscapeSequence) {
  EXPECT_FALSE(holds(picture(make_table(words(13), 12)), "\x1b"));
}

TEST(Terminal, EveryColourIsSwitchedOffInItsLine) {
  for (const std::string& line : lines_of(picture(make_table(words(13), 12), 80, Color::ansi256))) {
    EXPECT_TRUE(!holds(line, "\x1b") || line.rfind("\x1b[0m") == line.rfind('\x1b')) << line;
  }
}

TEST(Terminal, TokensCannotWriteEscapeSequences) {
  LensTable table = make_table({"a\x1b[2Jb", "c\u202ed", "e\nf"}, 2);
  table.model.id = "m\x1b]0;title\x07";
  const std::string text = picture(table);
  EXPECT_FALSE(holds(text, "\x1b"));
  EXPECT_FALSE(holds(text, "\x07"));
  EXPECT_FALSE(holds(text, "\u202e"));
  EXPECT_TRUE(holds(text, "e\\nf"));
}

TEST(Terminal, WideTokensKeepTheColumnsStraight) {
  const auto lines = lines_of(
      plain(picture(make_table({"中文", "e\u0301", "שלום", "😀", "end"}, 2), 100, Color::truecolor)));
  std::vector<int> widths;
  for (const std::string& line : lines)
    if (line.starts_with("    2 ") || line.starts_with("    1 ") || line.starts_with("    0 "))
      widths.push_back(shown(line).width);
  ASSERT_EQ(widths.size(), 3u);
  EXPECT_EQ(widths[0], widths[1]);
  EXPECT_EQ(widths[1], widths[2]);
}

TEST(Terminal, ATextWithoutTokensIsExplained) {
  EXPECT_TRUE(holds(picture(make_table({}, 3)), "There is no token to look at in this text."));
}

TEST(Terminal, ASubsetOfLayersDoesNotClaimToBeTheAnswer) {
  LensTable table = make_table({"the"}, 3);
  table.model.layers = 12;
  const std::string text = picture(table);
  EXPECT_TRUE(holds(text, "guess at 3"));
  EXPECT_FALSE(holds(text, "is what the model answers"));
}

TEST(Terminal, ShowsWhatIsThereWhereStatisticsAreMissing) {
  LensTable table = make_table({"the"}, 3);
  table.rows()[0].series.clear();
  table.rows()[0].best.clear();
  EXPECT_TRUE(holds(picture(table), "position"));
  set(table.rows()[0], "entropy", {8.25, 7, std::numeric_limits<double>::quiet_NaN(), 1});
  const std::string text = picture(table);
  EXPECT_TRUE(holds(text, "Each cell holds entropy (nats)"));
  EXPECT_TRUE(holds(text, "8.25"));
  EXPECT_TRUE(holds(text, "    2  ·"));
}

TEST(Terminal, ATargetThatIsNotTheTextsTokenIsNamed) {
  LensTable table = make_table({"the"}, 3);
  table.rows()[0].target = "way";
  EXPECT_TRUE(holds(picture(table), "way is 1st"));
}

TEST(TerminalWords, CountsLikeAPerson) {
  EXPECT_EQ(ordinal(0), "1st");
  EXPECT_EQ(ordinal(1), "2nd");
  EXPECT_EQ(ordinal(2), "3rd");
  EXPECT_EQ(ordinal(3), "4th");
  EXPECT_EQ(ordinal(10), "11th");
  EXPECT_EQ(ordinal(11), "12th");
  EXPECT_EQ(ordinal(20), "21st");
  EXPECT_EQ(ordinal(110), "111th");
  EXPECT_EQ(percent(std::log(0.5)), "50.0 %");
  EXPECT_EQ(percent(-0.0001), "> 99.9 %");
  EXPECT_EQ(percent(-20), "< 0.1 %");
}

TEST(TerminalLayout, UsesAsFewPanelsAsShortCellsNeedAndThenTheRoom) {
  std::vector<Column> columns(4);
  for (Column& column : columns) column.natural_width = 12;
  EXPECT_EQ(lay_out(columns, 2, 4 * 14).panels.size(), 1u);
  EXPECT_EQ(lay_out(columns, 2, 4 * 14).widest_text, 14);
  EXPECT_EQ(lay_out(columns, 2, 4 * 11).panels.size(), 1u);
  EXPECT_EQ(lay_out(columns, 2, 4 * 11).widest_text, 9);
  EXPECT_EQ(lay_out(columns, 2, 4 * 9 - 1).panels.size(), 2u);
  EXPECT_EQ(lay_out(columns, 2, 4 * 9 - 1).panels[0].count, 2u) << "panels share the columns evenly";
  EXPECT_EQ(lay_out(columns, 2, 1).panels.size(), 4u);
  EXPECT_TRUE(lay_out({}, 2, 80).panels.empty());
}

double grey(Rgb c) { return 0.2126 * c.red + 0.7152 * c.green + 0.0722 * c.blue; }

TEST(ColorScale, GetsLighterFromStepToStep) {
  for (int i = 1; i <= 50; ++i) EXPECT_GT(grey(heat_color(i / 50.0)), grey(heat_color((i - 1) / 50.0))) << i;
  for (int i = 1; i <= 10; ++i) EXPECT_NE(heat_ansi256(i / 10.0), heat_ansi256((i - 1) / 10.0));
}

TEST(ColorScale, ClampsAndSurvivesNaN) {
  EXPECT_EQ(grey(heat_color(-1)), grey(heat_color(0)));
  EXPECT_EQ(grey(heat_color(2)), grey(heat_color(1)));
  EXPECT_EQ(grey(heat_color(std::nan(""))), grey(heat_color(0)));
}

TEST(ColorScale, WritingIsReadable) {
  const auto luminance = [](Rgb c) {
    const auto linear = [](std::uint8_t channel) {
      const double v = channel / 255.0;
      return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(c.red) + 0.7152 * linear(c.green) + 0.0722 * linear(c.blue);
  };
  const auto contrast = [&](Rgb a, Rgb b) {
    const double light = std::max(luminance(a), luminance(b)), dark = std::min(luminance(a), luminance(b));
    return (light + 0.05) / (dark + 0.05);
  };
  for (int i = 0; i <= 100; ++i) {
    const Rgb color = heat_color(i / 100.0), cube = ansi256_color(heat_ansi256(i / 100.0));
    EXPECT_GE(contrast(color, readable_on(color)), 4.5) << i;
    EXPECT_GE(contrast(cube, readable_on(cube)), 4.5) << i;
  }
}

}  // namespace
}  // namespace logitlens
