// Straight lines through a curve over the layers, by ordinary least squares: against sqrt(k), and in two pieces.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace logitlens {

// y = b0 + b1 x. r2 = 1 - SSE / SST, the share of the variance of y that the line explains; NaN where y does not vary.
struct Line {
  double b0, b1, r2;
};

// Least squares of y on x (Legendre 1805; b1 = sum (x - mean x)(y - mean y) / sum (x - mean x)^2). Points with a value
// that is not finite are left out; all NaN with fewer than two different x among the rest, or lengths that differ.
Line fit_line(std::span<const double> x, std::span<const double> y);

// y = b0 + b1 sqrt(k) for k = 0, 1, ..: `y` holds every layer of a model from 0 on.
Line fit_sqrt(std::span<const double> y);

// The same over the layer numbers of a table that has only some (ascending, none negative).
Line fit_sqrt(std::span<const int> layers, std::span<const double> y);

// y = a + before * (x - bend) up to x = bend, a + after * (x - bend) from there: two lines that meet at a point's x.
struct TwoLines {
  std::size_t bend = 0;  // index of that point
  double at_bend = 0;    // a
  double before = 0, after = 0;
  double straight_sse = 0;  // of the one straight line
  double sse = 0;           // of the two lines
};

// The least squares fit with `after` > `before` (the curve turns upwards), the inner points tried one after the other as
// the bend (Hudson 1966); of equal fits the earlier bend. None with fewer than four points, a value that is not
// finite, x that do not ascend, or no bend that turns upwards.
std::optional<TwoLines> fit_two_lines(std::span<const double> x, std::span<const double> y);

}  // namespace logitlens
