#include "kernels/vocabulary_sums.h"

#include <algorithm>
#include <cmath>

#include "base/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/vocabulary_sums.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <limits>

#include "kernels/simd_math-inl.h"
// Compiled once for each instruction set too, so after foreach_target.h.
#include <hwy/contrib/algo/find-inl.h>

HWY_BEFORE_NAMESPACE();
namespace logitlens {
namespace HWY_NAMESPACE {

// First look at a tile: its largest logit, and how many are greater than `threshold`.
float look_over(const float* x, std::size_t n, float threshold, std::size_t& greater) {
  const hn::ScalableTag<float> d;
  const std::size_t lanes = hn::Lanes(d);
  constexpr float least = -std::numeric_limits<float>::infinity();
  const auto limit = hn::Set(d, threshold);
  auto max = hn::Set(d, least);
  for (std::size_t i = 0; i < n; i += lanes) {
    const auto v = load_part(d, x + i, n - i, least);
    max = hn::Max(max, v);
    greater += hn::CountTrue(d, hn::Gt(v, limit));
  }
  return hn::GetLane(hn::MaxOfLanes(d, max));
}

// weights[i] = exp(x[i] - max); returns their sum, added in the order in which add_up_row adds a row's own.
double weigh_tile(const float* x, std::size_t n, float max, double* weights) {
  const Doubles dd;
  const Floats df;
  const std::size_t lanes = hn::Lanes(dd);
  const auto reference = hn::Set(dd, static_cast<double>(max));
  auto sum = hn::Zero(dd);
  for (std::size_t i = 0; i < n; i += lanes) {
    const auto e = exp_double(dd, hn::Sub(hn::PromoteTo(dd, load_part(df, x + i, n - i)), reference));
    store_part(dd, e, weights + i, n - i);
    sum = hn::Add(sum, keep_part(dd, e, n - i));
  }
  return hn::GetLane(hn::SumOfLanes(dd, sum));
}

// Second look: the sums of one tile, relative to its largest logit. That is also the shift of the moments: a
// member of the tile lies within sqrt(n) standard deviations of its mean, so the sum of squares loses no more
// than a factor n + 1 of double's precision, and is exactly 0 where all logits are equal.
void add_up_row(const float* x, std::size_t n, const LastTile* last, VocabularySums& tile) {
  const Doubles dd;
  const Floats df;
  const std::size_t lanes = hn::Lanes(dd);
  const auto reference = hn::Set(dd, static_cast<double>(tile.max));
  auto sum_d = hn::Zero(dd), sum_d2 = hn::Zero(dd), sum_e = hn::Zero(dd), sum_ed = hn::Zero(dd),
       sum_f_diff = hn::Zero(dd);
  for (std::size_t i = 0; i < n; i += lanes) {
    const auto v = hn::PromoteTo(dd, load_part(df, x + i, n - i, tile.max));  // past the end d = 0
    const auto d = hn::Sub(v, reference);
    const auto e = exp_double(dd, d);
    sum_d = hn::Add(sum_d, d);
    sum_d2 = hn::MulAdd(d, d, sum_d2);
    sum_e = hn::Add(sum_e, keep_part(dd, e, n - i));
    sum_ed = hn::MulAdd(e, d, sum_ed);
    if (last) {
      const auto r = hn::PromoteTo(dd, load_part(df, last->logits() + i, n - i));
      const auto f = load_part(dd, last->weights() + i, n - i);  // past the end 0
      sum_f_diff = hn::MulAdd(f, hn::Sub(r, v), sum_f_diff);
    }
  }
  const double count = static_cast<double>(n);
  const double shift = hn::GetLane(hn::SumOfLanes(dd, sum_d));
  tile.count = count;
  tile.mean = static_cast<double>(tile.max) + shift / count;
  tile.m2 = std::max(0.0, hn::GetLane(hn::SumOfLanes(dd, sum_d2)) - shift * shift / count);
  tile.sum_e = hn::GetLane(hn::SumOfLanes(dd, sum_e));
  tile.sum_ex = hn::GetLane(hn::SumOfLanes(dd, sum_ed));
  tile.sum_f_diff = hn::GetLane(hn::SumOfLanes(dd, sum_f_diff));
  tile.any_nan = !std::isfinite(shift);  // no sum of finite float32 differences overflows a double
}

VocabularySums sum_tile(const float* x, std::size_t n, const LastTile* last, float threshold) {
  VocabularySums tile;
  tile.empty = false;
  std::size_t greater = 0;
  tile.max = look_over(x, n, threshold, greater);
  tile.greater = static_cast<double>(greater);
  const std::size_t at = hn::Find(hn::ScalableTag<float>(), tile.max, x, n);  // n if there are NaN
  tile.argmax = static_cast<std::int32_t>(at < n ? at : 0);
  add_up_row(x, n, last, tile);
  return tile;
}

double prepare_tile(const float* x, std::size_t n, double* weights, float& max) {
  std::size_t greater = 0;
  max = look_over(x, n, max, greater);
  return weigh_tile(x, n, max, weights);
}

}  // namespace HWY_NAMESPACE
}  // namespace logitlens
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace logitlens {

HWY_EXPORT(sum_tile);
HWY_EXPORT(prepare_tile);

namespace {

void update(VocabularySums& sums, const float* logits, const LastTile* last, std::size_t n,
            std::int32_t first_id, std::int32_t target_id, float target_logit) {
  if (n == 0) return;
  const float threshold = target_id < 0 ? std::numeric_limits<float>::infinity() : target_logit;
  VocabularySums tile = HWY_DYNAMIC_DISPATCH(sum_tile)(logits, n, last, threshold);
  tile.argmax += first_id;
  if (last) {
    tile.last_max = last->max();
    tile.sum_f = last->sum();
  }
  // The target does not outrank itself, even if its logit was computed twice and rounded differently.
  const std::int64_t column = std::int64_t{target_id} - first_id;
  if (target_id >= 0 && column >= 0 && column < static_cast<std::int64_t>(n) && logits[column] > target_logit)
    tile.greater -= 1;
  merge_sums(sums, tile);
}

}  // namespace

void LastTile::assign(const float* logits, std::size_t n) {
  if (weights_.size() < n) weights_.resize(n);
  logits_ = logits;
  sum_ = n > 0 ? HWY_DYNAMIC_DISPATCH(prepare_tile)(logits, n, weights_.data(), max_) : 0;
}

void update_sums(VocabularySums& sums, const float* logits, const LastTile& last, std::size_t n,
                 std::int32_t first_id, std::int32_t target_id, float target_logit) {
  update(sums, logits, &last, n, first_id, target_id, target_logit);
}

void update_sums(VocabularySums& sums, const float* logits, const float* last, std::size_t n,
                 std::int32_t first_id, std::int32_t target_id, float target_logit) {
  LastTile tile;
  if (last) tile.assign(last, n);
  update(sums, logits, last ? &tile : nullptr, n, first_id, target_id, target_logit);
}

void merge_sums(VocabularySums& a, const VocabularySums& b) {
  if (b.empty) return;
  if (a.empty) {
    a = b;
    return;
  }
  const double max = std::max(a.max, b.max);
  const double shift_a = static_cast<double>(a.max) - max, shift_b = static_cast<double>(b.max) - max;
  const double scale_a = std::exp(shift_a), scale_b = std::exp(shift_b);
  a.sum_ex = scale_a * (a.sum_ex + a.sum_e * shift_a) + scale_b * (b.sum_ex + b.sum_e * shift_b);
  a.sum_e = scale_a * a.sum_e + scale_b * b.sum_e;
  if (b.max > a.max) {
    a.max = b.max;
    a.argmax = b.argmax;
  }

  const float last_max = std::max(a.last_max, b.last_max);
  const double last_a = std::exp(static_cast<double>(a.last_max) - static_cast<double>(last_max));
  const double last_b = std::exp(static_cast<double>(b.last_max) - static_cast<double>(last_max));
  a.sum_f = last_a * a.sum_f + last_b * b.sum_f;
  a.sum_f_diff = last_a * a.sum_f_diff + last_b * b.sum_f_diff;
  a.last_max = last_max;

  const double count = a.count + b.count;
  const double delta = b.mean - a.mean;
  a.mean += delta * (b.count / count);
  a.m2 += b.m2 + delta * delta * (a.count * b.count / count);
  a.count = count;

  a.greater += b.greater;
  a.any_nan = a.any_nan || b.any_nan;
}

}  // namespace logitlens
#endif  // HWY_ONCE
