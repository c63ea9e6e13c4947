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
        fused_(config.arch->block.projection != Projection::separate) {
    const std::size_t rows = plan.padded_rows(), Q = config.query_width(), K = config.key_width();
    hidden_ = plan.hidden.matrix(rows, config.hidden);
    context_ = plan.context.matrix(rows, Q);
    query_ = plan.query.matrix(rows, fused_ ? Q + 2 * K : Q);
    key_ = plan.key.matrix(rows, K);
    value_ = plan.value.matrix(rows, K);
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
    project_rows(layer, hidden_, plan_.all, true);
    attend_all(layer);
    finish(layer, plan_.all, hidden_);
  }

  // The last block: keys and values of every row, all else of the asked rows alone.
  void run_last_block(std::size_t layer) {
    project_rows(layer, hidden_, plan_.all, false);
    const Matrix asked = plan_.asked_hidden.matrix(plan_.asked.padded(), config_.hidden);
    for (std::size_t a = 0; a < batch_.asked.size(); ++a)
      std::memcpy(asked.row(a), hidden_.row(batch_.asked[a]), config_.hidden * sizeof(float));
    if (!fused_)
      team_.parallel_for(plan_.asked.count, [&](std::size_t tile, int worker) {
        const ConstMatrix input = input_of(layer, asked, plan_.asked, tile, worker);
        project_to(layer, Slot::attention_query_weight, input, query_, tile, plan_.asked, worker);
      });
    attend_asked(layer);
    finish(layer, plan_.asked, asked);
  }

  // Keys, values and, with `queries`, queries of all rows; a fused projection gives all three.
  void project_rows(std::size_t layer, ConstMatrix hidden, const RowTiles& tiles, bool queries) {
    team_.parallel_for(tiles.count, [&](std::size_t tile, int worker) {
      const ConstMatrix input = input_of(layer, hidden, tiles, tile, worker);
      if (fused_) {
        project_to(layer, Slot::attention_fused_weight, input, query_, tile, tiles, worker);
        return;
      }
      if (queries) project_to(layer, Slot::attention_query_weight, input, query_, tile, tiles, worker);
      project_to(layer, Slot::attention_key_weight, input, key_, tile, tiles, worker);
      project_to(layer, Slot::attention_value_weight, input, value_, tile, tiles, worker);
    });
  }

  // hidden [tile, H], normalised where the block starts with a norm.
  ConstMatrix input_of(std::size_t layer, ConstMatrix hidden, const RowTiles& tiles, std::size_t tile,
                       int worker) {
    return attention_input(config_, weights_, layer, hidden.slice(tile * tiles.height, tiles.height),
                           scratch(worker));
  }

  void project_to(std::size_t layer, Slot slot, ConstMatrix input, Matrix to, std::size_t tile,
                  const RowTiles& tiles, int worker) {
    note(project(plan_.products, weights_.block(layer, slot), input,
                 to.slice(tile * tiles.height, tiles.height), scratch(worker)));
  }

  // A task a cut of the queries of a head of a sequence.
  void attend_all(std::size_t layer) {
    const ProjectedHeads heads = projected_heads(config_, weights_, layer, query_, key_, value_);
    const std::size_t cuts = plan_.cut.count, a_sequence = config_.heads * cuts;
    team_.parallel_for(plan_.shape.sequences * a_sequence, [&](std::size_t task, int worker) {
      const HeadTask one{.layer = layer,
                         .head = task % a_sequence / cuts,
                         .first_row = task / a_sequence * plan_.shape.tokens,
                         .cut = task % cuts,
                         .context = context_};
      note(attend(config_, weights_, plan_, heads, one, scratch(worker)));
    });
  }

  // A task a head of a sequence.
  void attend_asked(std::size_t layer) {
    const ProjectedHeads heads = projected_heads(config_, weights_, layer, query_, key_, value_);
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
      note(attend(config_, weights_, plan_, heads, one, scratch(worker)));
    });
  }

  void number_asked_rows() {
    if (plan_.shape.all_asked) return;
    const std::size_t T = plan_.shape.tokens;
    first_asked_.assign(plan_.shape.sequences + 1, 0);
    for (std::size_t a = 0; a < batch_.asked.size(); ++a) {
      const std::size_t row = batch_.asked[a];
      asked_.push_back({.query_row = fused_ ? row : a, .context_row = a, .position = row % T});
      ++first_asked_[row / T + 1];
    }
    for (std::size_t s = 0; s < plan_.shape.sequences; ++s) first_asked_[s + 1] += first_asked_[s];
  }

  void finish(std::size_t layer, const RowTiles& tiles, Matrix hidden) {
    team_.parallel_for(tiles.count, [&](std::size_t tile, int worker) {
      const std::size_t first = tile * tiles.height, height = tiles.height;
      const auto rows_of = [&](TapPoint point) {
        const Matrix buffer = tapped(point, plan_.padded_rows());
        return buffer.data ? buffer.slice(first, height) : Matrix{};
      };
      const TapRows taps{rows_of(TapPoint::attention), rows_of(TapPoint::attention_norm),
                         rows_of(TapPoint::feed_forward)};
      note(finish_block(config_, weights_, plan_.products, layer, context_.slice(first, height),
                        hidden.slice(first, height), taps, scratch(worker)));
    });
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
  const bool allow_nonfinite_, fused_;
  Matrix hidden_, query_, key_, value_, context_;  // [padded_rows(), their width]
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
