#include "render/figure_cells.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "render/terminal_cells.h"

namespace logitlens {
namespace {

// Colour of the dot: what can be seen on the cell, not quite black or white.
Rgb dot_color(Rgb cell) {
  return readable_on(cell).red == 255 ? Rgb{0xff, 0xff, 0xff} : Rgb{0x17, 0x17, 0x1c};
}

std::string value_words(const Row& row, std::size_t layer, std::string_view name, std::string_view label) {
  const std::span<const double> values = row.values(name);
  if (layer >= values.size() || !std::isfinite(values[layer])) return "";
  return fmt::format(", {} {:.4g}", label, values[layer]);
}

}  // namespace

ColorMap map_of_statistic(const FigureInput& input, Scale scale, std::string_view statistic) {
  return fitted_map(scale, input.palette.faint, [&](const std::function<void(double)>& take) {
    for (const Row* row : input.rows)
      for (const double value : row->values(statistic)) take(value);
  });
}

void draw_cells(FigureInput& input, const Strip& strip, double left, double top, const CellStyle& style,
                std::string_view statistic, const ColorMap& map) {
  const std::size_t layers = input.table.layers.size();
  const double gap = style.height >= 12 ? 1 : 0;  // lines between thin cells would be all that is seen
  for (std::size_t i = 0; i < strip.count; ++i) {
    const Row& row = *input.rows[strip.first + i];
    const std::span<const double> values = row.values(statistic);
    for (std::size_t layer = 0; layer < layers && layer < values.size(); ++layer) {
      const Box box = {left + static_cast<double>(i) * style.pitch,
                       layer_top(top, style.height, layers, layer), style.pitch - gap, style.height - gap};
      const Rgb color = map(values[layer]);
      input.canvas.fill(box, color);
      input.canvas.tooltip(box, cell_words(input, row, layer));
      if (style.mark_target && best_is_target(row, layer)) {
        const double radius = std::min(2.2, 0.28 * std::min(box.width, box.height));
        input.canvas.disc({box.x + box.width / 2, box.y + box.height / 2}, radius, dot_color(color));
      }
    }
  }
}

std::string cell_words(const FigureInput& input, const Row& row, std::size_t layer) {
  std::string words = fmt::format("layer {}, position {}", state_label(input.table, layer), row.position);
  if (layer < row.best.size()) words += fmt::format(": best {}", row.best[layer]);
  words += value_words(row, layer, "best_z", "z") + value_words(row, layer, "best_logprob", "log p");
  if (row.target_id) {
    words +=
        fmt::format("; {} {}", target_noun(input.table.run, input.table.tokens, row.position, row.target),
                    row.target) +
        value_words(row, layer, "target_z", "z") + value_words(row, layer, "target_logprob", "log p") +
        value_words(row, layer, "target_rank", "rank");
  }
  return words;
}

std::string dot_words(const LensTable& table) {
  return fmt::format("the best token is the {}", target_noun(table));
}

double draw_dot_key(FigureInput& input, double x, double y) {
  const std::string words = dot_words(input.table);
  input.canvas.disc({x + 3, y - 4}, 2.6, input.palette.ink);
  input.canvas.text({.at = {x + 12, y}, .text = words, .font = kSmallFont, .color = input.palette.ink});
  return 12 + input.canvas.width_of(words, kSmallFont);
}

bool has_right_guess(const FigureInput& input) {
  return std::ranges::any_of(input.rows, [&](const Row* row) {
    for (std::size_t layer = 0; layer < input.table.layers.size(); ++layer)
      if (best_is_target(*row, layer)) return true;
    return false;
  });
}

}  // namespace logitlens
