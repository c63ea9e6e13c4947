// Hidden states on their way through the head, all rows of a batch at once.
#pragma once

#include <cstddef>

#include "base/matrix.h"
#include "base/thread_team.h"
#include "lens/head.h"
#include "logitlens/status.h"

namespace logitlens {

class HeadRows {
 public:
  // Room for states [rows, H], to be filled by the caller through matrix().
  static Result<HeadRows> create(std::size_t rows, std::size_t hidden);

  Matrix matrix() const { return {buffer_.data(), rows_, hidden_, hidden_}; }
  // In place: from hidden states to what the decoder multiplies. Errors: memory.
  Status apply(const ModelConfig& config, const Weights& weights, Lens lens, ThreadTeam& team);

 private:
  FloatBuffer buffer_;  // padded to whole tiles
  std::size_t rows_ = 0, hidden_ = 0;
};

}  // namespace logitlens
