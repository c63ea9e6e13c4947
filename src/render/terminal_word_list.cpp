#include "render/terminal_word_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "render/display_width.h"
#include "render/terminal_text.h"
#include "render/terminal_words.h"

namespace logitlens {
namespace {

// Positions, word, guess, the word's probability, and since when it is right.
constexpr std::size_t kCells = 5;
constexpr std::array<int, kCells> kNarrowest = {1, 6, 6, 5, 8};
using WordLine = std::array<std::string, kCells>;

std::string positions_text(const Word& word) {
  if (word.positions.size() == 1) return std::to_string(word.positions.front());
  return fmt::format("{}-{}", word.positions.front(), word.positions.back());
}

WordLine make_line(const LensTable& table, const Word& word) {
  const bool right = !word.best_is_target.empty() && word.best_is_target.back();
  const double logprob = word.target_logprob.empty() ? std::nan("") : word.target_logprob.back();
  return {positions_text(word), word.text, word.best.empty() ? "" : (right ? "✓" : " ") + word.best.back(),
          percent(logprob), word.target_stable ? "right " + layer_words(table, *word.target_stable) : ""};
}

std::array<int, kCells> column_widths(const std::vector<WordLine>& lines, int width) {
  std::array<int, kCells> widths{};
  for (const WordLine& line : lines)
    for (std::size_t i = 0; i < kCells; ++i) widths[i] = std::max(widths[i], shown(line[i]).width);
  // Too wide for the terminal: the widest column gives way, until it is narrow itself.
  const auto total = [&] {
    int sum = 2 * static_cast<int>(kCells - 1);
    for (const int one : widths) sum += one;
    return sum;
  };
  while (total() > width) {
    const auto widest = std::ranges::max_element(widths, {}, [&](const int& one) {
      return one - kNarrowest[static_cast<std::size_t>(&one - widths.data())];
    });
    if (*widest <= kNarrowest[static_cast<std::size_t>(widest - widths.begin())]) break;
    --*widest;
  }
  return widths;
}

}  // namespace

std::string word_lines(const LensTable& table, int width, Color color) {
  if (table.words.empty()) return "";
  std::vector<WordLine> lines = {{"positions", "word", " guess", "probability", "how it settled"}};
  for (const Word& word : table.words) lines.push_back(make_line(table, word));
  const std::array<int, kCells> widths = column_widths(lines, width);
  std::string out = "\n";
  for (const std::string& one : wrap("Words: the guess is right if it is for every piece; the probability is "
                                     "the product of the pieces', each "
                                     "predicted without the others.",
                                     width))
    out += one + "\n";
  for (const WordLine& line : lines) {
    std::string text;
    for (std::size_t i = 0; i < kCells; ++i) {
      const ShownText cell = shown(line[i], std::max(1, widths[i]));
      const bool right_hand = i == 0 || i == 3;
      text += (i > 0 ? "  " : "") + (right_hand ? right_aligned(cell, widths[i]) : padded(cell, widths[i]));
    }
    const bool header = &line == &lines.front(), right = line[2].starts_with("✓");
    out += styled(trimmed_right(text),
                  header  ? TextStyle::faint
                  : right ? TextStyle::bold
                          : TextStyle::plain,
                  color) +
           "\n";
  }
  return out;
}

}  // namespace logitlens
