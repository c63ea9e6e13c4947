// What one streaming pass over a row of logits collects: enough for every statistic of the lens, without ever
// holding the row. A row is cut into segments of whole tiles; each has its own sums, merged in ascending
// order of ids, so the bytes do not depend on who computed which.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace logitlens {

// Sums over a range of the vocabulary, of logits x (this row) and r (the last layer's logits of the same
// sequence and position). All scaled sums are relative to the stated maximum, and rescaled on update and
// merge.
struct VocabularySums {
  // Extremum: ties to the lower id.
  float max = 0;
  std::int32_t argmax = -1;
  // Moments (Chan, Golub, LeVeque 1983: pairwise update).
  double count = 0;
  double mean = 0;
  double m2 = 0;  // sum of (x - mean)^2
  // With e = exp(x - max):
  double sum_e = 0;   // sum e
  double sum_ex = 0;  // sum e * (x - max)
  // With f = exp(r - last_max): cross terms of the last layer against this row.
  float last_max = 0;
  double sum_f = 0;       // sum f
  double sum_f_diff = 0;  // sum f * (r - x)
  // Target: how many logits are greater than target_logit, other than the target's own column.
  double greater = 0;
  bool any_nan = false;  // a logit is NaN or infinite: nothing else here means anything
  bool empty = true;
};

// A tile of the last layer's row, with its exponentials taken once for all rows that are compared with it.
class LastTile {
 public:
  // `logits` [n] must outlive the last use. Allocates only for a tile longer than all before.
  void assign(const float* logits, std::size_t n);

  const float* logits() const { return logits_; }
  const double* weights() const { return weights_.data(); }  // [n], exp(logit - max)
  float max() const { return max_; }
  double sum() const { return sum_; }  // of the weights

 private:
  const float* logits_ = nullptr;
  std::vector<double> weights_;
  float max_ = 0;
  double sum_ = 0;
};

// One tile of one row: `logits` points to n floats, ids first_id .. first_id + n - 1; `last` holds the n
// logits of the last layer in the same place, its own row included (its divergence from itself comes out as
// exactly 0). target_id < 0: no target.
//
// All sums are taken in double, relative to the tile's largest logit, and merged. Accuracy against exact sums
// of the float32 logits: 1e-9 relative for every sum of positive terms; 1e-6 relative for z; 1e-6 absolute
// for log-probability, entropy and, of logits up to 1000, the divergence.
void update_sums(VocabularySums& sums, const float* logits, const LastTile& last, std::size_t n,
                 std::int32_t first_id, std::int32_t target_id, float target_logit);

// The same for a single row: `last` points to n floats, or is nullptr if cross terms are not wanted.
void update_sums(VocabularySums& sums, const float* logits, const float* last, std::size_t n,
                 std::int32_t first_id, std::int32_t target_id, float target_logit);

// a = a followed by b (b holds higher ids).
void merge_sums(VocabularySums& a, const VocabularySums& b);

}  // namespace logitlens
