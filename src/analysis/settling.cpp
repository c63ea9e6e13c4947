#include "analysis/settling.h"

#include <cmath>
#include <cstddef>
#include <functional>
#include <optional>

#include "analysis/knee.h"

namespace logitlens {
namespace {

using Values = std::span<const double>;
using Holds = std::function<bool(double)>;  // false for NaN

// First layer from which `holds` is true up to the last one.
std::optional<int> stable_from(Values values, std::span<const int> layers, const Holds& holds) {
  std::size_t from = values.size();
  while (from > 0 && holds(values[from - 1])) --from;
  if (from == values.size()) return std::nullopt;
  return layers[from];
}

std::optional<int> first_where(Values values, std::span<const int> layers, const Holds& holds) {
  for (std::size_t i = 0; i < values.size(); ++i)
    if (holds(values[i])) return layers[i];
  return std::nullopt;
}

// Only a rise counts as a jump; the first of equal ones. A step next to a missing value is passed over.
std::optional<int> largest_jump(Values z, std::span<const int> layers) {
  std::optional<int> layer;
  double largest = 0;
  for (std::size_t i = 1; i < z.size(); ++i) {
    const double jump = z[i] - z[i - 1];
    if (jump > largest) {
      largest = jump;
      layer = layers[i];
    }
  }
  return layer;
}

std::optional<int> best_stable(const Row& row, std::span<const int> layers) {
  const Values best = row.values("best_id");
  if (best.empty()) return std::nullopt;
  return stable_from(best, layers, [last = best.back()](double id) { return id == last; });
}

// By best_id, because of ties: two tokens with the greatest logit both have rank 0, one of them is best.
std::optional<int> target_stable(const Row& row, std::span<const int> layers) {
  if (!row.target_id) return std::nullopt;
  const Values best = row.values("best_id");
  if (!best.empty()) {
    return stable_from(best, layers, [target = *row.target_id](double id) { return id == target; });
  }
  return stable_from(row.values("target_rank"), layers, [](double rank) { return rank == 0; });
}

}  // namespace

Settling settle(const Row& row, std::span<const int> layers, int settle_rank, double settle_kl) {
  Settling settling;
  settling.best_stable = best_stable(row, layers);
  settling.target_stable = target_stable(row, layers);
  if (row.target_id) {
    settling.rank_le_k =
        first_where(row.values("target_rank"), layers, [=](double rank) { return rank <= settle_rank; });
  }
  settling.kl_below =
      first_where(row.values("kl_to_last"), layers, [=](double kl) { return kl < settle_kl; });
  const Values z = row.values(row.target_id ? "target_z" : "best_z");
  settling.largest_jump = largest_jump(z, layers);
  settling.knee = find_knee(layers, z);
  settling.two_segment = find_two_segments(layers, z);
  return settling;
}

}  // namespace logitlens
