// Rows lie around a few centres: the layers of a lens, mostly. A row's logits are those of its centre, known in double for
// every id, and those of the short way from there to the row: the shorter it is, the tighter a product of bytes bounds them.
// Which centre stands for a row changes how long an answer takes, never the answer.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "base/matrix.h"
#include "base/thread_team.h"

namespace logitlens {

class ScreenedDecoder;

struct Centre {
  std::vector<double> mean;  // [H]
  double squared = 0;        // |mean|^2
  std::vector<float> base;   // [V], mean . w_v + b_v
  double largest_base = 0;
  double on_mean = 0;  // mean . c, c the decoder's mean row
};

class Centres {
 public:
  // Of some rows x [rows, H], by Lloyd's algorithm: at most 8, and at least 8 rows for each.
  static Centres learn(const ScreenedDecoder& decoder, ConstMatrix x, ThreadTeam& team);

  const Centre& nearest(const float* row, std::size_t hidden) const;

 private:
  std::vector<Centre> all_;
};

// The centres of a decoder: learnt from the first rows, and again from rows that they serve badly.
class KeptCentres {
 public:
  std::shared_ptr<const Centres> serving(const ScreenedDecoder& decoder, ConstMatrix x,
                                         std::span<const std::size_t> bounded, ThreadTeam& team);

 private:
  std::mutex mutex_;
  std::shared_ptr<const Centres> kept_;
};

}  // namespace logitlens
