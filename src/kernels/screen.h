// Intervals around a tile of logits from a product of bytes, and which of them matter.
#pragma once

#include <cstddef>
#include <cstdint>

namespace logitlens {

// What is known of each id of a tile, arrays of its length; see lens/screened_decoder.h for the derivation.
struct ScreenIds {
  const float* scale;  // of the id's quantised row
  const float* base;   // what every row shares
  const float* norm;   // of its row
  const float* error;  // of the row's rounding
};

// What is known of a row: the logit of id v lies within norm * error[v] + error * norm[v] of scale * scale[v] * product[v] +
// base[v], apart from roundings and a constant of the row, which are the caller's business.
struct ScreenRow {
  float scale, norm, error;
};

struct ScreenedTile {
  float best_lower = 0, best_upper = 0;  // the largest of each
  std::size_t greater = 0;               // lower ends above the threshold
};

// lower, upper [n]: the ends of the intervals.
ScreenedTile screen_tile(const std::int32_t* products, std::size_t n, const ScreenIds& ids,
                         const ScreenRow& row, float threshold, float* lower, float* upper);

// Writes the indices of all values at or above `limit` in ascending order to `found` [n and a vector more]; returns how many.
std::size_t find_at_least(const float* values, std::size_t n, float limit, std::int32_t* found);
inline constexpr std::size_t find_slack = 64;

}  // namespace logitlens
