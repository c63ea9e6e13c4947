// A plot of curves over the layers: axes, grid, lines.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "render/figure_axes.h"

namespace logitlens {

struct Plot {
  Box area;
  double low = 0, high = 1;  // values at the bottom and the top
  double first_layer = 0, last_layer = 1;
  double x(double layer) const;
  double y(double value) const;
};

// Whether a value has a place in a plot: a number, and not one that only breaks its scale.
bool can_be_plotted(double value);

// Room for every such value of `curves`, with a little air.
Plot make_plot(Box area, std::span<const int> layers, const std::vector<std::span<const double>>& curves);

// Grid and values at the left, layers below; `name` of the value `above` px over them, at the left.
void draw_plot_axes(FigureInput& input, const Plot& plot, std::string_view name, double above = 12);

// A curve through the values, broken where one is missing; a lone point is a dot.
void draw_curve(FigureInput& input, const Plot& plot, std::span<const double> values, double width, Rgb color,
                bool dashed = false);

// The ring at a curve's knee, which is at the layer of this number.
void draw_knee(FigureInput& input, const Plot& plot, std::span<const double> values, int knee, Rgb color);

// Colours of lines, told apart by colour-blind readers too; they begin again after the last.
std::span<const Rgb> line_colors(Theme theme);

// One past the last value that can be plotted; 0: there is none.
std::size_t end_of_curve(std::span<const double> values);

// Moves the middles of labels apart to at least `apart`, within low..high where that is possible, in their
// order.
std::vector<double> spread(const std::vector<double>& middles, double apart, double low, double high);

}  // namespace logitlens
