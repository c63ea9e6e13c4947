#include "lens/vocabulary_sweep.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "base/checked.h"
#include "kernels/gemm.h"
#include "kernels/row_kernels.h"
#include "lens/screened_rows.h"

namespace logitlens {

namespace {

constexpr std::size_t tile_ids = 512;  // logits of a tile stay in the second-level cache with its weights
constexpr std::size_t segment_ids =
    2 * tile_ids;                        // what one task decodes: small enough to balance two threads
constexpr std::size_t chunk_rows = 144;  // rows of a product
constexpr std::size_t pass_chunks = 8;   // that share one pass over the weights, packed once for all of them

class VocabularySweep {
 public:
  VocabularySweep(const DecodeRequest& request, ThreadTeam& team)
      : request_(request), team_(team), vocab_(request.decoder->rows), hidden_(request.decoder->cols) {
    groups_ = request.rows.rows / request.group_rows;
    const std::size_t most = std::max<std::size_t>(1, chunk_rows / request.group_rows);
    const std::size_t chunks = (groups_ + most - 1) / most;
    chunk_groups_ = chunks ? (groups_ + chunks - 1) / chunks : 0;
    pass_chunks_ = std::min(chunks, pass_chunks);
    packed_ = pass_chunks_ > 1;  // a single chunk gains nothing: gemm() packs as it goes
    chunk_height_ = round_up(chunk_groups_ * request.group_rows, gemm_row_block);
    segments_ = (vocab_ + segment_ids - 1) / segment_ids;
  }

  Result<std::vector<DecodedRow>> run() {
    std::vector<DecodedRow> rows(request_.rows.rows);
    if (groups_ == 0) return rows;
    LL_TRY(book());
    for (std::size_t first = 0; first < groups_; first += pass_chunks_ * chunk_groups_) {
      load_pass(first, std::min(pass_chunks_ * chunk_groups_, groups_ - first));
      // Counting what beats the target needs its logit before the pass, which meets the same bytes.
      for (std::size_t c = 0; c < chunks(); ++c) gather_targets_of(c);
      decode_pass();
      finish_pass(rows);
    }
    return rows;
  }

 private:
  struct Worker {
    FloatBuffer logits;  // [chunk_height, tile_ids]
    FloatBuffer packed;  // a tile of the decoder's rows
    FloatBuffer gemm;
    LastTile last;
  };

  Status book() {
    LL_ASSIGN(padded_, FloatBuffer::allocate(pass_chunks_ * chunk_height_ * hidden_));
    LL_ASSIGN(target_weights_, FloatBuffer::allocate(chunk_groups_ * hidden_));
    LL_ASSIGN(target_logits_, FloatBuffer::allocate(chunk_height_ * chunk_groups_));
    workers_.resize(static_cast<std::size_t>(team_.size()));
    for (Worker& worker : workers_) {
      LL_ASSIGN(worker.logits, FloatBuffer::allocate(chunk_height_ * tile_ids));
      if (packed_) {
        const auto floats = packed_floats(hidden_, std::min(vocab_, tile_ids));
        LL_ASSIGN(worker.packed, FloatBuffer::allocate(floats.value_or(static_cast<std::size_t>(-1))));
      }
      LL_ASSIGN(worker.gemm, FloatBuffer::allocate(gemm_scratch_floats));
    }
    return ok_status();
  }

  // Rows of a chunk that is full.
  std::size_t full_chunk() const { return std::max<std::size_t>(1, chunk_groups_ * request_.group_rows); }
  std::size_t chunks() const { return (rows_ + full_chunk() - 1) / full_chunk(); }
  // Rows first_of(chunk) .. first_of(chunk + 1) - 1 of the pass are those of a chunk.
  std::size_t first_of(std::size_t chunk) const { return std::min(rows_, chunk * full_chunk()); }
  float* chunk(std::size_t chunk) const { return padded_.data() + chunk * chunk_height_ * hidden_; }

  // Rows of groups first .. first + count - 1 to chunks, padded.
  void load_pass(std::size_t first, std::size_t count) {
    first_row_ = first * request_.group_rows;
    first_group_ = first;
    rows_ = count * request_.group_rows;
    std::memset(padded_.data(), 0, padded_.size() * sizeof(float));
    for (std::size_t c = 0; c < chunks(); ++c)
      for (std::size_t r = first_of(c); r < first_of(c + 1); ++r)
        std::memcpy(chunk(c) + (r - first_of(c)) * hidden_, request_.rows.row(first_row_ + r),
                    hidden_ * sizeof(float));
    targets_.assign(rows_, -1);
    logits_of_target_.assign(rows_, 0.0f);
    for (std::size_t r = 0; r < rows_; ++r)
      targets_[r] = request_.targets[first + r / request_.group_rows].value_or(-1);
  }

