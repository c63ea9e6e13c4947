#include "model/forward.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <vector>

#include "kernels/row_kernels.h"
#include "model/attention.h"
#include "model/block.h"
#include "model/convolution.h"
#include "model/distances.h"
#include "model/embed.h"
#include "model/projections.h"
#include "model/shared_rows.h"

namespace logitlens {

namespace {

class ForwardPass {
 public:
  ForwardPass(const ModelConfig& config, const Weights& weights, ForwardPlan& plan,
              const SequenceBatch& batch, ThreadTeam& team, bool allow_nonfinite)
      : config_(config),
        weights_(weights),
        plan_(plan),
        batch_(batch),
        team_(team),
        allow_nonfinite_(allow_nonfinite),
        projections_(config, weights, plan, team) {
    hidden_ = plan.hidden.matrix(plan.padded_rows(), config.hidden);
    context_ = plan.context.matrix(plan.padded_rows(), config.query_width());
    number_asked_rows();
  }

  Status run(const LayerTap& tap) {
    LL_TRY(weights_.check_globals(team_, allow_nonfinite_));
    note(embed(config_, weights_, plan_, batch_.ids, batch_.types, team_));
    if (failed_.load()) return product_failure();
    if (config_.kernel > 0)
      std::memcpy(plan_.embedded.data(), hidden_.data, hidden_.rows * hidden_.cols * sizeof(float));
    if (config_.attention_position == AttentionPosition::disentangled)
      gather_distances(config_, weights_, plan_);
    LL_TRY(hand_out(0, TapPoint::layer, hidden_, tap));
    for (std::size_t layer = 0; layer < config_.layers; ++layer) LL_TRY(run_layer(layer, tap));
    return ok_status();
  }

 private:
  Status run_layer(std::size_t layer, const LayerTap& tap) {
    LL_TRY(weights_.check_block(layer, team_, allow_nonfinite_));
    if (plan_.shape.packed) LL_TRY(weights_.pack_block(layer, team_));
    if (plan_.shape.int8) LL_TRY(weights_.quantize_block(layer, team_));
    if (config_.attention_position == AttentionPosition::disentangled)
      note(project_distances(config_, weights_, plan_, layer, team_));
    const bool convolved = layer == 0 && config_.kernel > 0;
    const bool few_rows = layer + 1 == config_.layers && !plan_.shape.all_asked && !convolved;
    if (few_rows)
      run_last_block(layer);
    else
      run_block(layer);
    if (convolved) note(convolve(config_, weights_, plan_, hidden_, team_));
    if (failed_.load()) return product_failure();
    for (TapPoint point : tap_points(config_, plan_.shape.taps)) {
      const Matrix inner = point == TapPoint::layer ? hidden_ : tapped(point, plan_.padded_rows());
      LL_TRY(few_rows ? hand_out_few(layer + 1, point, tap) : hand_out(layer + 1, point, inner, tap));
    }
    return ok_status();
  }

  void run_block(std::size_t layer) {
    if (plan_.by_sequence && layer > 0) return run_sequences(layer);
    note(layer == 0 && plan_.shape.sequences > 1 ? project_first()
                                                 : projections_.project_all(layer, hidden_, true));
    attend_all(layer);
    finish(layer, plan_.all, hidden_);
  }

  // A whole block of a sequence after the other. A worker uses the same rows for the queries, keys, values and context of all its
  // sequences: they stay in its second-level cache.
  void run_sequences(std::size_t layer) {
    const std::size_t T = plan_.shape.tokens, cuts = plan_.cut.count;
    const ProjectedHeads heads = projections_.heads(layer);
    team_.parallel_for(plan_.shape.sequences, [&](std::size_t sequence, int worker) {
      const std::size_t own = static_cast<std::size_t>(worker) * T;
      const Matrix hidden = hidden_.slice(sequence * T, T);
      note(projections_.project_sequence(layer, hidden, own, scratch(worker)));
      for (std::size_t task = 0; task < config_.heads * cuts; ++task)
        attend(
            config_, weights_, plan_, heads,
            {.layer = layer, .head = task / cuts, .first_row = own, .cut = task % cuts, .context = context_},
            scratch(worker));
      finish_rows(layer, sequence * T, context_.slice(own, T), hidden, worker);
    });
  }

  // The first block sees embeddings, of which most are alike where one text is masked in many ways.
  bool project_first() {
    const SharedRows shared = SharedRows::find(config_, batch_.ids, batch_.types, plan_.shape.tokens);
    if (2 * shared.count() > plan_.shape.rows()) return projections_.project_all(0, hidden_, true);
    return projections_.project_shared(0, hidden_, shared);
  }

  // The last block: keys and values of every row, all else of the asked rows alone.
  void run_last_block(std::size_t layer) {
    note(projections_.project_all(layer, hidden_, false));
    const Matrix asked = plan_.asked_hidden.matrix(plan_.asked.padded(), config_.hidden);
    for (std::size_t a = 0; a < batch_.asked.size(); ++a)
      std::memcpy(asked.row(a), hidden_.row(batch_.asked[a]), config_.hidden * sizeof(float));
    note(projections_.project_asked(layer, asked));
    attend_asked(layer);
    finish(layer, plan_.asked, asked);
  }

  // A task a cut of the queries of a head of a sequence.
  void attend_all(std::size_t layer) {
    const ProjectedHeads heads = projections_.heads(layer);
    const std::size_t cuts = plan_.cut.count, a_sequence = config_.heads * cuts;
    team_.parallel_for(plan_.shape.sequences * a_sequence, [&](std::size_t task, int worker) {
      const HeadTask one{.layer = layer,
                         .head = task % a_sequence / cuts,
                         .first_row = task / a_sequence * plan_.shape.tokens,
                         .cut = task % cuts,
                         .context = context_};
      attend(config_, weights_, plan_, heads, one, scratch(worker));
    });
  }

