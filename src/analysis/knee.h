// The knee of a curve of z against layer: where a flat stretch of noise turns into a climb.
#pragma once

#include <optional>
#include <span>

#include "logitlens/table.h"

namespace logitlens {

inline constexpr std::size_t kKneePoints = 4;  // fewer points have no knee
inline constexpr double kKneeRise = 1.0;  // standard deviations from the first to the last point, at least
inline constexpr double kKneeStrength = 0.1;  // a weaker bend is called none

// Kneedle (Satopaa et al. 2011) for a convex, increasing curve. With u = (layer - first) / (last - first) and
// v = (z - z_first) / (max z - min z), the knee is the point with the greatest distance below the chord,
// d = u * v_last - v, and d is its strength. None with too few points, a missing value, a rise below
// kKneeRise or a strength below kKneeStrength. Ties go to the later layer, where the climb begins.
std::optional<Knee> find_knee(std::span<const int> layers, std::span<const double> z);

}  // namespace logitlens
