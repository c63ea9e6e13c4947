// What a text of T tokens needs to know of positions, worked out once a plan: angles of rotations, and the rows of the
// table of distances that can occur between its tokens.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "model/config.h"

namespace logitlens {

// cos and sin of position * frequency, [T, rotated / 2] each.
struct Angles {
  std::vector<float> cosines, sines;
  std::size_t half = 0;

  static Angles of(const Rotation& rotation, std::size_t tokens);
  // x [d]: pairs (i, i + half) turned by the angle of `position`; what lies behind 2 * half stays.
  void turn(float* x, std::size_t position) const;
};

struct PositionTables {
  Angles angles, local_angles;
  std::vector<std::size_t> distance_rows;  // [R], of the table, ascending
  std::vector<std::uint32_t> row_of;       // [2T - 1], key - query + T - 1 -> index into distance_rows

  static PositionTables of(const ModelConfig& config, std::size_t tokens);
  const Angles& angles_of(const ModelConfig& config, std::size_t layer) const {
    return config.local_layers[layer] ? local_angles : angles;
  }
};

// The row of the table that a query looks up for a key: `distance` = query - key.
std::size_t distance_row(const ModelConfig& config, std::ptrdiff_t distance);

}  // namespace logitlens
