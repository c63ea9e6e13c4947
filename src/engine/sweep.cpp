// The experiment: masks -> forward passes -> hidden states of the asked rows, every layer -> head -> vocabulary -> table.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

#include "analysis/analyse.h"
#include "analysis/words.h"
#include "engine/drift.h"
#include "engine/model_impl.h"
#include "engine/sweep_plan.h"
#include "lens/head_rows.h"
#include "lens/tracked_logits.h"
#include "lens/vocabulary_sweep.h"
#include "model/forward.h"
#include "text/join_pieces.h"

namespace logitlens {

namespace {

BatchShape shape_of(const std::vector<std::size_t>& asked, std::size_t sequences, std::size_t tokens,
                    const ThreadTeam& team, Taps taps, bool packed, bool int8) {
  bool all = asked.size() == sequences * tokens;
  for (std::size_t a = 0; all && a < asked.size(); ++a) all = asked[a] == a;
  return {sequences, tokens, asked.size(), all, static_cast<std::size_t>(team.size()), taps, packed, int8};
}

class Sweep {
 public:
  Sweep(const Model::Impl& model, const SweepPlan& plan, const SweepOptions& options, ThreadTeam& team)
      : model_(model), plan_(plan), options_(options), team_(team) {}

  // Rows of the table.
  Status run(LensTable& table) {
    std::vector<std::size_t> sequences(plan_.sequences.size());
    std::iota(sequences.begin(), sequences.end(), std::size_t{0});
    LL_TRY(run_sequences(sequences, options_.precision, table));
    return options_.precision == Precision::int8 ? measure_drift(table) : ok_status();
  }

 private:
  // What goes through the encoder at once.
  struct Batch {
    std::vector<std::int32_t> ids;     // [S, T]
    std::vector<std::int32_t> types;   // [S, T]; empty: all 0
    std::vector<std::size_t> asked;    // [A] rows of [S * T], ascending
    std::vector<std::size_t> rows_of;  // [A], index of the plan's row
    std::size_t sequences = 0;         // S
  };

  // Batch by batch of sequences of equal length.
  Status run_sequences(std::span<const std::size_t> sequences, Precision precision, LensTable& table) {
    int8_ = precision == Precision::int8;
    // The comparison of a sweep in bytes is too short to pack weights for, however often it is made.
    const bool compared = options_.precision == Precision::int8;
    packed_ =
        !int8_ && model_.weights.packing_pays_for(compared ? 0 : sequences.size() * plan_.windows.length);
    for (std::size_t first = 0; first < sequences.size(); first += plan_.batch_sequences) {
      if (options_.progress) options_.progress(first, sequences.size());
      LL_TRY(run_batch(sequences.subspan(first, std::min(plan_.batch_sequences, sequences.size() - first)),
                       table));
    }
    return ok_status();
  }

  // Some forward passes once more in float32, into a table of their own that is compared and forgotten.
  Status measure_drift(LensTable& table) {
    const std::vector<std::size_t> sample = drift_sample(plan_.sequences.size(), plan_.windows.length);
    LensTable exact;
    exact.layers = table.layers;
    exact.rows().resize(table.rows().size());
    LL_TRY(run_sequences(sample, Precision::f32, exact));
    std::vector<std::size_t> rows;
    for (std::size_t sequence : sample)
      rows.insert(rows.end(), plan_.rows_of_sequence[sequence].begin(),
                  plan_.rows_of_sequence[sequence].end());
    table.run.drift = drift_between(table, exact, rows);
    return ok_status();
  }

  Status run_batch(std::span<const std::size_t> sequences, LensTable& table) {
    Batch batch;
    for (std::size_t s : sequences) add_sequence(s, batch);
    // States in groups: [A, G, H], those of a row together, the last layer's output last.
    LL_ASSIGN(HeadRows states,
              HeadRows::create(batch.asked.size() * plan_.states.size(), model_.config, model_.weights));
    LL_TRY(run_encoder(batch, states.states()));
    LL_TRY(states.apply(model_.config, model_.weights, options_.lens, team_));
    return read_vocabulary(states.decodable(), batch.rows_of, table);
  }

