#include "render/terminal_summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "render/display_width.h"
#include "render/table_words.h"
#include "render/terminal_text.h"
#include "render/terminal_words.h"

namespace logitlens {
namespace {

constexpr int kWidestToken = 16, kBriefToken = 10, kWideSentence = 44, kIndent = 4;

// Position, token, guess, its z, its probability, the true token's rank and z; the sentence on settling
// stands apart.
constexpr std::size_t kCells = 6;
using SummaryCells = std::array<ShownText, kCells>;
constexpr std::array<bool, kCells> kRightAligned = {true, false, false, true, true, false};

struct SummaryRow {
  SummaryCells cells;
  std::string sentence;
  bool right = false;
};

double last(const Row& row, std::string_view statistic) {
  const std::span<const double> values = row.values(statistic);
  return values.empty() ? std::nan("") : values.back();
}

std::string one_decimal(double value) { return std::isfinite(value) ? fmt::format("{:.1f}", value) : ""; }

// "1st, z 11.6", with the token's name in front where --target asked for another one than the text's.
ShownText target_words(const Row& row, const std::string& token) {
  if (!row.target_id) return shown("not known");
  const ShownText name =
      row.target == token ? ShownText{} : joined(shown(row.target, kWidestToken), shown(" is "));
  const double rank = last(row, "target_rank"), z = last(row, "target_z");
  std::string place = std::isfinite(rank) ? ordinal(std::llround(rank)) : "";
  if (std::isfinite(z)) place += fmt::format("{}z {:.1f}", place.empty() ? "" : ", ", z);
  return joined(name, shown(place));
}

SummaryRow make_row(const LensTable& table, const Row& row, bool brief) {
  const int widest = brief ? kBriefToken : kWidestToken;
  const std::string token(token_at(table, row.position));
  SummaryRow summary;
  summary.right = row.target_id && last(row, "best_id") == *row.target_id;
  const ShownText mark = shown(summary.right ? "✓" : " ");
  summary.cells = {shown(std::to_string(row.position)),
                   shown(token, widest),
                   row.best.empty() ? ShownText{} : joined(mark, shown(row.best.back(), widest)),
                   shown(one_decimal(last(row, "best_z"))),
                   shown(percent(last(row, "best_logprob"))),
                   target_words(row, token)};
  summary.sentence = brief ? brief_settling_words(row) : settling_words(table, row);
  return summary;
}

SummaryRow make_header(const LensTable& table, bool brief) {
  const bool whole = !table.layers.empty() && table.layers.back() == table.model.layers;
  const std::string guess = whole ? " final guess" : fmt::format(" guess at {}", table.layers.back());
  return {{shown("position"), shown("token"), shown(brief ? " guess" : guess), shown("its z"),
           shown(brief ? "prob." : "probability"), shown(target_noun(table))},
          brief ? "settled" : "how it settled",
          false};
}

// On a terminal too narrow even for the brief columns, all but the first three become part of the sentence.
void stack(std::vector<SummaryRow>& rows, std::string_view noun) {
  for (SummaryRow& row : rows) {
    auto& [position, token, guess, z, probability, target] = row.cells;
    row.sentence =
        fmt::format("z {}, {}, {} {}; {}", z.bytes, probability.bytes, noun, target.bytes, row.sentence);
    z = probability = target = {};
  }
}

std::vector<SummaryRow> make_rows(const LensTable& table, bool brief) {
  std::vector<SummaryRow> rows = {make_header(table, brief)};
  for (const Row& row : table.rows()) rows.push_back(make_row(table, row, brief));
  return rows;
}

std::string cells_text(const SummaryRow& row, const std::array<int, kCells>& widths) {
  std::string text;
  for (std::size_t i = 0; i < kCells; ++i) {
    if (widths[i] == 0) continue;
    text += kRightAligned[i] ? right_aligned(row.cells[i], widths[i]) : padded(row.cells[i], widths[i]);
    text += "  ";
  }
  return text;
}

// Width of every column; 0 for one that is empty but for its header.
std::array<int, kCells> column_widths(const std::vector<SummaryRow>& rows) {
  std::array<int, kCells> widths{};
  for (std::size_t i = 0; i < kCells; ++i) {
    for (const SummaryRow& row : std::span(rows).subspan(1))
      widths[i] = std::max(widths[i], row.cells[i].width);
    if (widths[i] > 0) widths[i] = std::max(widths[i], rows.front().cells[i].width);
  }
  return widths;
}

// Columns before the sentence, and of the longest sentence.
int width_before(const std::array<int, kCells>& widths) {
  int before = 0;
  for (int one : widths) before += one > 0 ? one + 2 : 0;
  return before;
}
int widest_sentence(const std::vector<SummaryRow>& rows) {
  int widest = 0;
  for (const SummaryRow& row : rows) widest = std::max(widest, shown(row.sentence).width);
  return widest;
}

}  // namespace

std::string summary_lines(const LensTable& table, int width, Color color) {
  std::vector<SummaryRow> rows = make_rows(table, false);
  std::array<int, kCells> widths = column_widths(rows);
  if (width_before(widths) + std::min(widest_sentence(rows), kWideSentence) > width) {
    rows = make_rows(table, true);
    widths = column_widths(rows);
  }
  if (width_before(widths) > width) {
    stack(rows, target_noun(table));
    widths = column_widths(rows);
  }
  const int before = width_before(widths);
  const bool beside =
      before + std::min(widest_sentence(rows), kWideSentence) <= width;  // else on lines of its own
  const int indent = beside ? before : kIndent;

  std::string out;
  for (const SummaryRow& row : rows) {
    const bool header = &row == &rows.front();
    const TextStyle style = header ? TextStyle::faint : row.right ? TextStyle::bold : TextStyle::plain;
    std::string line = cells_text(row, widths);
    std::vector<std::string> sentence = wrap(row.sentence, std::max(1, width - indent));
    if (beside && !sentence.empty()) {
      line += sentence.front();
      sentence.erase(sentence.begin());
    } else if (header) {
      sentence.clear();
    }
    out += styled(trimmed_right(line), style, color) + "\n";
    for (const std::string& rest : sentence) {
      out += styled(std::string(static_cast<std::size_t>(indent), ' ') + rest, style, color) + "\n";
    }
  }
  return out;
}

}  // namespace logitlens