  // A task a head of a sequence.
  void attend_asked(std::size_t layer) {
    const ProjectedHeads heads = projections_.heads(layer);
    team_.parallel_for(plan_.shape.sequences * config_.heads, [&](std::size_t task, int worker) {
      const std::size_t sequence = task / config_.heads;
      const auto asked = std::span(asked_).subspan(first_asked_[sequence],
                                                   first_asked_[sequence + 1] - first_asked_[sequence]);
      if (asked.empty()) return;
      const HeadTask one{.layer = layer,
                         .head = task % config_.heads,
                         .first_row = sequence * plan_.shape.tokens,
                         .few_asked = true,
                         .asked = asked,
                         .context = context_};
      attend(config_, weights_, plan_, heads, one, scratch(worker));
    });
  }

  void number_asked_rows() {
    if (plan_.shape.all_asked) return;
    const std::size_t T = plan_.shape.tokens;
    first_asked_.assign(plan_.shape.sequences + 1, 0);
    for (std::size_t a = 0; a < batch_.asked.size(); ++a) {
      const std::size_t row = batch_.asked[a];
      asked_.push_back({.query_row = projections_.fused() ? row : a, .context_row = a, .position = row % T});
      ++first_asked_[row / T + 1];
    }
    for (std::size_t s = 0; s < plan_.shape.sequences; ++s) first_asked_[s + 1] += first_asked_[s];
  }

  void finish(std::size_t layer, const RowTiles& tiles, Matrix hidden) {
    team_.parallel_for(tiles.count(), [&](std::size_t tile, int worker) {
      finish_rows(layer, tiles.first(tile), tiles.slice(context_, tile), tiles.slice(hidden, tile), worker);
    });
  }

  // Rows of the batch from `first` on, or of those asked for.
  void finish_rows(std::size_t layer, std::size_t first, ConstMatrix context, Matrix hidden, int worker) {
    const auto rows_of = [&](TapPoint point) {
      const Matrix buffer = tapped(point, plan_.padded_rows());
      return buffer.data ? buffer.slice(first, hidden.rows) : Matrix{};
    };
    const TapRows taps{rows_of(TapPoint::attention), rows_of(TapPoint::attention_norm),
                       rows_of(TapPoint::feed_forward)};
    note(finish_block(config_, weights_, plan_.products, layer, context, hidden, taps, scratch(worker)));
  }

  Matrix tapped(TapPoint point, std::size_t rows) {
    return plan_.taps.of(point).matrix(rows, config_.hidden);
  }

  // The asked rows of `states` to the tap, once all are known to be finite.
  Status hand_out(std::size_t layer, TapPoint point, Matrix states, const LayerTap& tap) {
    LL_TRY(check_finite(layer, states.slice(0, plan_.shape.rows()), false));
    if (plan_.shape.all_asked) {
      tap(layer, point, states.slice(0, plan_.shape.rows()));
      return ok_status();
    }
    const Matrix asked = plan_.asked_hidden.matrix(plan_.asked.padded(), config_.hidden);
    for (std::size_t a = 0; a < batch_.asked.size(); ++a)
      std::memcpy(asked.row(a), states.row(batch_.asked[a]), config_.hidden * sizeof(float));
    tap(layer, point, asked.slice(0, batch_.asked.size()));
    return ok_status();
  }

  // After the last block of few rows: they lie together already.
  Status hand_out_few(std::size_t layer, TapPoint point, const LayerTap& tap) {
    const std::size_t rows = batch_.asked.size();
    const Matrix states =
        point == TapPoint::layer ? plan_.asked_hidden.matrix(rows, config_.hidden) : tapped(point, rows);
    LL_TRY(check_finite(layer, states, true));
    tap(layer, point, states);
    return ok_status();
  }

  Status check_finite(std::size_t layer, ConstMatrix states, bool asked) const {
    if (allow_nonfinite_ || all_finite(states.data, states.rows * states.cols)) return ok_status();
    std::size_t r = 0;
    while (all_finite(states.row(r), states.cols)) ++r;
    const std::size_t row = asked ? batch_.asked[r] : r;
    return Error{.code = Code::bad_input,
                 .file = "",
                 .field = fmt::format("layer {}", layer),
                 .found = fmt::format("a hidden state that overflows, in sequence {} at position {}",
                                      row / plan_.shape.tokens, row % plan_.shape.tokens),
                 .expected = "finite numbers",
                 .remedy = "Check the weights with `logitlens verify`, or go on with --allow-nonfinite",
                 .names = {}};
  }

  WorkerScratch& scratch(int worker) { return plan_.workers[static_cast<std::size_t>(worker)]; }
  void note(bool ok) {
    if (!ok) failed_.store(true);
  }

  const ModelConfig& config_;
  const Weights& weights_;
  ForwardPlan& plan_;
  const SequenceBatch& batch_;
  ThreadTeam& team_;
  const bool allow_nonfinite_;
  Projections projections_;
  Matrix hidden_, context_;  // [padded_rows(), H], [padded_rows(), query width]
  std::vector<AskedQuery> asked_;
  std::vector<std::size_t> first_asked_;  // [S + 1], into asked_
  std::atomic<bool> failed_ = false;
};

}  // namespace

Status run_forward(const ModelConfig& config, const Weights& weights, ForwardPlan& plan,
                   const SequenceBatch& batch, ThreadTeam& team, bool allow_nonfinite, const LayerTap& tap) {
  return ForwardPass(config, weights, plan, batch, team, allow_nonfinite).run(tap);
}

}  // namespace logitlens