  // The window that the pass reads, masked.
  void add_sequence(std::size_t index, Batch& batch) const {
    const MaskedSequence& sequence = plan_.sequences[index];
    const Windows& windows = plan_.windows;
    const std::size_t before = batch.ids.size();  // s * T
    for (std::size_t place = 0; place < windows.length; ++place) {
      const std::size_t position = windows.position(sequence.window, place);
      batch.ids.push_back(plan_.ids[position]);
      if (!plan_.types.empty()) batch.types.push_back(plan_.types[position]);
    }
    const auto row_of = [&](int position) {  // the plan asks for none outside of the window
      return before + windows.place(sequence.window, static_cast<std::size_t>(position)).value_or(0);
    };
    for (int position : sequence.masked) batch.ids[row_of(position)] = plan_.mask_id;
    std::vector<std::size_t> rows = plan_.rows_of_sequence[index];
    std::ranges::sort(rows, {}, [&](std::size_t row) { return plan_.rows[row].position; });
    for (std::size_t row : rows) batch.asked.push_back(row_of(plan_.rows[row].position));
    batch.rows_of.insert(batch.rows_of.end(), rows.begin(), rows.end());
    ++batch.sequences;
  }

  Status run_encoder(const Batch& batch, Matrix states) {
    const BatchShape shape =
        shape_of(batch.asked, batch.sequences, plan_.windows.length, team_, options_.taps, packed_, int8_);
    if (!forward_ || forward_->shape != shape) {
      LL_ASSIGN(forward_, ForwardPlan::create(model_.config, model_.weights, shape));
    }
    const std::size_t G = plan_.states.size();
    return run_forward(model_.config, model_.weights, *forward_, {batch.ids, batch.asked, batch.types}, team_,
                       options_.allow_nonfinite, [&](std::size_t layer, TapPoint point, ConstMatrix rows) {
                         for (std::size_t g = 0; g < G; ++g) {
                           if (plan_.states[g] != PlannedState{layer, point}) continue;
                           for (std::size_t a = 0; a < rows.rows; ++a)
                             std::memcpy(states.row(a * G + g), rows.row(a), rows.cols * sizeof(float));
                         }
                       });
  }

  Status read_vocabulary(ConstMatrix states, const std::vector<std::size_t>& rows_of, LensTable& table) {
    DecodeRequest request;
    request.decoder = &model_.weights.global(Slot::decoder_weight);
    request.bias = lens_bias(model_.weights, options_.lens);
    request.rows = states;
    request.group_rows = plan_.states.size();
    for (std::size_t row : rows_of) request.targets.push_back(plan_.rows[row].target);
    if (plan_.summaries) {
      LL_ASSIGN(request.screened, model_.screened_decoder(request.bias != nullptr, team_));
    }
    request.ranks = plan_.ranks;
    request.top = request.screened ? 0 : static_cast<std::size_t>(options_.top);
    for (const Statistic& statistic : statistic_registry())
      if (statistic.make_state && !request.screened) request.with_state.push_back(&statistic);
    LL_ASSIGN(const std::vector<DecodedRow> decoded, decode_rows(request, team_));
    for (std::size_t a = 0; a < rows_of.size(); ++a)
      LL_TRY(fill_row(std::span(decoded).subspan(a * request.group_rows, request.group_rows), rows_of[a],
                      table));
    if (!plan_.tracked.empty() || options_.track_best) follow_tokens(request, decoded, rows_of, table);
    return ok_status();
  }

  // Tokens that are looked for in all layers of a row, each by a product of its own with its decoder row.
  void follow_tokens(const DecodeRequest& request, const std::vector<DecodedRow>& decoded,
                     const std::vector<std::size_t>& rows_of, LensTable& table) {
    const std::size_t G = request.group_rows, shown = table.layers.size();
    team_.parallel_for(rows_of.size(), [&](std::size_t a, int) {
      const auto layers = std::span(decoded).subspan(a * G, shown);
      const std::vector<std::int32_t> ids = tokens_to_track(plan_.tracked, options_.track_best, layers);
      for (std::int32_t id : ids) {
        TrackedToken token =
            track(*request.decoder, request.bias, request.rows.slice(a * G, shown), layers, id);
        token.token = model_.tokenizer.token(id);
        table.rows()[rows_of[a]].tracked.push_back(std::move(token));
      }
    });
  }

