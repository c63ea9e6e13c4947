#include "kernels/top_list.h"

#include <algorithm>
#include <limits>

#include "base/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/top_list.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "kernels/simd_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace logitlens {
namespace HWY_NAMESPACE {

// Index of the first logit from `first` on that is greater than `limit`; n if there is none.
std::size_t find_greater(const float* logits, std::size_t first, std::size_t n, float limit) {
  const hn::ScalableTag<float> d;
  const std::size_t lanes = hn::Lanes(d);
  const auto threshold = hn::Set(d, limit);
  for (std::size_t i = first; i < n; i += lanes) {
    const auto above = hn::Gt(load_part(d, logits + i, n - i, limit), threshold);
    const auto at = hn::FindFirstTrue(d, above);
    if (at >= 0) return i + static_cast<std::size_t>(at);
  }
  return n;
}

}  // namespace HWY_NAMESPACE
}  // namespace logitlens
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace logitlens {

HWY_EXPORT(find_greater);

namespace {

// std's heaps keep the largest on top; "smaller" is "better" here, so the worst of the list.
void push(std::vector<ScoredToken>& heap, std::size_t capacity, ScoredToken token) {
  if (heap.size() == capacity) {
    if (!(token < heap.front())) return;
    std::pop_heap(heap.begin(), heap.end());
    heap.back() = token;
  } else {
    heap.push_back(token);
  }
  std::push_heap(heap.begin(), heap.end());
}

}  // namespace

TopList::TopList(std::size_t k) : k_(k) { heap_.reserve(k); }

void TopList::update(const float* logits, std::size_t n, std::int32_t first_id) {
  if (k_ == 0) return;
  std::size_t i = 0;
  for (; i < n && heap_.size() < k_; ++i)
    if (logits[i] == logits[i]) push(heap_, k_, {logits[i], first_id + static_cast<std::int32_t>(i)});
  // The list is full: an equal logit has a higher id than those in it, and stays out.
  while (i < n && (i = HWY_DYNAMIC_DISPATCH(find_greater)(logits, i, n, heap_.front().logit)) < n) {
    push(heap_, k_, {logits[i], first_id + static_cast<std::int32_t>(i)});
    ++i;
  }
}

void TopList::merge(const TopList& other) {
  if (k_ == 0) return;
  for (const ScoredToken& token : other.heap_) push(heap_, k_, token);
}

std::vector<ScoredToken> TopList::sorted() const {
  std::vector<ScoredToken> best = heap_;
  std::sort(best.begin(), best.end());
  return best;
}

float TopList::least() const {
  if (k_ == 0 || heap_.size() < k_) return -std::numeric_limits<float>::infinity();
  return heap_.front().logit;
}

void TopList::clear() { heap_.clear(); }

}  // namespace logitlens
#endif  // HWY_ONCE
