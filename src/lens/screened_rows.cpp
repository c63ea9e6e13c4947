#include "lens/screened_rows.h"

#include <algorithm>
#include <atomic>
#include <cmath>

#include "base/checked.h"
#include "kernels/double_products.h"
#include "kernels/gemm.h"
#include "lens/centres.h"
#include "lens/screen_chunk.h"

namespace logitlens {

namespace {

constexpr std::size_t most_chunk_rows = 144;  // that share a pass over the decoder's bytes
// Measured: a logit by itself takes the time of 7 of the streaming pass, which costs 28 rows before it has begun.
constexpr std::size_t closer_cost = 7, stream_start = 28;
constexpr std::size_t enough_rows = 48;  // to judge a model by

// Rows whose bounds mean something: finite, not so large that a float could overflow, and with a deviation that is more than
// rounding (all logits equal, say).
std::vector<std::size_t> bound_rows(const ScreenedDecoder& screened, ConstMatrix x,
                                    const std::vector<LogitMoments>& moments,
                                    std::vector<ScreenedRow>& rows) {
  std::vector<std::size_t> bounded;
  for (std::size_t r = 0; r < x.rows; ++r) {
    const double length = std::sqrt(dot_double(x.row(r), x.row(r), x.cols));
    const double largest = length * screened.longest_row() + screened.largest_bias();
    rows[r].moments = moments[r];
    rows[r].bounded = largest < 1e30 && std::sqrt(moments[r].variance) > 1e-4 * largest;
    if (rows[r].bounded) bounded.push_back(r);
  }
  return bounded;
}

// Chunks of rows, as many at once as there are workers.
class Screening {
 public:
  Screening(const ScreenedDecoder& screened, ThreadTeam& team) : screened_(screened), team_(team) {}

  // Chunks as tall as may be, and as many as the workers share evenly.
  Status book(std::size_t rows, ScreenedQuestion question) {
    const std::size_t workers = static_cast<std::size_t>(team_.size());
    const std::size_t fewest = round_up((rows + most_chunk_rows - 1) / most_chunk_rows, workers);
    height_ = round_up((rows + fewest - 1) / fewest, gemm_row_block);
    for (std::size_t w = 0; w < std::min(workers, (rows + height_ - 1) / height_); ++w) {
      LL_ASSIGN(ScreenChunk chunk, ScreenChunk::create(screened_, height_, question));
      chunks_.push_back(std::move(chunk));
    }
    return ok_status();
  }

  Status run(const Centres& centres, ConstMatrix x, std::span<const std::int32_t> targets,
             std::span<ScreenedRow> results) {
    for (std::size_t first = 0; first < x.rows; first += height_ * chunks_.size()) {
      const std::size_t count = std::min(height_ * chunks_.size(), x.rows - first);
      const std::span<ScreenedRow> answers = results.subspan(first, count);
      if (!answer(centres, x.slice(first, count), targets.subspan(first, count), answers))
        return product_failure();
      // A model whose logits the intervals do not tell apart (random weights, say) is left to the streaming pass.
      const auto answered = static_cast<std::size_t>(std::ranges::count_if(answers, &ScreenedRow::answered));
      if (2 * answered < count && count >= enough_rows) break;
    }
    return ok_status();
  }

 private:
  // A chunk a worker. The closer look goes by ids, for all chunks: the decoder's rows come from memory once.
  bool answer(const Centres& centres, ConstMatrix x, std::span<const std::int32_t> targets,
              std::span<ScreenedRow> results) {
    const std::size_t chunks = (x.rows + height_ - 1) / height_;
    std::atomic<bool> failed = false;
    team_.parallel_for(chunks, [&](std::size_t c, int) {
      const std::size_t first = c * height_, count = std::min(height_, x.rows - first);
      if (!chunks_[c].screen(centres, x.slice(first, count), targets.subspan(first, count),
                             results.subspan(first, count)))
        failed.store(true);
    });
    if (failed.load()) return false;
    give_up_costly_rows(results);
    const std::size_t stretch = ScreenChunk::closer_ids;
    team_.parallel_for((screened_.decoder().rows + stretch - 1) / stretch, [&](std::size_t task, int) {
      for (std::size_t c = 0; c < chunks; ++c) chunks_[c].look_closer(task);
    });
    team_.parallel_for(chunks, [&](std::size_t c, int) { chunks_[c].finish(); });
    return true;
  }

  // Rows with many open ids, if the streaming pass is faster for all of them together.
  void give_up_costly_rows(std::span<const ScreenedRow> results) {
    const std::size_t V = screened_.decoder().rows;
    std::vector<std::size_t> costly;
    std::size_t open = 0;
    for (std::size_t r = 0; r < results.size(); ++r) {
      const std::size_t ids = chunks_[r / height_].open(r % height_);
      if (!results[r].answered || ids * closer_cost <= V) continue;
      costly.push_back(r);
      open += ids;
    }
    if (open * closer_cost <= (costly.size() + stream_start) * V) return;
    for (std::size_t r : costly) chunks_[r / height_].give_up(r % height_);
  }

  const ScreenedDecoder& screened_;
  ThreadTeam& team_;
  std::size_t height_ = 0;
  std::vector<ScreenChunk> chunks_;
};

}  // namespace

Result<std::vector<ScreenedRow>> screen_rows(const ScreenedDecoder& screened, ConstMatrix x,
                                             std::span<const std::int32_t> targets, ScreenedQuestion question,
                                             ThreadTeam& team) {
  std::vector<ScreenedRow> rows(x.rows);
  if (x.rows == 0) return rows;
  LL_ASSIGN(const std::vector<LogitMoments> moments, screened.moments().of_rows(x, team));
  const std::vector<std::size_t> bounded = bound_rows(screened, x, moments, rows);
  if (bounded.empty()) return rows;
  const std::shared_ptr<const Centres> centres = screened.centres().serving(screened, x, bounded, team);

  Screening screening(screened, team);
  LL_TRY(screening.book(x.rows, question));
  LL_TRY(screening.run(*centres, x, targets, rows));
  return rows;
}

}  // namespace logitlens
