#include "lens/screened_rows.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>
#include <limits>

#include "base/checked.h"
#include "kernels/double_products.h"
#include "kernels/gemm.h"
#include "kernels/gemm_int8.h"
#include "kernels/quantize.h"
#include "kernels/row_kernels.h"
#include "kernels/screen.h"

namespace logitlens {

namespace {

constexpr std::size_t tile_ids = ScreenedDecoder::tile_ids;
constexpr std::size_t most_chunk_rows = 6 * gemm_row_multiple;  // that share a pass over the decoder's bytes
constexpr std::size_t exact_ids = 64;                           // that one float32 product computes
constexpr std::size_t most_open = 1536;                         // ids of a row worth looking at one by one
constexpr double float_unit = 0x1p-24;  // a float32 operation is within this of its exact result, relative

// A float not above, not below the value.
float float_below(double value) {
  return std::nextafter(static_cast<float>(value), -std::numeric_limits<float>::infinity());
}
float float_above(double value) {
  return std::nextafter(static_cast<float>(value), std::numeric_limits<float>::infinity());
}

float bias_of(const float* bias, std::size_t id) {
  float value = 0;
  if (bias) std::memcpy(&value, reinterpret_cast<const char*>(bias) + id * sizeof(float), sizeof value);
  return value;
}

// What all rows share: x = centre + x', so that a logit is x' . w' + base[v] + (a constant of the row).
struct Centre {
  std::vector<double> mean;  // [H], of the rows
  std::vector<float> base;   // [V], mean . w_v + b_v
  double largest_base = 0;
  double on_mean = 0;  // mean . c, c the decoder's mean row
};

Centre make_centre(const ScreenedDecoder& screened, ConstMatrix x, const std::vector<ScreenedRow>& rows,
                   ThreadTeam& team) {
  const Weight& decoder = screened.decoder();
  Centre centre;
  centre.mean.assign(x.cols, 0.0);
  double count = 0;
  for (std::size_t r = 0; r < x.rows; ++r) {
    if (!rows[r].bounded) continue;
    count += 1;
    for (std::size_t h = 0; h < x.cols; ++h) centre.mean[h] += static_cast<double>(x.row(r)[h]);
  }
  for (double& mean : centre.mean) mean /= std::max(1.0, count);
  centre.base.resize(decoder.rows);
  team.parallel_for(screened.tiles(), [&](std::size_t tile, int) {
    for (std::size_t id = tile * tile_ids; id < tile * tile_ids + screened.ids_of(tile); ++id)
      centre.base[id] =
          static_cast<float>(dot_double(decoder.data + id * x.cols, centre.mean.data(), x.cols) +
                             static_cast<double>(bias_of(screened.bias(), id)));
  });
  for (float base : centre.base)
    centre.largest_base = std::max(centre.largest_base, std::abs(static_cast<double>(base)));
  for (std::size_t h = 0; h < x.cols; ++h) centre.on_mean += centre.mean[h] * screened.moments().mean()[h];
  return centre;
}

// One chunk of rows on its way over the vocabulary. A worker keeps one and fills it anew.
class Chunk {
 public:
  static Result<Chunk> create(const ScreenedDecoder& screened, std::size_t height, std::size_t top) {
    Chunk chunk;
    const std::size_t H = screened.decoder().cols, V = screened.decoder().rows;
    chunk.screened_ = &screened;
    chunk.height_ = height;
    chunk.top_ = std::min(top, V);
    LL_ASSIGN(chunk.whole_, GemmInt8::create(height, H, std::min(tile_ids, V)));
    chunk.rest_ = chunk.whole_;
    if (V > tile_ids && V % tile_ids > 0) {
      LL_ASSIGN(chunk.rest_, GemmInt8::create(height, H, V % tile_ids));
    }
    LL_ASSIGN(chunk.exact_, Gemm::create(height, H, exact_ids, WeightLayout::out_in));
    const std::size_t scratch = std::max(
        {chunk.whole_->scratch_bytes(), chunk.rest_->scratch_bytes(), chunk.exact_->scratch_bytes()});
    LL_ASSIGN(chunk.scratch_, FloatBuffer::allocate(scratch / sizeof(float) + 1));
    LL_ASSIGN(chunk.x_, FloatBuffer::allocate(height * H));
    LL_ASSIGN(chunk.decoder_rows_, FloatBuffer::allocate(exact_ids * H));
    LL_ASSIGN(chunk.exact_logits_, FloatBuffer::allocate(height * exact_ids));
    LL_ASSIGN(chunk.products_, FloatBuffer::allocate(height * std::min(tile_ids, V)));
    chunk.bytes_.assign(height * H, 0);
    chunk.rows_.resize(height);
    return chunk;
  }

