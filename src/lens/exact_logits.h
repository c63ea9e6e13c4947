// The float32 logits of some ids for some rows, as the streaming pass has them: an element of the product has the same bytes
// whatever stands beside it (tests/property/gemm_test.cpp).
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

#include "base/matrix.h"
#include "kernels/gemm.h"
#include "lens/screened_decoder.h"
#include "logitlens/status.h"

namespace logitlens {

class ExactLogits {
 public:
  // For rows [height, H].
  static Result<ExactLogits> create(const ScreenedDecoder& decoder, std::size_t height);

  // take(row, id, logit) for every row's wanted ids, by ascending id.
  template <class Take>
  void compute(const float* rows, const std::vector<std::vector<std::int32_t>>& wanted, const Take& take) {
    std::vector<std::pair<std::int32_t, std::size_t>> pairs;  // (id, row), by id
    for (std::size_t r = 0; r < wanted.size(); ++r)
      for (std::int32_t id : wanted[r]) pairs.emplace_back(id, r);
    std::ranges::sort(pairs);
    for (std::size_t first = 0; first < pairs.size();) {
      std::vector<std::int32_t> ids;
      std::size_t end = first;
      for (; end < pairs.size(); ++end) {
        if (!ids.empty() && pairs[end].first == ids.back()) continue;
        if (ids.size() == at_once) break;
        ids.push_back(pairs[end].first);
      }
      multiply(rows, ids);
      std::size_t column = 0;
      for (std::size_t p = first; p < end; ++p) {
        const auto [id, r] = pairs[p];
        if (id != ids[column]) ++column;
        take(r, id, logit(r, column, id));
      }
      first = end;
    }
  }

 private:
  static constexpr std::size_t at_once = 64;  // ids that one product computes

  void multiply(const float* rows, const std::vector<std::int32_t>& ids);
  float logit(std::size_t row, std::size_t column, std::int32_t id) const;

  const ScreenedDecoder* decoder_ = nullptr;
  std::size_t height_ = 0;
  FloatBuffer scratch_, decoder_rows_, products_;  // [at_once, H], [height, at_once]
};

}  // namespace logitlens
