#include "analysis/knee.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace logitlens {

std::optional<Knee> find_knee(std::span<const int> layers, std::span<const double> z) {
  if (z.size() != layers.size() || z.size() < kKneePoints) return std::nullopt;
  if (!std::all_of(z.begin(), z.end(), [](double value) { return std::isfinite(value); }))
    return std::nullopt;
  const double rise = z.back() - z.front();
  if (rise < kKneeRise) return std::nullopt;
  const auto [lowest, highest] = std::minmax_element(z.begin(), z.end());
  const double range = *highest - *lowest;  // >= rise > 0

  Knee knee;
  for (std::size_t i = 0; i < z.size(); ++i) {
    const double along = static_cast<double>(layers[i] - layers.front()) / (layers.back() - layers.front());
    const double below_chord = (along * rise - (z[i] - z.front())) / range;
    if (below_chord >= knee.strength) knee = {layers[i], below_chord};
  }
  if (knee.strength < kKneeStrength) return std::nullopt;
  return knee;
}

}  // namespace logitlens
