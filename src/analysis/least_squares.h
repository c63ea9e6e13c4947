// Straight lines through a curve over the layers, by ordinary least squares.
#pragma once

#include <span>

namespace logitlens {

// y = b0 + b1 x. r2 = 1 - SSE / SST, the share of the variance of y that the line explains; NaN where y does
// not vary.
struct Line {
  double b0, b1, r2;
};

// y = b0 + b1 sqrt(layer), over the layer numbers of a table (none negative). Points with a value that is not
// finite are left out; all NaN with fewer than two points, or lengths that differ.
Line fit_sqrt(std::span<const int> layers, std::span<const double> y);

}  // namespace logitlens