  // Answers rows first .. first + results.size() - 1 of x. False if a product failed.
  bool answer(const Centre& centre, ConstMatrix x, std::span<const std::int32_t> targets,
              std::span<ScreenedRow> results) {
    load(centre, x, results);
    std::vector<std::vector<std::int32_t>> wanted(results.size());
    for (std::size_t r = 0; r < results.size(); ++r)
      if (targets[r] >= 0 && results[r].bounded) wanted[r] = {targets[r]};
    if (!compute_exactly(wanted,
                         [&](std::size_t r, std::int32_t, float logit) { aim(r, logit, results[r]); }))
      return false;
    for (std::size_t tile = 0; tile < screened_->tiles(); ++tile)
      if (!screen(centre, tile, results)) return false;
    for (std::size_t r = 0; r < results.size(); ++r) wanted[r] = look_closer(r, results[r]);
    std::vector<TopList> tops(results.size(), TopList(top_));
    const auto take = [&](std::size_t r, std::int32_t id, float logit) {
      tops[r].update(&logit, 1, id);
      const auto& close = rows_[r].close_to_target;
      if (logit > results[r].target_logit && std::ranges::binary_search(close, id)) ++results[r].greater;
    };
    if (!compute_exactly(wanted, take)) return false;
    for (std::size_t r = 0; r < results.size(); ++r)
      if (results[r].answered) results[r].top = tops[r].sorted();
    return true;
  }

 private:
  struct Candidate {
    std::int32_t id;
    float upper;
    bool beside_target;  // its interval holds the target's logit
  };
  struct Row {
    ScreenRow screen{};
    double constant = 0;  // logit = interval's value + this
    double slack = 0;     // float32 roundings: of the interval's ends and of the exact product
    double rounding = 0;  // of the exact product alone
    bool has_target = false;
    double target = 0;  // its float32 logit
    float above = 0,
          below = 0;  // a lower end above `above` beats the target, an upper end up to `below` does not
    TopList best{1};  // the K best lower ends
    std::vector<Candidate> open;
    std::vector<std::int32_t>
        close_to_target;  // ids to be compared with it by their float32 logits, ascending
  };

  void load(const Centre& centre, ConstMatrix x, std::span<ScreenedRow> results) {
    const std::size_t H = x.cols;
    const auto& mean = screened_->moments().mean();
    std::memset(x_.data(), 0, x_.size() * sizeof(float));
    std::ranges::fill(bytes_, std::int8_t{0});
    for (std::size_t r = 0; r < results.size(); ++r) {
      results[r].answered = results[r].bounded;
      if (!results[r].bounded) continue;
      Row& row = rows_[r];
      row.open.clear(), row.close_to_target.clear();
      row.best = TopList(top_);
      row.has_target = false;
      row.above = row.below = std::numeric_limits<float>::infinity();
      const float* values = x.row(r);
      std::memcpy(x_.data() + r * H, values, H * sizeof(float));
      const QuantizedRow q = quantize_row(values, centre.mean.data(), bytes_.data() + r * H, H);
      row.screen = {q.scale, float_above(q.norm * (1 + 1e-9)), float_above(q.error * (1 + 1e-9))};
      row.constant = dot_double(values, mean.data(), H) - centre.on_mean;
      // H products and sums and one more sum, in any order: Higham, Accuracy and Stability, 3.1.
      const double n = static_cast<double>(H + 2), length = std::sqrt(dot_double(values, values, H));
      row.rounding = n * float_unit / (1 - n * float_unit) *
                     (length * screened_->longest_row() + screened_->largest_bias());
      // An end of an interval takes 8 roundings of numbers no larger than all parts together.
      row.slack = row.rounding + 8 * float_unit *
                                     ((q.norm + q.error) * screened_->longest_centred() * 2 +
                                      centre.largest_base + std::abs(row.constant));
    }
  }