  // The targets' logits: one product of a chunk [rows, H] with the targets' own decoder rows.
  void gather_targets_of(std::size_t c) {
    std::memset(target_weights_.data(), 0, target_weights_.size() * sizeof(float));
    const std::size_t G = request_.group_rows, groups = (first_of(c + 1) - first_of(c)) / G;
    for (std::size_t g = 0; g < groups; ++g)
      if (const auto target = request_.targets[first_group_ + c * chunk_groups_ + g])
        std::memcpy(
            target_weights_.data() + g * hidden_,  // from weights, at any address
            static_cast<const void*>(request_.decoder->data + static_cast<std::size_t>(*target) * hidden_),
            hidden_ * sizeof(float));
    gemm(chunk(c), chunk_height_, {target_weights_.data(), hidden_, chunk_groups_, WeightLayout::out_in},
         target_logits_.data(), workers_[0].gemm.data());
    for (std::size_t r = first_of(c); r < first_of(c + 1); ++r) {
      if (targets_[r] < 0) continue;
      const std::size_t at = r - first_of(c);
      float* logit = target_logits_.data() + at * chunk_groups_ + at / G;
      add_bias(logit, request_.bias ? request_.bias + targets_[r] : nullptr, logit, 1);
      logits_of_target_[r] = *logit;
    }
  }

  void decode_pass() {
    sums_.assign(segments_ * rows_, VocabularySums{});
    tops_.assign(request_.top > 0 ? segments_ * rows_ : 0, TopList(std::min(request_.top, segment_ids)));
    states_.clear();
    states_.resize(segments_ * rows_);
    team_.parallel_for(segments_, [&](std::size_t segment, int worker) {
      for (std::size_t id = segment * segment_ids; id < std::min(vocab_, (segment + 1) * segment_ids);
           id += tile_ids)
        decode_tile(segment, id, workers_[static_cast<std::size_t>(worker)]);
    });
  }

  void decode_tile(std::size_t segment, std::size_t first_id, Worker& worker) {
    const std::size_t ids = std::min(tile_ids, vocab_ - first_id);
    GemmWeight weight{request_.decoder->data + first_id * hidden_, hidden_, ids, WeightLayout::out_in};
    if (packed_) {
      pack(weight, worker.packed.data());
      weight = {worker.packed.data(), hidden_, ids, WeightLayout::packed};
    }
    for (std::size_t c = 0; c < chunks(); ++c) {
      gemm(chunk(c), chunk_height_, weight, worker.logits.data(), worker.gemm.data());
      look_at_chunk(segment, c, first_id, ids, worker);
    }
  }

  // logits [chunk_height, ids]
  void look_at_chunk(std::size_t segment, std::size_t c, std::size_t first_id, std::size_t ids,
                     Worker& worker) {
    const std::size_t G = request_.group_rows, rows = first_of(c + 1) - first_of(c);
    float* logits = worker.logits.data();
    if (request_.bias)
      for (std::size_t r = 0; r < rows; ++r)
        add_bias(logits + r * ids, request_.bias + first_id, logits + r * ids, ids);
    for (std::size_t r = 0; r < rows; ++r) {
      if (r % G == 0) worker.last.assign(logits + (r + G - 1) * ids, ids);
      look_at_row(segment, first_of(c) + r, static_cast<std::int32_t>(first_id), {logits + r * ids, ids},
                  worker.last);
    }
  }

  void look_at_row(std::size_t segment, std::size_t r, std::int32_t first, std::span<const float> row,
                   const LastTile& last) {
    const std::size_t at = segment * rows_ + r;
    update_sums(sums_[at], row.data(), last, row.size(), first, targets_[r], logits_of_target_[r]);
    if (request_.top > 0) tops_[at].update(row.data(), row.size(), first);
    if (request_.with_state.empty()) return;
    if (states_[at].empty())
      for (const Statistic* statistic : request_.with_state) states_[at].push_back(statistic->make_state());
    for (auto& state : states_[at]) state->update({first, row, {last.logits(), row.size()}});
  }

  // Segments merged in ascending order of ids.
  void finish_pass(std::vector<DecodedRow>& rows) {
    for (std::size_t r = 0; r < rows_; ++r) {
      DecodedRow& row = rows[first_row_ + r];
      row.sums.target_id = request_.targets[first_group_ + r / request_.group_rows];
      row.sums.target_logit = logits_of_target_[r];
      TopList top(request_.top);
      for (std::size_t segment = 0; segment < segments_; ++segment) {
        const std::size_t at = segment * rows_ + r;
        merge_sums(row.sums.sums, sums_[at]);
        if (request_.top > 0) top.merge(tops_[at]);
        if (segment == 0) {
          row.states = std::move(states_[at]);
        } else {
          for (std::size_t s = 0; s < row.states.size(); ++s) row.states[s]->merge(*states_[at][s]);
        }
      }
      if (request_.top > 0) row.top = top.sorted();
    }
  }

