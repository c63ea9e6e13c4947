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
  // Room for states [rows, H], to be filled by the caller through states().
  static Result<HeadRows> create(std::size_t rows, const ModelConfig& config, const Weights& weights);

  Matrix states() const { return states_.matrix(rows_, hidden_); }
  // From hidden states, which are overwritten, to what the decoder multiplies. Errors: memory.
  Status apply(const ModelConfig& config, const Weights& weights, Lens lens, ThreadTeam& team);
  // After apply(): [rows, width of the decoder].
  ConstMatrix decodable() const { return narrow_.data() ? narrow_.matrix(rows_, width_) : states(); }

 private:
  FloatBuffer states_;  // padded to whole tiles
  FloatBuffer narrow_;  // the same where the decoder's width is another; else empty
  std::size_t rows_ = 0, hidden_ = 0, width_ = 0;
};

}  // namespace logitlens