  // The float32 logits of some ids of every row, as the streaming pass has them: an element of the product has the same
  // bytes whatever stands beside it (tests/property/gemm_test.cpp).
  template <class Take>
  bool compute_exactly(const std::vector<std::vector<std::int32_t>>& wanted, const Take& take) {
    std::vector<std::pair<std::int32_t, std::size_t>> pairs;  // (id, row), by id
    for (std::size_t r = 0; r < wanted.size(); ++r)
      for (std::int32_t id : wanted[r]) pairs.emplace_back(id, r);
    std::ranges::sort(pairs);
    const std::size_t H = screened_->decoder().cols;
    for (std::size_t first = 0; first < pairs.size();) {
      std::memset(decoder_rows_.data(), 0, decoder_rows_.size() * sizeof(float));
      std::size_t columns = 0, end = first;
      for (; end < pairs.size(); ++end) {
        if (end > first && pairs[end].first == pairs[end - 1].first) continue;
        if (columns == exact_ids) break;
        std::memcpy(decoder_rows_.data() + columns++ * H,
                    screened_->decoder().data + static_cast<std::size_t>(pairs[end].first) * H,
                    H * sizeof(float));
      }
      if (!exact_->run(x_.data(), decoder_rows_.data(), exact_logits_.data(), scratch_.data())) return false;
      std::size_t column = 0;
      for (std::size_t p = first; p < end; ++p) {
        const auto [id, r] = pairs[p];
        if (p > first && id != pairs[p - 1].first) ++column;
        float logit = exact_logits_.data()[r * exact_ids + column];
        const float bias = bias_of(screened_->bias(), static_cast<std::size_t>(id));
        if (screened_->bias()) add_bias(&logit, &bias, &logit, 1);
        take(r, id, logit);
      }
      first = end;
    }
    return true;
  }

  void aim(std::size_t r, float logit, ScreenedRow& result) {
    Row& row = rows_[r];
    result.target_logit = logit;
    row.has_target = true;
    row.target = static_cast<double>(logit);
    row.above = float_above(row.target - row.constant + row.slack);
    row.below = float_below(row.target - row.constant - row.slack);
  }

  bool screen(const Centre& centre, std::size_t tile, std::span<ScreenedRow> results) {
    const std::size_t n = screened_->ids_of(tile), first = tile * tile_ids;
    auto* products = reinterpret_cast<std::int32_t*>(products_.data());  // [height, n]
    const GemmInt8& product = first + n < screened_->decoder().rows || tile == 0 ? *whole_ : *rest_;
    if (!product.run(bytes_.data(), screened_->packed_tile(tile), products, scratch_.data())) return false;
    const ScreenIds ids{screened_->scales().data() + first, centre.base.data() + first,
                        screened_->norms().data() + first, screened_->errors().data() + first};
    for (std::size_t r = 0; r < results.size(); ++r) {
      if (!results[r].answered) continue;
      Row& row = rows_[r];
      const ScreenedTile seen = screen_tile(products + r * n, n, ids, row.screen, row.above, lower_, upper_);
      results[r].greater += seen.greater;
      if (seen.best_lower > row.best.least()) row.best.update(lower_, n, static_cast<std::int32_t>(first));
      const float limit = std::min(best_limit(row), row.below);
      if (seen.best_upper >= limit) results[r].answered = keep_open(row, first, n, limit);
    }
    return true;
  }

  // An upper end below this is not among the K best: K lower ends are above it by both roundings. Where only the best is
  // asked for, the target itself is known to be that good.
  float best_limit(const Row& row) const {
    double limit = static_cast<double>(row.best.least()) - 2 * row.slack;
    if (top_ == 1 && row.has_target) limit = std::max(limit, row.target - row.constant - row.slack);
    return float_below(limit);
  }

  // False if there are too many.
  bool keep_open(Row& row, std::size_t first, std::size_t n, float limit) {
    const std::size_t count = find_at_least(upper_, n, limit, found_);
    for (std::size_t f = 0; f < count; ++f) {
      const auto i = static_cast<std::size_t>(found_[f]);
      const bool beside_target = row.has_target && upper_[i] > row.below && !(lower_[i] > row.above);
      if (!beside_target && upper_[i] < best_limit(row)) continue;
      row.open.push_back({static_cast<std::int32_t>(first + i), upper_[i], beside_target});
    }
    if (row.open.size() > most_open) {
      const float now = best_limit(row);
      std::erase_if(row.open, [now](const Candidate& one) { return !one.beside_target && one.upper < now; });
    }
    return row.open.size() <= most_open;
  }

