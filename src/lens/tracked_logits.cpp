#include "lens/tracked_logits.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace logitlens {
namespace {

double product(const float* state, const Weight& decoder, std::size_t id) {
  double sum = 0;
  for (std::size_t h = 0; h < decoder.cols; ++h)
    sum += static_cast<double>(state[h]) * static_cast<double>(float_at(decoder.data, id * decoder.cols + h));
  return sum;
}

double finite_or_none(double value) {
  return std::isfinite(value) ? value : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

std::vector<std::int32_t> tokens_to_track(std::span<const std::int32_t> named, bool best,
                                          std::span<const DecodedRow> layers) {
  std::vector<std::int32_t> ids(named.begin(), named.end());
  const auto add = [&ids](std::int32_t id) {
    if (id >= 0 && std::ranges::find(ids, id) == ids.end()) ids.push_back(id);
  };
  if (!best) return ids;
  for (const DecodedRow& layer : layers) add(layer.sums.target_id.value_or(-1));
  for (const DecodedRow& layer : layers) add(layer.sums.sums.argmax);
  return ids;
}

TrackedToken track(const Weight& decoder, const float* bias, ConstMatrix states,
                   std::span<const DecodedRow> layers, std::int32_t id) {
  TrackedToken token;
  token.id = id;
  const auto column = static_cast<std::size_t>(id);
  for (std::size_t k = 0; k < layers.size(); ++k) {
    const RowSums& row = layers[k].sums;
    double logit = 0;
    if (id == row.sums.argmax) {
      logit = static_cast<double>(row.sums.max);
    } else if (id == row.target_id) {
      logit = static_cast<double>(row.target_logit);
    } else {
      logit = product(states.row(k), decoder, column) +
              (bias ? static_cast<double>(float_at(bias, column)) : 0.0);
    }
    token.logit.push_back(finite_or_none(logit));
    token.logprob.push_back(finite_or_none(row.logprob(logit)));
    token.z.push_back(finite_or_none(row.z(logit)));
  }
  return token;
}

}  // namespace logitlens
