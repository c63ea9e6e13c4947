#include "render/ticks.h"

#include <algorithm>
#include <cmath>

namespace logitlens {

Ticks round_ticks(double lowest, double highest, int count) {
  if (lowest == highest && std::isfinite(lowest)) return {1, {lowest}};
  if (!(highest > lowest) || !std::isfinite(highest - lowest)) return {};
  const double rough = (highest - lowest) / std::max(1, count);
  const double power = std::pow(10.0, std::floor(std::log10(rough)));
  Ticks ticks{10 * power, {}};
  for (const double factor : {5.0, 2.0, 1.0})
    if (factor * power >= rough * (1 - 1e-9)) ticks.step = factor * power;
  constexpr std::size_t most = 100;  // where the steps are below a double's precision
  const double first = std::ceil(lowest / ticks.step - 1e-9), last = std::floor(highest / ticks.step + 1e-9);
  for (double i = first; i <= last && ticks.values.size() < most; ++i)
    ticks.values.push_back(i == 0 ? 0.0 : i * ticks.step);  // no -0.0
  return ticks;
}

}  // namespace logitlens