  // Open ids by their logits in double, which differ from those in float32 by `rounding` at most. Returns the ids that only
  // float32 can tell apart, and those that are among the best; counts what surely beats the target.
  std::vector<std::int32_t> look_closer(std::size_t r, ScreenedRow& result) {
    if (!result.answered) return {};
    Row& row = rows_[r];
    const std::size_t H = screened_->decoder().cols;
    const float limit = best_limit(row);
    std::erase_if(row.open,
                  [limit](const Candidate& one) { return !one.beside_target && one.upper < limit; });
    std::vector<double> logits;
    for (const Candidate& one : row.open) {
      const auto id = static_cast<std::size_t>(one.id);
      logits.push_back(dot_double(x_.data() + r * H, screened_->decoder().data + id * H, H) +
                       static_cast<double>(bias_of(screened_->bias(), id)));
    }
    const double rounding = row.rounding * (1 + 1e-6);
    double kth = -std::numeric_limits<double>::infinity();
    if (logits.size() >= top_) {
      std::vector<double> sorted = logits;
      std::ranges::nth_element(sorted, sorted.begin() + static_cast<std::ptrdiff_t>(top_ - 1),
                               std::greater<>());
      kth = sorted[top_ - 1];
    }
    std::vector<std::int32_t> ids;
    for (std::size_t i = 0; i < row.open.size(); ++i) {
      const Candidate& one = row.open[i];
      bool needed = logits[i] >= kth - 2 * rounding;
      if (one.beside_target) {
        if (logits[i] > row.target + rounding) {
          ++result.greater;
        } else if (logits[i] >= row.target - rounding) {
          row.close_to_target.push_back(one.id);
          needed = true;
        }
      }
      if (needed) ids.push_back(one.id);
    }
    return ids;
  }

  const ScreenedDecoder* screened_ = nullptr;
  std::size_t height_ = 0, top_ = 1;
  std::optional<GemmInt8> whole_, rest_;  // of a tile; of the last one
  std::optional<Gemm> exact_;
  FloatBuffer scratch_, x_, decoder_rows_, exact_logits_, products_;
  std::vector<std::int8_t> bytes_;  // [height, H]
  std::vector<Row> rows_;           // [height]
  float lower_[tile_ids] = {}, upper_[tile_ids] = {};
  std::int32_t found_[tile_ids + find_slack] = {};
};

// Rows whose bounds mean something: finite, not so large that a float could overflow, and with a deviation that is more than
// rounding (all logits equal, say).
void bound_rows(const ScreenedDecoder& screened, ConstMatrix x, const std::vector<LogitMoments>& moments,
                std::vector<ScreenedRow>& rows) {
  for (std::size_t r = 0; r < x.rows; ++r) {
    const double length = std::sqrt(dot_double(x.row(r), x.row(r), x.cols));
    const double largest = length * screened.longest_row() + screened.largest_bias();
    rows[r].moments = moments[r];
    rows[r].bounded = largest < 1e30 && std::sqrt(moments[r].variance) > 1e-4 * largest;
  }
}

}  // namespace

Result<std::vector<ScreenedRow>> screen_rows(const ScreenedDecoder& screened, ConstMatrix x,
                                             std::span<const std::int32_t> targets, std::size_t top,
                                             ThreadTeam& team) {
  std::vector<ScreenedRow> rows(x.rows);
  if (x.rows == 0) return rows;
  LL_ASSIGN(const std::vector<LogitMoments> moments, screened.moments().of_rows(x, team));
  bound_rows(screened, x, moments, rows);
  const Centre centre = make_centre(screened, x, rows, team);

  const std::size_t workers = static_cast<std::size_t>(team.size());
  // Chunks as tall as may be, and as many as the workers share evenly.
  const std::size_t fewest = round_up((x.rows + most_chunk_rows - 1) / most_chunk_rows, workers);
  const std::size_t height = round_up((x.rows + fewest - 1) / fewest, gemm_row_multiple);
  std::vector<Chunk> chunks;
  for (std::size_t w = 0; w < workers; ++w) {
    LL_ASSIGN(Chunk chunk, Chunk::create(screened, height, top));
    chunks.push_back(std::move(chunk));
  }
  std::atomic<bool> failed = false;
  team.parallel_for((x.rows + height - 1) / height, [&](std::size_t task, int worker) {
    const std::size_t first = task * height, count = std::min(height, x.rows - first);
    if (!chunks[static_cast<std::size_t>(worker)].answer(centre, x.slice(first, count),
                                                         targets.subspan(first, count),
                                                         std::span(rows).subspan(first, count)))
      failed.store(true);
  });
  if (failed.load()) return product_failure();
  return rows;
}

}  // namespace logitlens
