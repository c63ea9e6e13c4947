// What a reader must know beside a table's numbers: how it was made where that is not the usual way, and why
// there are nulls.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/encode_input.h"
#include "engine/sweep_plan.h"

namespace logitlens {

namespace {

using Notes = std::vector<std::string>;

void note_length(const Model::Impl& model, const LensTable& table, Notes& notes) {
  const RunInfo& run = table.run;
  if (run.truncated_tokens > 0)
    notes.push_back(fmt::format("{} tokens at the end{} were left out: the model has {} positions",
                                run.truncated_tokens, table.text_second ? " of the texts" : "",
                                model.config.positions));
  if (run.windows > 1)
    notes.push_back(fmt::format(
        "the text's {} tokens were read in {} windows of {}, the model's positions, {} tokens of the "
        "text apart; each position is taken from the window where it has most context",
        table.tokens.size(), run.windows, model.config.positions, run.window_stride));
}

void note_masking(const Model::Impl& model, const LensTable& table, Notes& notes) {
  if (drops_token_types(model, table.tokens))
    notes.push_back("this model has no token types: it does not tell the second text from the first by them");
  if (table.rows().empty()) return;
  if (table.run.mask == "words")
    notes.push_back(
        "a word's target_logprob is the sum over its pieces, all masked at once: its log-probability if they "
        "were "
        "independent of each other");
  if (table.run.predicts == "next") {
    notes.push_back(
        "nothing is masked: this model reads from left to right, and the row at position t is about token t "
        "+ 1");
  } else if (table.run.mask == "none") {
    notes.push_back("nothing is masked: each position sees its own token");
  }
}

void note_drift(const LensTable& table, Notes& notes) {
  if (!table.run.drift) return;
  const Drift& drift = *table.run.drift;
  notes.push_back(fmt::format(
      "computed in int8: of {} rows computed again in float32 the best token is the same in {} of {} states "
      "({} of {} at the last layer), and z differs by at most {:.2g}",
      drift.rows, drift.same_best, drift.states, drift.same_best_last, drift.rows, drift.z));
}

void note_summaries(const LensTable& table, Notes& notes) {
  if (table.run.logits == "screened" && !table.rows().empty())
    notes.push_back(
        "the selected statistics were computed without all logits; settling by kl_to_last or target_rank is "
        "null where that is not among them");
}

void note_nulls(const SweepOptions& options, const LensTable& table, Notes& notes) {
  const std::vector<Row>& rows = table.rows();
  const auto without = std::ranges::count_if(rows, [](const Row& row) { return !row.target_id; });
  if (without > 0 && table.run.predicts == "next") {
    notes.push_back("the last row has no target, no token follows: target_* is null; name one with --target");
  } else if (without > 0) {
    notes.push_back(
        fmt::format("{} of {} rows have no target, the text itself holds the mask there: target_* is null; "
                    "name one with --target",
                    without, rows.size()));
  }
  const auto undefined = std::ranges::count_if(rows, [](const Row& row) {
    return std::ranges::any_of(row.series, [&](const Series& series) {
      return !(series.info->needs_target && !row.target_id) &&
             std::ranges::any_of(series.values, [](double value) { return std::isnan(value); });
    });
  });
  if (undefined > 0)
    notes.push_back(fmt::format("{} rows hold a null because their logits are {}: no z-score is defined",
                                undefined,
                                options.allow_nonfinite ? "all equal or not finite" : "all equal"));
}

}  // namespace

void add_notes(const Model::Impl& model, const SweepOptions& options, LensTable& table) {
  table.notes = model.notes();
  note_length(model, table, table.notes);
  note_masking(model, table, table.notes);
  note_drift(table, table.notes);
  note_summaries(table, table.notes);
  note_nulls(options, table, table.notes);
}

}  // namespace logitlens
