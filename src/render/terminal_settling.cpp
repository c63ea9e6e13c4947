#include "render/terminal_settling.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>

#include "analysis/layer_outputs.h"
#include "render/settling_fields.h"
#include "render/table_words.h"
#include "render/terminal_blocks.h"
#include "render/terminal_words.h"

namespace logitlens {
namespace {

// From roomy to narrow; the first that fits is taken.
struct SettlingStyle {
  int widest_token;
  bool brief;  // short labels, no strengths
  int gap;
};
constexpr std::array<SettlingStyle, 4> kSettlingStyles = {
    {{16, false, 2}, {16, true, 2}, {8, true, 1}, {4, true, 1}}};

constexpr double kSignificant = 0.05;
constexpr std::string_view kNone = "–";

std::string field_cell(const SettlingField& field, const Settling& settling, bool brief) {
  const auto layer = field.layer(settling);
  if (!layer) return std::string(kNone);
  if (field.name == "knee" && settling.knee && !brief)
    return fmt::format("{} ({:.2f})", *layer, settling.knee->strength);
  if (field.name == "two_segment" && settling.two_segment && !brief)
    return fmt::format("{} ({:.2f})", *layer, settling.two_segment->gain);
  return fmt::format("{}", *layer);
}

std::string median_words(const ClassDistribution& one) {
  return one.median ? fmt::format("settles at layer {}", *one.median) : "never settles";
}

std::string never_words(const ClassDistribution& one) {
  return one.never == 0 ? "" : fmt::format(", {} never", one.never);
}

TableRow distribution_row(const ClassDistribution& one) {
  TableRow row{{one.name, fmt::format("{}", one.rows)}};
  for (int rows : one.settled) row.cells.push_back(rows == 0 ? "·" : fmt::format("{}", rows));
  row.cells.push_back(fmt::format("{}", one.never));
  row.cells.push_back(one.median ? fmt::format("{}", *one.median) : "never");
  return row;
}

std::vector<TableRow> distribution_rows(const LensTable& table, const ClassFindings& classes) {
  TableRow header{{"settles at layer", "words"}, TextStyle::faint};
  for (std::size_t i = 0; i < table.layers.size(); ++i)
    if (is_layer_output(table, i)) header.cells.push_back(fmt::format("{}", table.layers[i]));
  header.cells.insert(header.cells.end(), {"never", "median"});
  std::vector<TableRow> rows = {header, distribution_row(classes.grammar), distribution_row(classes.content)};
  for (const ClassDistribution& one : classes.by_class) {
    rows.push_back(distribution_row(one));
    rows.back().cells[0] = "  " + one.name;
    rows.back().style = TextStyle::faint;
  }
  return rows;
}

std::string verdict(const ClassTest& test) {
  const double pairs = static_cast<double>(test.grammar) * test.content;
  const std::string words = fmt::format("Mann-Whitney, two-sided, {}p = {:.2g}",
                                        test.exact ? "exact " : "normal approximation, ", test.p);
  if (test.u == pairs / 2) return fmt::format("neither kind settles first ({})", words);
  const std::string_view first = test.u > pairs / 2 ? "grammar" : "content";
  if (test.p < kSignificant) return fmt::format("{} words settle first ({})", first, words);
  return fmt::format("{} words are ahead, by no more than chance allows ({})", first, words);
}

std::string pairs_words(const ClassTest& test) {
  return fmt::format("in {} of {} pairs the grammar word settles first", test.u, test.grammar * test.content);
}

std::string class_sentence(const ClassFindings& classes) {
  std::string words = fmt::format(
      "The median grammar word {} ({} words{}), the median content word {} ({} words{}). If never is later "
      "than every layer, "
      "{}, ties counted half: {}.",
      median_words(classes.grammar), classes.grammar.rows, never_words(classes.grammar),
      median_words(classes.content), classes.content.rows, never_words(classes.content),
      pairs_words(classes.all), verdict(classes.all));
  const ClassTest& settled = classes.settled;
  if (settled.grammar == 0 || settled.content == 0 || classes.grammar.never + classes.content.never == 0)
    return words;
  return words + fmt::format(" Of the {} and {} that do settle, {}: {}.", settled.grammar, settled.content,
                             pairs_words(settled), verdict(settled));
}

std::vector<TableRow> settling_rows(const LensTable& table, const SettlingStyle& style) {
  std::vector<TableRow> rows = {
      {{"", shown("settles at layer", style.widest_token).bytes}, TextStyle::faint}};
  for (const SettlingField& field : settling_fields())
    rows[0].cells.push_back(style.brief ? brief_settling_label(field.name)
                                        : settling_label(field.name, table.run));
  for (const Row& row : table.rows()) {
    rows.push_back(
        {{fmt::format("{}", row.position), shown(token_at(table, row.position), style.widest_token).bytes}});
    for (const SettlingField& field : settling_fields())
      rows.back().cells.push_back(field_cell(field, row.settling, style.brief));
    if (row.settling.target_stable) rows.back().style = TextStyle::bold;
  }
  return rows;
}

}  // namespace

std::string settling_table(const LensTable& table, int width, Color color) {
  std::vector<std::string> lines;
  for (const SettlingStyle& style : kSettlingStyles) {
    lines = aligned(settling_rows(table, style), 2, color, style.gap);
    if (std::ranges::all_of(lines,
                            [width](const std::string& line) { return columns_of_line(line) <= width; }))
      break;
  }
  return join_lines(lines);
}

std::string class_lines(const LensTable& table, int width, Color color) {
  if (!table.findings.classes) return "";
  const ClassFindings& classes = *table.findings.classes;
  const std::vector<std::string> lines = aligned(distribution_rows(table, classes), 1, color);
  Block block{.width = width, .color = color};
  // The layers in the sentence say enough where the table would not fit.
  if (std::ranges::all_of(lines, [width](const std::string& line) { return columns_of_line(line) <= width; }))
    block.lines = lines;
  block.paragraph(class_sentence(classes));
  return join_lines(block.lines);
}

}  // namespace logitlens
