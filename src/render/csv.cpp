// The table as CSV: one record per (position, layer), RFC 4180 (CRLF, quotes doubled). A text cell that a
// spreadsheet would take for a formula (= + - @, tab, carriage return in front) gets a leading apostrophe;
// numbers are never touched.
#include <fmt/format.h>

#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include "render/writer.h"

namespace logitlens {
namespace {

using Record = std::vector<std::string>;

std::string quoted(const std::string& cell) {
  if (cell.find_first_of(",\"\r\n") == std::string::npos) return cell;
  std::string out = "\"";
  for (char c : cell) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

std::string text_cell(std::string_view text) {
  const bool looks_like_formula =
      !text.empty() && std::string_view("=+-@\t\r").find(text[0]) != std::string_view::npos;
  return quoted((looks_like_formula ? "'" : "") + std::string(text));
}

// No value: an empty cell.
std::string number_cell(const StatisticInfo& info, double value) {
  if (!std::isfinite(value)) return "";
  if (info.kind == StatisticInfo::Kind::real) return fmt::format("{}", value);
  return fmt::format("{}", std::llround(value));
}

// A table without rows names every statistic: what reads it finds the columns it expects.
std::vector<std::string> statistic_names(const LensTable& table) {
  std::vector<std::string> names;
  if (table.rows().empty()) {
    for (const StatisticInfo& info : statistics())
      if (info.name != "top") names.push_back(info.name);
  } else {
    for (const Series& series : table.rows().front().series) names.push_back(series.info->name);
  }
  return names;
}

Record header(const LensTable& table) {
  Record record = {"model",       "lens",      "position", "token", "masked",
                   "masked_with", "target_id", "target",   "layer", "best"};
  for (const std::string& name : statistic_names(table)) record.push_back(text_cell(name));
  return record;
}

std::string_view token_at(const LensTable& table, int position) {
  for (const Token& token : table.tokens)
    if (token.position == position) return token.token;
  return "";
}

Record record_of(const LensTable& table, const Row& row, std::size_t layer) {
  Record record = {text_cell(table.model.id),
                   text_cell(table.run.lens),
                   fmt::format("{}", row.position),
                   text_cell(token_at(table, row.position)),
                   row.masked ? "true" : "false",
                   fmt::format("{}", fmt::join(row.masked_with, " ")),
                   row.target_id ? fmt::format("{}", *row.target_id) : "",
                   row.target_id ? text_cell(row.target) : "",
                   fmt::format("{}", table.layers[layer]),
                   layer < row.best.size() ? text_cell(row.best[layer]) : ""};
  for (const Series& series : row.series) record.push_back(number_cell(*series.info, series.values[layer]));
  return record;
}

void add(std::string& out, const Record& record) { out += fmt::format("{}\r\n", fmt::join(record, ",")); }

}  // namespace

Result<std::string> write_csv(const LensTable& table, const RenderOptions&) {
  std::string out;
  add(out, header(table));
  for (const Row& row : table.rows())
    for (std::size_t layer = 0; layer < table.layers.size(); ++layer) add(out, record_of(table, row, layer));
  return out;
}

}  // namespace logitlens
