// Axes of figures: tokens along the bottom, layers up the side, colours with their values.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "render/figure_frame.h"

namespace logitlens {

// A picture with many columns is cut into strips, one below the other.
struct Strip {
  std::size_t first = 0, count = 0;
};

// How the columns of tokens are laid out: so that no label overlaps another.
struct TokenAxis {
  std::vector<std::string> labels;
  double pitch = 0;          // px from column to column
  int angle = 0;             // of the labels: 0, 45 or 90 degrees
  double height = 0;         // px that they take below a strip
  double left_overhang = 0;  // px by which they begin left of their strip
  std::vector<Strip> strips;

  double width() const;  // of the widest strip
};
TokenAxis plan_token_axis(Canvas& canvas, std::vector<std::string> labels, double available);
void draw_token_labels(FigureInput& input, const TokenAxis& axis, const Strip& strip, double left,
                       double top);

// Px a layer gets, so that a strip is neither squat nor endless.
double layer_height(const LensTable& table, std::size_t strips);

// Where a layer is in a strip that begins at `top`: the first one at the bottom.
inline double layer_top(double top, double height, std::size_t layers, std::size_t layer) {
  return top + height * static_cast<double>(layers - 1 - layer);
}

// Layer numbers left of `left`, thinned out where they would touch, and the word "layer" above them; "7 attention" for a
// state inside a block.
void draw_layer_labels(FigureInput& input, double left, double top, double height);
inline constexpr double kLayerLabels = 44;      // px that numbers take
double layer_labels_width(FigureInput& input);  // px that this table's labels take

// Values and the colours that stand for them.
struct ColorMap {
  Scale scale = Scale::inferno;
  double low = 0, high = 1;
  Rgb none;  // of a value that is not there
  Rgb operator()(double value) const;
};

// From the smallest to the largest of the values; 0..1 if there are none.
ColorMap fitted_map(Scale scale, Rgb none,
                    const std::function<void(const std::function<void(double)>&)>& each_value);

// A horizontal bar with its values below and `title` above. `y` is the title's baseline. Takes 44 px below
// it.
void draw_color_bar(FigureInput& input, const ColorMap& map, std::string_view title, double x, double y,
                    double width);

// A value with the digits that tell ticks `step` apart.
std::string tick_text(double value, double step);

}  // namespace logitlens
