// The table as CSV: one record per (position, layer), RFC 4180 (CRLF, quotes doubled). A text cell that a
// spreadsheet would take for a formula (= + - @, tab, carriage return in front) gets a leading apostrophe;
// numbers are never touched.
#include <fmt/format.h>

#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include "render/csv_cells.h"
#include "render/settling_fields.h"
#include "render/table_words.h"
#include "render/writer.h"

namespace logitlens {
namespace {

using Record = std::vector<std::string>;

// No value: an empty cell.
std::string number_cell(const StatisticInfo& info, double value) {
  if (!std::isfinite(value) || info.kind == StatisticInfo::Kind::real) return csv_real(value);
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
  Record record = {"model",     "lens",   "position", "token", "masked", "masked_with",
                   "target_id", "target", "layer",    "tap",   "best"};
  for (const std::string& name : statistic_names(table)) record.push_back(csv_text(name));
  for (const SettlingField& field : settling_fields())
    record.push_back("settling_" + std::string(field.name));
  return record;
}

Record record_of(const LensTable& table, const Row& row, std::size_t layer) {
  Record record = {csv_text(table.model.id),
                   csv_text(table.run.lens),
                   fmt::format("{}", row.position),
                   csv_text(token_at(table, row.position)),
                   row.masked ? "true" : "false",
                   fmt::format("{}", fmt::join(row.masked_with, " ")),
                   row.target_id ? fmt::format("{}", *row.target_id) : "",
                   row.target_id ? csv_text(row.target) : "",
                   fmt::format("{}", table.layers[layer]),
                   layer < table.taps.size() ? csv_text(table.taps[layer]) : "",
                   layer < row.best.size() ? csv_text(row.best[layer]) : ""};
  for (const Series& series : row.series) record.push_back(number_cell(*series.info, series.values[layer]));
  for (const SettlingField& field : settling_fields()) {
    const auto at = field.layer(row.settling);
    record.push_back(at ? fmt::format("{}", *at) : "");
  }
  return record;
}

}  // namespace

Result<std::string> write_csv(const LensTable& table, const RenderOptions&) {
  std::string out;
  add_csv_record(out, header(table));
  for (const Row& row : table.rows())
    for (std::size_t layer = 0; layer < table.layers.size(); ++layer)
      add_csv_record(out, record_of(table, row, layer));
  return out;
}

}  // namespace logitlens
