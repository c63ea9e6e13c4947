#include "render/terminal_cells.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "render/display_width.h"

namespace logitlens {
namespace {

constexpr int kShortText = 7, kLongText = 14;  // columns of a cell's text: bearable, and more than enough

// z of the best token colours the picture; a table without it is coloured by the first statistic it has.
const StatisticInfo* shade_statistic(const LensTable& table) {
  const StatisticInfo* first = nullptr;
  if (table.rows().empty()) return nullptr;
  for (const Series& series : table.rows().front().series) {
    if (series.info->name == "best_z") return series.info;
    if (first == nullptr && series.info->kind != StatisticInfo::Kind::token) first = series.info;
  }
  return first;
}

double value_at(std::span<const double> values, std::size_t layer) {
  return layer < values.size() ? values[layer] : std::numeric_limits<double>::quiet_NaN();
}

Column make_column(const LensTable& table, const Row& row, const StatisticInfo* shade,
                   const std::map<int, std::string>& tokens) {
  Column column;
  column.position = row.position;
  if (const auto found = tokens.find(row.position); found != tokens.end()) column.token = found->second;
  column.natural_width = std::max(shown(column.token).width, shown(std::to_string(row.position)).width);
  const std::span<const double> shades =
      shade != nullptr ? row.values(shade->name) : std::span<const double>();
  for (std::size_t layer = 0; layer < table.layers.size(); ++layer) {
    Cell cell;
    cell.shade = value_at(shades, layer);
    cell.is_target = best_is_target(row, layer);
    if (layer < row.best.size()) {
      cell.text = row.best[layer];
    } else {
      cell.text = std::isfinite(cell.shade) ? fmt::format("{:.3g}", cell.shade) : "·";
    }
    column.natural_width = std::max(column.natural_width, shown(cell.text).width);
    column.cells.push_back(std::move(cell));
  }
  return column;
}

void find_range(Grid& grid) {
  grid.lowest = std::numeric_limits<double>::infinity();
  grid.highest = -std::numeric_limits<double>::infinity();
  for (const Column& column : grid.columns) {
    for (const Cell& cell : column.cells) {
      if (!std::isfinite(cell.shade)) continue;
      grid.lowest = std::min(grid.lowest, cell.shade);
      grid.highest = std::max(grid.highest, cell.shade);
    }
  }
  if (grid.lowest > grid.highest) grid.lowest = grid.highest = 0;
}

// Fills panels one after the other, each at most `available` wide.
std::vector<Panel> fill(const std::vector<Column>& columns, int widest_text, int extra, int available) {
  std::vector<Panel> panels;
  int used = 0;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const int width = std::min(columns[i].natural_width, widest_text) + extra;
    if (panels.empty() || used + width > available) {
      panels.push_back({i, 0});
      used = 0;
    }
    used += width;
    ++panels.back().count;
  }
  return panels;
}

}  // namespace

bool best_is_target(const Row& row, std::size_t layer) {
  if (!row.target_id) return false;
  const std::span<const double> best_id = row.values("best_id");
  if (layer < best_id.size()) return best_id[layer] == *row.target_id;
  return layer < row.best.size() && row.best[layer] == row.target;
}

Grid make_grid(const LensTable& table) {
  Grid grid;
  grid.shade = shade_statistic(table);
  std::map<int, std::string> tokens;
  for (const Token& token : table.tokens) tokens[token.position] = token.token;
  for (const Row& row : table.rows()) {
    grid.columns.push_back(make_column(table, row, grid.shade, tokens));
    grid.shows_tokens = grid.shows_tokens || !row.best.empty();
  }
  find_range(grid);
  return grid;
}

double unit_shade(const Grid& grid, double shade) {
  const double range = grid.highest - grid.lowest;
  return range > 0 ? (shade - grid.lowest) / range : 1.0;
}

Layout lay_out(const std::vector<Column>& columns, int extra, int available) {
  const int room = std::max(1, available - extra);  // for one cell's text
  Layout layout;
  layout.widest_text = std::min(kShortText, room);
  const std::size_t panels = fill(columns, layout.widest_text, extra, available).size();
  while (layout.widest_text < std::min(kLongText, room) &&
         fill(columns, layout.widest_text + 1, extra, available).size() <= panels) {
    ++layout.widest_text;
  }
  int narrowest = available;
  while (narrowest > 1 && fill(columns, layout.widest_text, extra, narrowest - 1).size() <= panels)
    --narrowest;
  layout.panels = fill(columns, layout.widest_text, extra, narrowest);
  return layout;
}

}  // namespace logitlens
