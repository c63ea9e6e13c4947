// Rows of a batch that start alike: the same token, type and place. Texts that differ in a masked token share nearly all
// of their embeddings, and with them the first block's queries, keys and values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "model/config.h"

namespace logitlens {

class SharedRows {
 public:
  // ids [S, T]; types alike, or empty.
  static SharedRows find(const ModelConfig& config, std::span<const std::int32_t> ids,
                         std::span<const std::int32_t> types, std::size_t tokens);

  std::size_t count() const { return first_.size() - 1; }  // different rows
  // All that are like the given one of them, ascending.
  std::span<const std::size_t> rows_like(std::size_t one) const {
    return std::span(rows_).subspan(first_[one], first_[one + 1] - first_[one]);
  }

 private:
  std::vector<std::size_t> rows_;      // [S * T]
  std::vector<std::size_t> first_{0};  // [count + 1], into rows_
};

}  // namespace logitlens
