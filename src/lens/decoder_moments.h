// Mean and variance of a row's logits over the vocabulary without the logits: from the decoder's own moments.
//
// With u = [x, 1] and a decoder row with its bias d_v = [w_v, b_v], a logit is u . d_v. Over the vocabulary, then,
//   mean = u . m          m = mean of d_v
//   variance = u^T C u    C = mean of (d_v - m)(d_v - m)^T, centred, so that nothing large cancels.
#pragma once

#include <cstddef>
#include <vector>

#include "base/matrix.h"
#include "base/thread_team.h"
#include "logitlens/status.h"
#include "model/weights.h"

namespace logitlens {

struct LogitMoments {
  double mean = 0, variance = 0;
};

class DecoderMoments {
 public:
  // All in double, of decoder [V, H] and bias [V] (any alignment; nullptr: none). An element of C is within 1e-11 of its
  // exact value relative to the product of its two columns' deviations. The same bytes for any number of threads.
  static Result<DecoderMoments> compute(const Weight& decoder, const float* bias, ThreadTeam& team);

  // Of every row of x [rows, H]; finite rows only. In double too: of the logits as real numbers the mean is within 1e-11 of
  // the largest |u_i m_i|, and the deviation within 1e-9 relative where it is above 1e-4 of |u| times the largest |d_v|.
  // A row's bytes depend on that row alone.
  Result<std::vector<LogitMoments>> of_rows(ConstMatrix x, ThreadTeam& team) const;

  const std::vector<double>& mean() const { return mean_; }  // m, [H] and the bias's, padded

 private:
  std::size_t hidden_ = 0, width_ = 0;  // width: H, and 1 with a bias, padded
  bool biased_ = false;
  std::vector<double> mean_;        // [width]
  std::vector<double> covariance_;  // C, as kernels/double_products.h has it
};

}  // namespace logitlens
