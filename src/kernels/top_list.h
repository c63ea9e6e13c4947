// The best K (id, logit) of a row of logits that streams past tile by tile. Exact; ties go to the lower id.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace logitlens {

struct ScoredToken {
  float logit = 0;
  std::int32_t id = -1;
  // Better first: higher logit, then lower id.
  friend bool operator<(const ScoredToken& a, const ScoredToken& b) {
    return a.logit != b.logit ? a.logit > b.logit : a.id < b.id;
  }
};

class TopList {
 public:
  explicit TopList(std::size_t k);

  // n logits of ids first_id .. first_id + n - 1, ids ascending from call to call. A whole tile below the
  // K-th best is skipped by one vector compare a lane.
  void update(const float* logits, std::size_t n, std::int32_t first_id);
  void merge(const TopList& other);
  std::vector<ScoredToken> sorted() const;  // best first, min(K, seen)
  // The K-th best logit so far: what is below it cannot enter. Minus infinity until there are K.
  float least() const;
  void clear();

 private:
  std::size_t k_;
  std::vector<ScoredToken> heap_;  // worst on top once full
};

}  // namespace logitlens
