// The knee of a curve of z against layer: where a flat stretch of noise turns into a climb. Two opinions.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "logitlens/table.h"

namespace logitlens {

inline constexpr std::size_t kKneePoints = 4;  // fewer points have no knee
inline constexpr double kKneeRise = 1.0;  // standard deviations from the first to the last point, at least
inline constexpr double kKneeStrength = 0.1;  // a weaker bend is called none
inline constexpr double kKneeNoise =
    4.0;  // the climb after the knee, in units of the noise before it, at least
inline constexpr double kClimbTop = 0.9;  // of the curve's range: where the climb counts as over

// Kneedle (Satopaa et al. 2011) for a convex, increasing curve. With u = (layer - first) / (last - first) and
// v = (z - z_first) / (max z - min z), the knee is the point with the greatest distance below the chord,
// d = u * v_last - v, and d is its strength. None with too few points, a missing value, a rise below
// kKneeRise, a strength below kKneeStrength, or a climb from the knee to the last point that does not stand out from
// the noise before the knee: below kKneeNoise * s, s^2 = mean (z[i] - z[i-1])^2 / 2 up to the knee (von Neumann 1941).
// Ties go to the later layer, where the climb begins.
std::optional<Knee> find_knee(std::span<const int> layers, std::span<const double> z);

// The second opinion: two lines that meet at a layer, the second one steeper, by least squares (Hudson 1966), over the
// layers up to the first that reaches kClimbTop of the range (a plateau after the climb is a bend of its own).
// `gain` = 1 - SSE(two lines) / SSE(one line). None where the Schwarz criterion (1978) prefers one line:
// n ln(SSE one / SSE two) <= 2 ln n, n points, two more parameters (slope, layer); and under the knee's own conditions of
// points, rise and noise.
std::optional<TwoSegment> find_two_segments(std::span<const int> layers, std::span<const double> z);

}  // namespace logitlens