  const DecodeRequest& request_;
  ThreadTeam& team_;
  const std::size_t vocab_, hidden_;
  std::size_t groups_ = 0, chunk_groups_ = 0, chunk_height_ = 0, pass_chunks_ = 0, segments_ = 0;
  bool packed_ = false;  // a tile of the decoder, for all chunks of a pass
  FloatBuffer padded_;   // the pass's chunks, [chunk_height, H] each
  FloatBuffer target_weights_, target_logits_;
  std::vector<Worker> workers_;
  // Of the current pass.
  std::size_t first_row_ = 0, first_group_ = 0, rows_ = 0;
  std::vector<std::int32_t> targets_;    // [rows], -1: none
  std::vector<float> logits_of_target_;  // [rows]
  std::vector<VocabularySums> sums_;     // [segments, rows]
  std::vector<TopList> tops_;
  std::vector<std::vector<std::unique_ptr<StatisticState>>> states_;
};

// A row whose target's and best tokens' logits are known, with the moments.
void summarise(const ScreenedRow& screened, double vocab, DecodedRow& row) {
  VocabularySums& sums = row.sums.sums;
  if (screened.answered) {
    sums.empty = false;
    sums.max = screened.top.front().logit;
    sums.argmax = screened.top.front().id;
    sums.greater = static_cast<double>(screened.greater);
    row.sums.target_logit = screened.target_logit;
    row.top = screened.top;
  }
  sums.count = vocab;
  sums.mean = screened.moments.mean;
  sums.m2 = screened.moments.variance * vocab;
  sums.sum_e = sums.sum_ex = sums.sum_f = sums.sum_f_diff = std::numeric_limits<double>::quiet_NaN();
}

// What screening leaves open, by the streaming pass, every row by itself.
Status stream_rows(const DecodeRequest& request, std::span<const std::size_t> open, ThreadTeam& team,
                   std::vector<DecodedRow>& rows) {
  const std::size_t H = request.rows.cols;
  LL_ASSIGN(const FloatBuffer gathered, FloatBuffer::allocate(open.size() * H));
  DecodeRequest streamed = request;
  streamed.screened = nullptr;
  streamed.rows = gathered.matrix(open.size(), H);
  streamed.group_rows = 1;
  streamed.targets.clear();
  for (std::size_t i = 0; i < open.size(); ++i) {
    std::memcpy(gathered.data() + i * H, request.rows.row(open[i]), H * sizeof(float));
    streamed.targets.push_back(request.targets[open[i] / request.group_rows]);
  }
  LL_ASSIGN(std::vector<DecodedRow> decoded, VocabularySweep(streamed, team).run());
  for (std::size_t i = 0; i < open.size(); ++i) rows[open[i]] = std::move(decoded[i]);
  return ok_status();
}

// A pass at a time: the rows are copied, and may be all there are.
Status stream_open_rows(const DecodeRequest& request, std::span<const std::size_t> open, ThreadTeam& team,
                        std::vector<DecodedRow>& rows) {
  constexpr std::size_t at_once = pass_chunks * chunk_rows;
  for (std::size_t first = 0; first < open.size(); first += at_once)
    LL_TRY(stream_rows(request, open.subspan(first, std::min(at_once, open.size() - first)), team, rows));
  return ok_status();
}

Result<std::vector<DecodedRow>> decode_screened(const DecodeRequest& request, ThreadTeam& team) {
  std::vector<std::int32_t> targets;
  for (std::size_t r = 0; r < request.rows.rows; ++r)
    targets.push_back(request.targets[r / request.group_rows].value_or(-1));
  LL_ASSIGN(const std::vector<ScreenedRow> screened,
            screen_rows(*request.screened, request.rows, targets,
                        {.top = std::max<std::size_t>(1, request.top), .ranks = request.ranks}, team));
  std::vector<DecodedRow> rows(request.rows.rows);
  std::vector<std::size_t> open;
  for (std::size_t r = 0; r < rows.size(); ++r)
    if (!screened[r].answered) open.push_back(r);
  LL_TRY(stream_open_rows(request, open, team, rows));
  for (std::size_t r = 0; r < rows.size(); ++r) {
    rows[r].sums.target_id = request.targets[r / request.group_rows];
    if (screened[r].bounded) summarise(screened[r], static_cast<double>(request.decoder->rows), rows[r]);
    if (request.top == 0) rows[r].top.clear();
    if (!request.ranks) rows[r].sums.sums.greater = std::numeric_limits<double>::quiet_NaN();
  }
  return rows;
}

}  // namespace

Result<std::vector<DecodedRow>> decode_rows(const DecodeRequest& request, ThreadTeam& team) {
  if (request.screened && request.with_state.empty()) return decode_screened(request, team);
  return VocabularySweep(request, team).run();
}

}  // namespace logitlens
