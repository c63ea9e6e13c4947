// Curves over the layers, drawn in a terminal with braille dots: two across and four down in every cell.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "logitlens/report.h"

namespace logitlens {

struct PlotCurve {
  std::vector<double> values;  // [layers]; NaN: a gap
  std::string letter;   // one column wide; stands at the end of the curve, and along it without colours
  std::size_t ink = 0;  // which colour
  bool dashed = false;
  std::optional<std::size_t> knee;  // index of the layer to mark
};

struct PlotFrame {
  std::vector<int> layers;
  double lowest = 0, highest = 1;  // the ends of the y axis
  int width = 60, height = 10;     // columns and lines in all, axes included; at least 24 and 5
  Color color = Color::none;
};

// `height` lines of `width` columns at most: the y axis at the left, the layers below. The first curve lies on top.
std::vector<std::string> draw_plot(const PlotFrame& frame, std::span<const PlotCurve> curves);

// `text` in the colour of curves with that number; as it is for Color::none. Eight colours of Okabe and Ito (2008), told apart
// with any colour vision, in the shades that stand out on black and on white.
std::string inked(std::string_view text, std::size_t ink, Color color);

}  // namespace logitlens
