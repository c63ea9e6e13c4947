#include "model/shared_rows.h"

#include <algorithm>
#include <numeric>
#include <tuple>

#include "model/embed.h"

namespace logitlens {

namespace {

// All that a row's embedding is computed from.
struct Origin {
  std::int32_t id, type;
  std::size_t position;
  float scale;
  auto key() const { return std::tie(id, type, position, scale); }
};

}  // namespace

SharedRows SharedRows::find(const ModelConfig& config, std::span<const std::int32_t> ids,
                            std::span<const std::int32_t> types, std::size_t tokens) {
  std::vector<Origin> origins;
  for (std::size_t first = 0; first < ids.size(); first += tokens) {
    const auto sequence = ids.subspan(first, tokens);
    const std::vector<std::size_t> positions = position_rows(config, sequence);
    const float scale = mask_dropout_scale(config, sequence);
    for (std::size_t t = 0; t < tokens; ++t)
      origins.push_back({sequence[t], types.empty() ? 0 : types[first + t], positions[t], scale});
  }
  SharedRows shared;
  shared.rows_.resize(ids.size());
  std::iota(shared.rows_.begin(), shared.rows_.end(), std::size_t{0});
  std::ranges::stable_sort(shared.rows_,
                           [&](std::size_t a, std::size_t b) { return origins[a].key() < origins[b].key(); });
  for (std::size_t at = 1; at < ids.size(); ++at)
    if (origins[shared.rows_[at]].key() != origins[shared.rows_[at - 1]].key()) shared.first_.push_back(at);
  shared.first_.push_back(ids.size());
  return shared;
}

}  // namespace logitlens
