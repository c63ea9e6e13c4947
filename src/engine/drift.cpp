#include "engine/drift.h"

#include <algorithm>
#include <cmath>

namespace logitlens {

std::vector<std::size_t> drift_sample(std::size_t sequences, std::size_t tokens) {
  constexpr std::size_t one_of = 128, rows_wanted = 128;
  const std::size_t wanted =
      std::max((sequences + one_of - 1) / one_of, rows_wanted / std::max<std::size_t>(1, tokens));
  const std::size_t count = std::min(sequences, wanted);
  std::vector<std::size_t> sample;
  for (std::size_t i = 0; i < count; ++i) sample.push_back((2 * i + 1) * sequences / (2 * count));
  return sample;
}

Drift drift_between(const LensTable& table, const LensTable& exact, std::span<const std::size_t> rows) {
  Drift drift;
  for (std::size_t r : rows) {
    const Row &row = table.rows()[r], &other = exact.rows()[r];
    const auto best = row.values("best_id"), other_best = other.values("best_id");
    ++drift.rows;
    for (std::size_t k = 0; k < best.size(); ++k) {
      ++drift.states;
      drift.same_best += best[k] == other_best[k];
      for (std::string_view name : {"best_z", "target_z"}) {
        const auto values = row.values(name), other_values = other.values(name);
        if (values.empty() || other_values.empty()) continue;
        const double difference = std::abs(values[k] - other_values[k]);
        if (std::isfinite(difference)) drift.z = std::max(drift.z, difference);
      }
    }
    if (!best.empty()) drift.same_best_last += best.back() == other_best.back();
  }
  return drift;
}

}  // namespace logitlens
