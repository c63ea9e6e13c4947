// A statistic as a heat map: tokens across, layers up, from the smallest value, dark, to the largest, yellow.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "render/figure_cells.h"

namespace logitlens {
namespace {

constexpr double kStripGap = 26;

std::vector<std::string> row_labels(const FigureInput& input) {
  std::vector<std::string> labels;
  for (const Row* row : input.rows) labels.push_back(token_text(input.table, *row));
  return labels;
}

std::string capitalised(std::string words) {
  if (!words.empty() && words[0] >= 'a' && words[0] <= 'z' && words.substr(0, 2) != "z ")
    words[0] -= 'a' - 'A';
  return words;
}

}  // namespace

Status draw_heatmap(FigureInput& input) {
  const StatisticInfo& info = *find_statistic(input.options.statistic);
  const ColorMap map = map_of_statistic(input, Scale::inferno, info.name);
  const std::size_t layers = input.table.layers.size();
  const TokenAxis axis = plan_token_axis(input.canvas, row_labels(input),
                                         content_room(input.options) - layer_labels_width(input) - 60);
  const double left = std::ceil(kMargin + std::max(layer_labels_width(input), axis.left_overhang));
  const double width = figure_width(input.options, left - kMargin + axis.width());
  const double cell = layer_height(input.table, axis.strips.size());

  double y =
      draw_header(input, capitalised(statistic_words(input.table, info)) + ", layer by layer", width) + 26;
  const double bar = std::min(300.0, width - left - kMargin);
  draw_color_bar(input, map, statistic_words(input.table, info) + ", " + info.unit, left, y, bar);
  const bool marked = has_right_guess(input);
  const double key = marked ? input.canvas.width_of(dot_words(input.table), kSmallFont) + 12 : 0;
  if (marked && left + bar + 40 + key <= width - kMargin) {
    draw_dot_key(input, left + bar + 40, y + 15);
  } else if (marked) {
    draw_dot_key(input, left, y + 50);
    y += 22;
  }
  y += 66;
  for (const Strip& strip : axis.strips) {
    draw_layer_labels(input, left, y, cell);
    draw_cells(input, strip, left, y, {axis.pitch, cell, marked}, info.name, map);
    y += cell * static_cast<double>(layers);
    draw_token_labels(input, axis, strip, left, y);
    y += axis.height + kStripGap;
  }
  draw_footer(
      input,
      {names_sentence(input.table), layer_sentence(input.table), statistic_sentence(input.table, info)},
      y - kStripGap, width);
  return ok_status();
}

}  // namespace logitlens
