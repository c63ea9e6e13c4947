// The coloured cells of a heat map: a strip of tokens across, layers up.
#pragma once

#include <functional>
#include <string_view>

#include "render/figure_axes.h"

namespace logitlens {

// A map for one statistic of the chosen rows.
ColorMap map_of_statistic(const FigureInput& input, Scale scale, std::string_view statistic);

struct CellStyle {
  double pitch = 0, height = 0;  // px
  bool mark_target = false;      // a dot where the best token is the target
};
void draw_cells(FigureInput& input, const Strip& strip, double left, double top, const CellStyle& style,
                std::string_view statistic, const ColorMap& map);

// What a reader is told about a cell: layer, position, tokens, values.
std::string cell_words(const FigureInput& input, const Row& row, std::size_t layer);

// What the dot means.
std::string dot_words(const LensTable& table);

// The dot and its meaning; returns its width in px. `y` is the baseline.
double draw_dot_key(FigureInput& input, double x, double y);

bool has_right_guess(const FigureInput& input);

}  // namespace logitlens
