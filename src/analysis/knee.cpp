#include "analysis/knee.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "analysis/least_squares.h"

namespace logitlens {
namespace {

using Values = std::span<const double>;

// Enough points, none missing, and a rise worth the name.
bool may_have_knee(std::span<const int> layers, Values z) {
  if (z.size() != layers.size() || z.size() < kKneePoints) return false;
  if (!std::all_of(z.begin(), z.end(), [](double value) { return std::isfinite(value); })) return false;
  return z.back() - z.front() >= kKneeRise;
}

// Noise of z[0..end] by its successive differences, which a slow trend hardly touches.
double noise_up_to(Values z, std::size_t end) {
  double sum = 0;
  for (std::size_t i = 1; i <= end; ++i) sum += (z[i] - z[i - 1]) * (z[i] - z[i - 1]);
  return end > 0 ? std::sqrt(sum / static_cast<double>(end) / 2) : 0;
}

bool climb_stands_out(Values z, std::size_t knee) {
  return z.back() - z[knee] >= kKneeNoise * noise_up_to(z, knee);
}

// Points up to the first that has reached the top of the climb.
std::size_t points_of_climb(Values z) {
  const auto [lowest, highest] = std::minmax_element(z.begin(), z.end());
  const double top = *highest - (1 - kClimbTop) * (*highest - *lowest);
  const auto end = std::find_if(z.begin(), z.end(), [top](double value) { return value >= top; });
  return static_cast<std::size_t>(end - z.begin()) + 1;
}

bool two_lines_are_better(const TwoLines& fit, std::size_t points) {
  const double n = static_cast<double>(points);
  return fit.sse == 0 || n * std::log(fit.straight_sse / fit.sse) > 2 * std::log(n);
}

}  // namespace

std::optional<Knee> find_knee(std::span<const int> layers, std::span<const double> z) {
  if (!may_have_knee(layers, z)) return std::nullopt;
  const double rise = z.back() - z.front();
  const auto [lowest, highest] = std::minmax_element(z.begin(), z.end());
  const double range = *highest - *lowest;  // >= rise > 0

  Knee knee;
  std::size_t at = 0;
  for (std::size_t i = 0; i < z.size(); ++i) {
    const double along = static_cast<double>(layers[i] - layers.front()) / (layers.back() - layers.front());
    const double below_chord = (along * rise - (z[i] - z.front())) / range;
    if (below_chord < knee.strength) continue;
    knee = {layers[i], below_chord};
    at = i;
  }
  if (knee.strength < kKneeStrength || !climb_stands_out(z, at)) return std::nullopt;
  return knee;
}

std::optional<TwoSegment> find_two_segments(std::span<const int> layers, std::span<const double> z) {
  if (!may_have_knee(layers, z)) return std::nullopt;
  const std::size_t points = points_of_climb(z);
  const std::vector<double> x(layers.begin(), layers.begin() + static_cast<std::ptrdiff_t>(points));
  const auto fit = fit_two_lines(x, z.first(points));
  if (!fit || !two_lines_are_better(*fit, points)) return std::nullopt;
  if (fit->after * (x.back() - x[fit->bend]) < kKneeRise) return std::nullopt;
  if (!climb_stands_out(z.first(points), fit->bend)) return std::nullopt;
  return TwoSegment{layers[fit->bend], 1 - fit->sse / fit->straight_sse};
}

}  // namespace logitlens
