#include "render/braille_plot.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "render/terminal_blocks.h"
#include "render/ticks.h"

namespace logitlens {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

PlotFrame frame(std::vector<int> layers, int width = 30, int height = 6) {
  PlotFrame one;
  one.layers = std::move(layers);
  one.lowest = 0;
  one.highest = 4;
  one.width = width;
  one.height = height;
  return one;
}

PlotCurve curve(std::vector<double> values, std::string letter = "a", std::size_t ink = 0) {
  PlotCurve one;
  one.values = std::move(values);
  one.letter = std::move(letter);
  one.ink = ink;
  return one;
}

std::string drawn(const PlotFrame& frame, const std::vector<PlotCurve>& curves) {
  return join_lines(draw_plot(frame, curves));
}

// The whole picture, so that whoever changes it sees what became of it.
TEST(BraillePlot, OfARisingLine) {
  PlotFrame one = frame({0, 1, 2, 3, 4});
  one.color = Color::truecolor;
  std::string picture = drawn(one, {curve({0, 1, 2, 3, 4})});
  std::string plain;
  for (std::size_t i = 0; i < picture.size(); ++i) {
    if (picture[i] == '\x1b')
      i = picture.find('m', i);
    else
      plain += picture[i];
  }
  EXPECT_EQ(plain,
            "4 ┤                   ⢀⣀⠤⠔⠒⠉ a\n"
            "  │             ⢀⣀⠤⠔⠒⠉⠁\n"
            "2 ┤     ⢀⣀⡠⠤⠔⠒⠊⠉⠁\n"
            "0 ┤⣀⠤⠔⠒⠉⠁\n"
            "  └┬─────┬─────┬─────┬─────┬\n"
            "   0     1     2     3     4\n");
}

TEST(BraillePlot, NoLineIsWiderOrMoreThanAsked) {
  for (int width : {24, 40, 96})
    for (int height : {5, 12}) {
      const auto lines = draw_plot(
          frame({0, 3, 6, 9, 12, 24}, width, height),
          std::vector<PlotCurve>{curve({0, 4, kNaN, -9, 99, 2}), curve({4, 4, 4, 4, 4, 4}, "b", 1)});
      EXPECT_EQ(static_cast<int>(lines.size()), height);
      for (const std::string& line : lines) EXPECT_LE(columns_of_line(line), width) << line;
    }
}

TEST(BraillePlot, MarksTheKneeAndNamesCurvesWithoutColours) {
  PlotCurve with_knee = curve({0, 0, 0, 2, 4});
  with_knee.knee = 2;
  const std::string picture = drawn(frame({0, 1, 2, 3, 4}), {with_knee, curve({4, 4, 4, 4, 4}, "b", 1)});
  EXPECT_NE(picture.find("◆"), std::string::npos);
  std::size_t letters = 0;
  for (char c : picture) letters += c == 'b';
  EXPECT_EQ(letters, 5u)
      << picture;  // at its points but the last, which is the first curve's, and at its end
}

TEST(BraillePlot, AGapStaysEmpty) {
  PlotFrame one = frame({0, 1, 2, 3, 4});
  one.color = Color::ansi256;
  const std::string whole = drawn(one, {curve({2, 2, 2, 2, 2})});
  const std::string gap = drawn(one, {curve({2, kNaN, kNaN, kNaN, 2})});
  EXPECT_LT(gap.size(), whole.size());
  EXPECT_EQ(drawn(one, {curve(std::vector<double>(5, kNaN))}).find("⠤"), std::string::npos);
}

TEST(BraillePlot, OfOneLayerAndOfOneValue) {
  PlotFrame one = frame({7});
  EXPECT_NE(drawn(one, {curve({2})}).find("a"), std::string::npos);
  one.lowest = one.highest = 2;
  EXPECT_NE(drawn(one, {curve({2})}).find("2 ┤"), std::string::npos);
}

TEST(RoundTicks, LieWithinTheRange) {
  for (const auto& [low, high] :
       std::vector<std::pair<double, double>>{{0, 13.3}, {-0.4, 33}, {-20, -0.01}, {1e-3, 2e-3}}) {
    const Ticks ticks = round_ticks(low, high, 5);
    ASSERT_GE(ticks.values.size(), 2u);
    EXPECT_LE(ticks.values.size(), 7u);
    EXPECT_GE(ticks.values.front(), low - 1e-9);
    EXPECT_LE(ticks.values.back(), high + 1e-9);
  }
  EXPECT_EQ(round_ticks(3, 3, 5).values, std::vector<double>{3});
  EXPECT_TRUE(round_ticks(-1e308, 1e308, 5).values.empty());
}

TEST(Inked, IsTheTextItselfWithoutColours) {
  EXPECT_EQ(inked("a", 3, Color::none), "a");
  EXPECT_EQ(inked("a", 0, Color::truecolor), "\x1b[38;2;230;159;0ma\x1b[0m");
  EXPECT_EQ(inked("a", 7, Color::ansi256), inked("a", 0, Color::ansi256))
      << "seven colours, then from the first again";
  EXPECT_NE(inked("a", 6, Color::ansi256), inked("a", 0, Color::ansi256));
}

TEST(SideBySide, KeepsColumnsWhereStylesAre) {
  const Block left{.width = 4, .lines = {"\x1b[1mab\x1b[0m", "", "abcd"}},
      right{.width = 3, .lines = {"x", "y"}};
  EXPECT_EQ(side_by_side(std::vector<Block>{left, right}, 2, 2),
            (std::vector<std::string>{"\x1b[1mab\x1b[0m    x", "      y", "abcd"}));
  EXPECT_EQ(side_by_side(std::vector<Block>{left, right}, 1, 2),
            (std::vector<std::string>{"\x1b[1mab\x1b[0m", "", "abcd", "", "x", "y"}));
}

}  // namespace
}  // namespace logitlens
