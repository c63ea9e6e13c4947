#include "model/forward.h"

#include <fmt/format.h>

#include <atomic>
#include <cstring>
#include <vector>

#include "kernels/row_kernels.h"
#include "model/block.h"

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
        allow_nonfinite_(allow_nonfinite) {
    const std::size_t H = config.hidden, rows = plan.padded_rows();
    hidden_ = plan.hidden.matrix(rows, H);
    query_ = plan.query.matrix(rows, H);
    key_ = plan.key.matrix(rows, H);
    value_ = plan.value.matrix(rows, H);
    context_ = plan.context.matrix(rows, H);
  }

  Status run(const LayerTap& tap) {
    LL_TRY(weights_.check_globals(team_, allow_nonfinite_));
    embed();
    LL_TRY(hand_out(0, hidden_, tap));
    for (std::size_t layer = 0; layer < config_.layers; ++layer) {
      LL_TRY(weights_.check_block(layer, team_, allow_nonfinite_));
      const bool few_rows = layer + 1 == config_.layers && !plan_.shape.all_asked;
      if (few_rows)
        run_last_block(layer);
      else
        run_block(layer);
      if (failed_.load()) return product_failure();
      LL_TRY(few_rows ? hand_out_asked(layer + 1, tap) : hand_out(layer + 1, hidden_, tap));
    }
    return ok_status();
  }

 private:
  // h0 = LayerNorm(word + type + position), rows [S * T, H].
  void embed() {
    const auto weight = [&](Slot slot) -> const Weight& { return weights_.global(slot); };
    const std::size_t H = config_.hidden, T = plan_.shape.tokens;
    const float* type = weight(Slot::token_type_embeddings).data;  // all tokens are of type 0
    for (std::size_t row = 0; row < plan_.shape.rows(); ++row) {
      const float* word = weight(Slot::word_embeddings).data + static_cast<std::size_t>(batch_.ids[row]) * H;
      const float* position = weight(Slot::position_embeddings).data + (row % T) * H;
      add_bias(word, type, hidden_.row(row), H);
      add_layer_norm(hidden_.row(row), nullptr, position, weight(Slot::embedding_norm_weight).data,
                     weight(Slot::embedding_norm_bias).data, config_.eps, hidden_.row(row), H);
    }
  }

  void run_block(std::size_t layer) {
    const std::size_t height = plan_.all.height;
    team_.parallel_for(plan_.all.count, [&](std::size_t tile, int worker) {
      for (auto [slot, to] : {std::pair{Slot::attention_query_weight, &query_},
                              {Slot::attention_key_weight, &key_},
                              {Slot::attention_value_weight, &value_}})
        note(project(plan_.products, weights_.block(layer, slot), hidden_.slice(tile * height, height),
                     to->slice(tile * height, height), scratch(worker)));
    });
    attend_all(layer, query_, context_, false);
    finish(layer, plan_.all, context_, hidden_);
  }

  // The last block: keys and values of every row, all else of the asked rows alone.
  void run_last_block(std::size_t layer) {
    const std::size_t height = plan_.all.height, H = config_.hidden;
    team_.parallel_for(plan_.all.count, [&](std::size_t tile, int worker) {
      for (auto [slot, to] :
           {std::pair{Slot::attention_key_weight, &key_}, {Slot::attention_value_weight, &value_}})
        note(project(plan_.products, weights_.block(layer, slot), hidden_.slice(tile * height, height),
                     to->slice(tile * height, height), scratch(worker)));
    });
    const Matrix asked = plan_.asked_hidden.matrix(plan_.asked.padded(), H);
    for (std::size_t a = 0; a < batch_.asked.size(); ++a)
      std::memcpy(asked.row(a), hidden_.row(batch_.asked[a]), H * sizeof(float));
    team_.parallel_for(plan_.asked.count, [&](std::size_t tile, int worker) {
      const std::size_t tall = plan_.asked.height;
      note(project(plan_.products, weights_.block(layer, Slot::attention_query_weight),
                   asked.slice(tile * tall, tall), query_.slice(tile * tall, tall), scratch(worker)));
    });
    attend_all(layer, query_, context_, true);
    finish(layer, plan_.asked, context_, asked);
  }

  // A task a head of a sequence. With `asked`, queries are the asked rows, numbered as in batch_.asked.
  void attend_all(std::size_t layer, Matrix query, Matrix context, bool asked) {
    const std::size_t T = plan_.shape.tokens;
    if (asked) number_asked_rows();
    team_.parallel_for(plan_.shape.sequences * config_.heads, [&](std::size_t task, int worker) {
      const std::size_t sequence = task / config_.heads;
      HeadTask head{layer, task % config_.heads, sequence * T, query, key_, value_, {}, context};
      if (asked) {
        head.query_rows = asked_of(sequence);
        if (head.query_rows.empty()) return;
      }
      note(attend(config_, weights_, plan_, head, scratch(worker)));
    });
  }

  void number_asked_rows() {
    numbers_.resize(batch_.asked.size());
    first_asked_.assign(plan_.shape.sequences + 1, 0);
    for (std::size_t a = 0; a < numbers_.size(); ++a) {
      numbers_[a] = a;
      ++first_asked_[batch_.asked[a] / plan_.shape.tokens + 1];
    }
    for (std::size_t s = 0; s < plan_.shape.sequences; ++s) first_asked_[s + 1] += first_asked_[s];
  }

  std::span<const std::size_t> asked_of(std::size_t sequence) const {
    return std::span(numbers_).subspan(first_asked_[sequence],
                                       first_asked_[sequence + 1] - first_asked_[sequence]);
  }

  void finish(std::size_t layer, const RowTiles& tiles, Matrix context, Matrix hidden) {
    team_.parallel_for(tiles.count, [&](std::size_t tile, int worker) {
      note(finish_block(config_, weights_, plan_.products, layer,
                        context.slice(tile * tiles.height, tiles.height),
                        hidden.slice(tile * tiles.height, tiles.height), scratch(worker)));
    });
  }

  // The asked rows of `states` to the tap, once they are known to be finite.
  Status hand_out(std::size_t layer, Matrix states, const LayerTap& tap) {
    LL_TRY(check_finite(layer, states.slice(0, plan_.shape.rows()), false));
    if (plan_.shape.all_asked) {
      tap(layer, states.slice(0, plan_.shape.rows()));
      return ok_status();
    }
    const Matrix asked = plan_.asked_hidden.matrix(plan_.asked.padded(), config_.hidden);
    for (std::size_t a = 0; a < batch_.asked.size(); ++a)
      std::memcpy(asked.row(a), states.row(batch_.asked[a]), config_.hidden * sizeof(float));
    tap(layer, asked.slice(0, batch_.asked.size()));
    return ok_status();
  }

  Status hand_out_asked(std::size_t layer, const LayerTap& tap) {
    const Matrix asked = plan_.asked_hidden.matrix(batch_.asked.size(), config_.hidden);
    LL_TRY(check_finite(layer, asked, true));
    tap(layer, asked);
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
  Matrix hidden_, query_, key_, value_, context_;  // [padded_rows(), H]
  std::vector<std::size_t> numbers_, first_asked_;
  std::atomic<bool> failed_ = false;
};

}  // namespace

Status run_forward(const ModelConfig& config, const Weights& weights, ForwardPlan& plan,
                   const SequenceBatch& batch, ThreadTeam& team, bool allow_nonfinite, const LayerTap& tap) {
  return ForwardPass(config, weights, plan, batch, team, allow_nonfinite).run(tap);
}

}  // namespace logitlens
