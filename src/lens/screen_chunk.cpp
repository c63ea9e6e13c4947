#include "lens/screen_chunk.h"

#include <hwy/cache_control.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "kernels/double_products.h"
#include "kernels/quantize.h"
#include "kernels/row_kernels.h"

namespace logitlens {

namespace {

constexpr double float_unit = 0x1p-24;  // a float32 operation is within this of its exact result, relative

// A float not above, not below the value.
float float_below(double value) {
  return std::nextafter(static_cast<float>(value), -std::numeric_limits<float>::infinity());
}
float float_above(double value) {
  return std::nextafter(static_cast<float>(value), std::numeric_limits<float>::infinity());
}

// Most decoder rows of a stretch are looked at, but not all: the processor's own prefetching loses track.
void prefetch(const float* row, std::size_t floats) {
  for (std::size_t i = 0; i < floats; i += 64 / sizeof(float)) hwy::Prefetch(row + i);
}

}  // namespace

Result<ScreenChunk> ScreenChunk::create(const ScreenedDecoder& screened, std::size_t height,
                                        ScreenedQuestion question) {
  ScreenChunk chunk;
  const std::size_t H = screened.decoder().cols, V = screened.decoder().rows;
  chunk.screened_ = &screened;
  chunk.top_ = std::min(question.top, V);
  chunk.ranks_ = question.ranks;
  LL_ASSIGN(chunk.whole_, GemmInt8::create(height, H, std::min(tile_ids, V)));
  chunk.rest_ = chunk.whole_;
  if (V > tile_ids && V % tile_ids > 0) {
    LL_ASSIGN(chunk.rest_, GemmInt8::create(height, H, V % tile_ids));
  }
  LL_ASSIGN(chunk.exact_, ExactLogits::create(screened, height));
  const std::size_t scratch = std::max(chunk.whole_.scratch_bytes(), chunk.rest_.scratch_bytes());
  LL_ASSIGN(chunk.scratch_, FloatBuffer::allocate(scratch / sizeof(float) + 1));
  LL_ASSIGN(chunk.x_, FloatBuffer::allocate(height * H));
  LL_ASSIGN(chunk.products_, FloatBuffer::allocate(height * std::min(tile_ids, V)));
  chunk.bytes_.assign(height * H, GemmInt8::zero);
  chunk.rows_.resize(height);
  return chunk;
}

bool ScreenChunk::screen(const Centres& centres, ConstMatrix x, std::span<const std::int32_t> targets,
                         std::span<ScreenedRow> results) {
  results_ = results;
  load(centres, x);
  std::vector<std::vector<std::int32_t>> wanted(results.size());
  for (std::size_t r = 0; r < results.size(); ++r)
    if (targets[r] >= 0 && results[r].bounded) wanted[r] = {targets[r]};
  exact_.compute(x_.data(), wanted, [&](std::size_t r, std::int32_t, float logit) { aim(r, logit); });
  for (std::size_t tile = 0; tile < screened_->tiles(); ++tile)
    if (!screen_tile(tile)) return false;
  for (std::size_t r = 0; r < results.size(); ++r) {
    if (!results[r].answered) {
      give_up(r);
      continue;
    }
    close_hopeless(rows_[r]);
    rows_[r].logits.resize(rows_[r].open.size());
  }
  return true;
}

void ScreenChunk::finish() {
  std::vector<std::vector<std::int32_t>> wanted(results_.size());
  for (std::size_t r = 0; r < results_.size(); ++r)
    if (results_[r].answered) wanted[r] = tell_apart(r);
  std::vector<TopList> tops(results_.size(), TopList(top_));
  const auto take = [&](std::size_t r, std::int32_t id, float logit) {
    tops[r].update(&logit, 1, id);
    const auto& close = rows_[r].close_to_target;
    if (logit > results_[r].target_logit && std::ranges::binary_search(close, id)) ++results_[r].greater;
  };
  exact_.compute(x_.data(), wanted, take);
  for (std::size_t r = 0; r < results_.size(); ++r)
    if (results_[r].answered) results_[r].top = tops[r].sorted();
}

void ScreenChunk::load(const Centres& centres, ConstMatrix x) {
  std::memset(x_.data(), 0, x_.size() * sizeof(float));
  std::ranges::fill(bytes_, std::uint8_t{GemmInt8::zero});
  for (std::size_t r = 0; r < results_.size(); ++r) {
    results_[r].answered = results_[r].bounded;
    rows_[r] = Row();
    if (results_[r].bounded) load_row(centres.nearest(x.row(r), x.cols), x.row(r), r);
  }
}

void ScreenChunk::load_row(const Centre& centre, const float* values, std::size_t r) {
  const std::size_t H = screened_->decoder().cols;
  Row& row = rows_[r];
  row.centre = &centre;
  row.best = TopList(top_);
  std::memcpy(x_.data() + r * H, values, H * sizeof(float));
  std::uint8_t* bytes = bytes_.data() + r * H;
  const QuantizedRow q = quantize_row(values, centre.mean.data(), reinterpret_cast<std::int8_t*>(bytes), H);
  for (std::size_t i = 0; i < H; ++i) bytes[i] ^= GemmInt8::zero;  // the sign's bit: plus 128
  row.screen = {q.scale, float_above(q.norm * (1 + 1e-9)), float_above(q.error * (1 + 1e-9))};
  row.constant = dot_double(values, screened_->moments().mean().data(), H) - centre.on_mean;
  // H products and sums and one more sum, in any order: Higham, Accuracy and Stability, 3.1.
  const double n = static_cast<double>(H + 2), length = std::sqrt(dot_double(values, values, H));
  row.rounding =
      n * float_unit / (1 - n * float_unit) * (length * screened_->longest_row() + screened_->largest_bias());
  // An end of an interval takes 8 roundings of numbers no larger than all parts together.
  row.slack = row.rounding + 8 * float_unit *
                                 ((q.norm + q.error) * screened_->longest_centred() * 2 +
                                  centre.largest_base + std::abs(row.constant));
}

void ScreenChunk::aim(std::size_t r, float logit) {
  Row& row = rows_[r];
  results_[r].target_logit = logit;
  row.has_target = true;
  row.target = static_cast<double>(logit);
  if (!ranks_) return;
  row.above = float_above(row.target - row.constant + row.slack);
  row.below = float_below(row.target - row.constant - row.slack);
}

bool ScreenChunk::screen_tile(std::size_t tile) {
  const std::size_t n = screened_->ids_of(tile), first = tile * tile_ids;
  auto* products = reinterpret_cast<std::int32_t*>(products_.data());  // [height, n]
  const GemmInt8& product = first + n < screened_->decoder().rows || tile == 0 ? whole_ : rest_;
  if (!product.run(bytes_.data(), screened_->packed_tile(tile), products, scratch_.data())) return false;
  for (std::size_t r = 0; r < results_.size(); ++r) {
    if (!results_[r].answered) continue;
    Row& row = rows_[r];
    const ScreenIds ids{screened_->scales().data() + first, row.centre->base.data() + first,
                        screened_->norms().data() + first, screened_->errors().data() + first};
    const ScreenedTile seen =
        logitlens::screen_tile(products + r * n, n, ids, row.screen, row.above, lower_, upper_);
    results_[r].greater += seen.greater;
    if (seen.best_lower > row.best.least()) row.best.update(lower_, n, static_cast<std::int32_t>(first));
    const float limit = std::min(best_limit(row), row.below);
    if (seen.best_upper >= limit) results_[r].answered = keep_open(row, first, n, limit);
  }
  return true;
}

// An upper end below this is not among the K best: K lower ends are above it by both roundings. Where only the best is asked
// for, the target itself is known to be that good.
float ScreenChunk::best_limit(const Row& row) const {
  double limit = static_cast<double>(row.best.least()) - 2 * row.slack;
  if (top_ == 1 && row.has_target) limit = std::max(limit, row.target - row.constant - row.slack);
  return float_below(limit);
}

// False if there are too many.
bool ScreenChunk::keep_open(Row& row, std::size_t first, std::size_t n, float limit) {
  const std::size_t count = find_at_least(upper_, n, limit, found_);
  for (std::size_t f = 0; f < count; ++f) {
    const auto i = static_cast<std::size_t>(found_[f]);
    const bool beside_target = upper_[i] > row.below && !(lower_[i] > row.above);
    if (!beside_target && upper_[i] < best_limit(row)) continue;
    row.open.push_back({static_cast<std::int32_t>(first + i), upper_[i], beside_target});
  }
  const std::size_t most = screened_->decoder().rows / 3;  // beyond that the streaming pass is faster
  if (row.open.size() > most) close_hopeless(row);
  return row.open.size() <= most;
}

// What later ids have shown not to be among the best.
void ScreenChunk::close_hopeless(Row& row) const {
  const float limit = best_limit(row);
  std::erase_if(row.open, [limit](const Candidate& one) { return !one.beside_target && one.upper < limit; });
}

void ScreenChunk::give_up(std::size_t row) {
  results_[row].answered = false;
  rows_[row].open.clear();
  rows_[row].logits.clear();
}

// By float32 products of our own: id by id for all rows, so that each decoder row is read from memory once.
void ScreenChunk::look_closer(std::size_t stretch) {
  struct Cursor {
    std::size_t row, next, end;
  };
  std::vector<Cursor> cursors;
  const std::size_t first = stretch * closer_ids;
  const std::size_t end = std::min(first + closer_ids, screened_->decoder().rows);
  for (std::size_t r = 0; r < results_.size(); ++r) {
    const std::vector<Candidate>& open = rows_[r].open;
    const auto place = [&](std::size_t id) {
      return static_cast<std::size_t>(
          std::ranges::lower_bound(open, static_cast<std::int32_t>(id), {}, &Candidate::id) - open.begin());
    };
    const Cursor cursor{r, place(first), place(end)};
    if (cursor.next < cursor.end) cursors.push_back(cursor);
  }
  const std::size_t H = screened_->decoder().cols;
  for (std::size_t id = first; id < end && !cursors.empty(); ++id) {
    if (id + 2 < end) prefetch(screened_->decoder().data + (id + 2) * H, H);
    for (Cursor& cursor : cursors) {
      Row& row = rows_[cursor.row];
      if (cursor.next == cursor.end || static_cast<std::size_t>(row.open[cursor.next].id) != id) continue;
      const float product = dot(x_.data() + cursor.row * H, screened_->decoder().data + id * H, H);
      row.logits[cursor.next++] = static_cast<double>(product) + static_cast<double>(screened_->bias_of(id));
    }
  }
}

// Returns the ids that only the product itself can tell apart, and those that are among the best; counts what surely beats
// the target. Both float32 logits are within `rounding` of the exact one: first those of our own, up to twice that from the
// product's, then in double those that they leave open.
std::vector<std::int32_t> ScreenChunk::tell_apart(std::size_t r) {
  Row& row = rows_[r];
  narrow(r, 2 * row.rounding * (1 + 1e-6));
  row.logits.clear();
  for (const Candidate& one : row.open)
    row.logits.push_back(logit_in_double(r, static_cast<std::size_t>(one.id)));
  narrow(r, row.rounding * (1 + 1e-6));
  std::vector<std::int32_t> ids;
  for (const Candidate& one : row.open) {
    ids.push_back(one.id);
    if (one.beside_target) row.close_to_target.push_back(one.id);
  }
  return ids;
}

double ScreenChunk::logit_in_double(std::size_t r, std::size_t id) const {
  const std::size_t H = screened_->decoder().cols;
  return dot_double(x_.data() + r * H, screened_->decoder().data + id * H, H) +
         static_cast<double>(screened_->bias_of(id));
}

// row.logits are within `apart` of the product's. Keeps what may be among the best or may beat the target.
void ScreenChunk::narrow(std::size_t r, double apart) {
  Row& row = rows_[r];
  double kth = -std::numeric_limits<double>::infinity();
  if (row.logits.size() >= top_) {
    std::vector<double> sorted = row.logits;
    std::ranges::nth_element(sorted, sorted.begin() + static_cast<std::ptrdiff_t>(top_ - 1),
                             std::greater<>());
    kth = sorted[top_ - 1];
  }
  std::vector<Candidate> kept;
  for (std::size_t i = 0; i < row.open.size(); ++i) {
    Candidate one = row.open[i];
    if (one.beside_target && row.logits[i] > row.target + apart) ++results_[r].greater;
    one.beside_target = one.beside_target && std::abs(row.logits[i] - row.target) <= apart;
    if (one.beside_target || row.logits[i] >= kth - 2 * apart) kept.push_back(one);
  }
  row.open = std::move(kept);
}

}  // namespace logitlens