  // decoded: one entry a layer of the plan.
  Status fill_row(std::span<const DecodedRow> decoded, std::size_t row_index, LensTable& table) {
    Row& row = table.rows()[row_index];
    const std::size_t shown =
        table.layers.size();  // the plan's layers, or without a last one that was not asked for
    for (std::size_t k = 0; k < shown; ++k) LL_TRY(check_finite(decoded[k], row, table.layers[k]));
    std::size_t state = 0;
    for (const Statistic& statistic : statistic_registry()) {
      Series series{series_info(statistic), {}};
      for (std::size_t k = 0; k < shown; ++k) series.values.push_back(value_of(statistic, decoded[k], state));
      state += statistic.make_state != nullptr;
      row.series.push_back(std::move(series));
    }
    for (std::size_t k = 0; k < shown; ++k) {
      row.best.push_back(model_.tokenizer.token(decoded[k].sums.sums.argmax));
      row.top.push_back(top_tokens(decoded[k]));
    }
    return ok_status();
  }

  static const StatisticInfo* series_info(const Statistic& statistic) {
    return &*std::ranges::find(statistics(), statistic.info.name, &StatisticInfo::name);
  }

  static double value_of(const Statistic& statistic, const DecodedRow& decoded, std::size_t state) {
    const double none = std::numeric_limits<double>::quiet_NaN();
    if (statistic.make_state && decoded.states.empty()) return none;
    if (statistic.info.needs_target && !decoded.sums.target_id) return none;
    const double value =
        statistic.make_state ? decoded.states[state]->finish(decoded.sums) : statistic.finish(decoded.sums);
    return std::isfinite(value) ? value : none;
  }

  std::vector<TopToken> top_tokens(const DecodedRow& decoded) const {
    std::vector<TopToken> top;
    for (const ScoredToken& scored : decoded.top) {
      const double logit = static_cast<double>(scored.logit);
      top.push_back({scored.id, model_.tokenizer.token(scored.id), logit, decoded.sums.logprob(logit),
                     decoded.sums.z(logit)});
    }
    return top;
  }

  Status check_finite(const DecodedRow& decoded, const Row& row, int layer) const {
    const VocabularySums& sums = decoded.sums.sums;
    if (options_.allow_nonfinite || (!sums.any_nan && std::isfinite(sums.max) && std::isfinite(sums.m2)))
      return ok_status();
    return Error{.code = Code::bad_input,
                 .file = model_.checkpoint.path,
                 .field = fmt::format("layer {}", layer),
                 .found = fmt::format("logits that overflow at position {}", row.position),
                 .expected = "finite numbers",
                 .remedy = "Check the weights with `logitlens verify`, or go on with --allow-nonfinite",
                 .names = {}};
  }

  const Model::Impl& model_;
  const SweepPlan& plan_;
  const SweepOptions& options_;
  ThreadTeam& team_;
  bool packed_ = false, int8_ = false;
  std::optional<ForwardPlan> forward_;
};

// A pass a word, so a word's rows are those of its pass.
void add_words(const Model::Impl& model, const SweepPlan& plan, LensTable& table) {
  if (table.run.mask != "words") return;
  const PieceStyle style = piece_style(model.tokenizer);
  for (const std::vector<std::size_t>& rows : plan.rows_of_sequence)
    table.words.push_back(make_word(
        table, rows, [style](std::span<const std::string> pieces) { return join_pieces(pieces, style); }));
}

void keep_selected(const std::vector<std::string>& names, LensTable& table) {
  if (names.empty()) return;
  const auto selected = [&](std::string_view name) { return std::ranges::find(names, name) != names.end(); };
  for (Row& row : table.rows()) {
    std::erase_if(row.series, [&](const Series& series) { return !selected(series.info->name); });
    if (!selected("best_id")) row.best.clear();
    if (!selected("top")) row.top.clear();
  }
}

}  // namespace

Result<LensTable> Model::sweep(std::string_view text, const SweepOptions& options) const {
  return no_throw_reading(*impl_, [&]() -> Result<LensTable> {
    const auto begin = std::chrono::steady_clock::now();
    LensTable table;
    LL_ASSIGN(const SweepPlan plan, plan_sweep(*impl_, text, options, table));
    ThreadTeam team(options.threads);
    LL_TRY(Sweep(*impl_, plan, options, team).run(table));
    analyse(table, options.classes ? *options.classes : english_closed_class());
    add_words(*impl_, plan, table);
    keep_selected(options.statistics, table);
    add_notes(*impl_, options, table);
    table.run.threads = team.size();
    table.run.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return table;
  });
}

}  // namespace logitlens
