// Whether labels of a figure touch: turned boxes, by the separating axes of their sides.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "render/canvas.h"

namespace logitlens::testing {

using InkedLabel = std::pair<std::string, std::vector<Point>>;

inline std::pair<double, double> shadow(const std::vector<Point>& corners, Point axis) {
  double low = 1e300, high = -1e300;
  for (const Point& corner : corners) {
    const double at = corner.x * axis.x + corner.y * axis.y;
    low = std::min(low, at);
    high = std::max(high, at);
  }
  return {low, high};
}

inline bool touch(const std::vector<Point>& a, const std::vector<Point>& b) {
  for (const auto* corners : {&a, &b}) {
    for (std::size_t i = 0; i < 2; ++i) {  // opposite sides are parallel
      const Point from = (*corners)[i], to = (*corners)[i + 1];
      const Point axis = {from.y - to.y, to.x - from.x};
      const auto [a_low, a_high] = shadow(a, axis);
      const auto [b_low, b_high] = shadow(b, axis);
      if (a_high <= b_low || b_high <= a_low) return false;
    }
  }
  return true;
}

// The first two labels that touch, or two empty names.
inline std::pair<std::string, std::string> touching(std::vector<InkedLabel> labels) {
  const auto left = [](const InkedLabel& label) { return shadow(label.second, {1, 0}).first; };
  std::sort(labels.begin(), labels.end(), [&](const auto& a, const auto& b) { return left(a) < left(b); });
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const double right = shadow(labels[i].second, {1, 0}).second;
    for (std::size_t j = i + 1; j < labels.size() && left(labels[j]) < right; ++j)
      if (touch(labels[i].second, labels[j].second)) return {labels[i].first, labels[j].first};
  }
  return {};
}

// The first label that is not whole on the paper, or "".
inline std::string off_paper(const Canvas& canvas) {
  for (const auto& [text, corners] : canvas.inked())
    for (const Point& corner : corners)
      if (corner.x < 0 || corner.y < 0 || corner.x > canvas.width() || corner.y > canvas.height())
        return text;
  return "";
}

}  // namespace logitlens::testing
