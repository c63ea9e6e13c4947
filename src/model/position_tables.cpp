#include "model/position_tables.h"

#include <algorithm>
#include <cmath>

namespace logitlens {

Angles Angles::of(const Rotation& rotation, std::size_t tokens) {
  Angles angles;
  angles.half = rotation.frequencies.size();
  for (std::size_t t = 0; t < tokens; ++t)
    for (float frequency : rotation.frequencies) {
      const double angle =
          static_cast<double>(static_cast<float>(t) * frequency);  // rounded as the reference does
      angles.cosines.push_back(static_cast<float>(std::cos(angle)));
      angles.sines.push_back(static_cast<float>(std::sin(angle)));
    }
  return angles;
}

void Angles::turn(float* x, std::size_t position) const {
  const float* cosine = cosines.data() + position * half;
  const float* sine = sines.data() + position * half;
  for (std::size_t i = 0; i < half; ++i) {
    const float a = x[i], b = x[i + half];
    x[i] = a * cosine[i] - b * sine[i];
    x[i + half] = b * cosine[i] + a * sine[i];
  }
}

namespace {

// T5's buckets for both directions (Raffel et al. 2020): half of them for each, the nearer half of those exact, the others
// growing with the logarithm of the distance. In float32, as the reference does it.
std::size_t bias_bucket(const Distances& distances, std::ptrdiff_t distance) {
  const std::size_t half = distances.buckets / 2, exact = half / 2;
  const auto far = static_cast<std::size_t>(std::abs(distance));
  const std::size_t first = distance < 0 ? half : 0;
  if (far < exact) return first + far;
  const float ratio = std::log(static_cast<float>(far) / static_cast<float>(exact)) /
                      std::log(static_cast<float>(distances.reach) / static_cast<float>(exact));
  const auto step = static_cast<std::size_t>(ratio * static_cast<float>(half - exact));
  return first + std::min(half - 1, exact + step);
}

// DeBERTa-v2's: distances up to half the buckets as they are, those beyond by their logarithm.
std::ptrdiff_t log_bucket(const Distances& distances, std::ptrdiff_t distance) {
  const auto middle = static_cast<std::ptrdiff_t>(distances.buckets / 2);
  const std::ptrdiff_t far = std::abs(distance);
  if (far <= middle) return distance;
  const float ratio = std::log(static_cast<float>(far) / static_cast<float>(middle)) /
                      std::log(static_cast<float>(distances.reach - 1) / static_cast<float>(middle));
  const auto bucket = static_cast<std::ptrdiff_t>(std::ceil(ratio * static_cast<float>(middle - 1))) + middle;
  return distance < 0 ? -bucket : bucket;
}

}  // namespace

std::size_t distance_row(const ModelConfig& config, std::ptrdiff_t distance) {
  const Distances& distances = config.distances;
  if (config.attention_position == AttentionPosition::bucketed_bias) return bias_bucket(distances, distance);
  const std::ptrdiff_t step = distances.buckets > 0 ? log_bucket(distances, distance) : distance;
  const auto last = static_cast<std::ptrdiff_t>(distances.rows) - 1;
  return static_cast<std::size_t>(
      std::clamp(step + static_cast<std::ptrdiff_t>(distances.span), std::ptrdiff_t{0}, last));
}

PositionTables PositionTables::of(const ModelConfig& config, std::size_t tokens) {
  PositionTables tables;
  if (config.attention_position == AttentionPosition::rotary) {
    tables.angles = Angles::of(config.rotation, tokens);
    if (std::ranges::find(config.local_layers, true) != config.local_layers.end())
      tables.local_angles = Angles::of(config.local_rotation, tokens);
  }
  if (config.distances.rows == 0) return tables;
  std::vector<std::size_t> rows;  // [2T - 1], by key - query
  const auto last = static_cast<std::ptrdiff_t>(tokens) - 1;
  for (std::ptrdiff_t ahead = -last; ahead <= last; ++ahead) rows.push_back(distance_row(config, -ahead));
  tables.distance_rows = rows;
  std::ranges::sort(tables.distance_rows);
  const auto repeated = std::ranges::unique(tables.distance_rows);
  tables.distance_rows.erase(repeated.begin(), repeated.end());
  for (std::size_t row : rows)
    tables.row_of.push_back(static_cast<std::uint32_t>(std::ranges::lower_bound(tables.distance_rows, row) -
                                                       tables.distance_rows.begin()));
  return tables;
}

}  // namespace logitlens
