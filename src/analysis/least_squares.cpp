#include "analysis/least_squares.h"

#include <cmath>
#include <cstddef>
#include <limits>

namespace logitlens {

Line fit_sqrt(std::span<const int> layers, std::span<const double> y) {
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  if (layers.size() != y.size()) return {kNaN, kNaN, kNaN};
  double count = 0, mean_x = 0, mean_y = 0;
  for (std::size_t i = 0; i < y.size(); ++i) {
    if (!std::isfinite(y[i])) continue;
    count += 1;
    mean_x += std::sqrt(layers[i]);
    mean_y += y[i];
  }
  mean_x /= count;
  mean_y /= count;
  double xx = 0, xy = 0, yy = 0;
  for (std::size_t i = 0; i < y.size(); ++i) {
    if (!std::isfinite(y[i])) continue;
    const double x = std::sqrt(layers[i]) - mean_x, v = y[i] - mean_y;
    xx += x * x;
    xy += x * v;
    yy += v * v;
  }
  if (count < 2 || xx == 0) return {kNaN, kNaN, kNaN};
  const double b1 = xy / xx;
  return {mean_y - b1 * mean_x, b1, yy > 0 ? b1 * xy / yy : kNaN};
}

}  // namespace logitlens
