// Which forward passes a sweep needs, and which rows of them become rows of the table.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/model_impl.h"
#include "model/taps.h"
#include "text/masking.h"
#include "text/windows.h"

namespace logitlens {

struct PlannedRow {
  int position = 0;
  std::optional<std::int32_t> target;
};

// A hidden state of a row.
struct PlannedState {
  std::size_t layer = 0;
  TapPoint point = TapPoint::layer;
  bool operator==(const PlannedState&) const = default;
};

struct SweepPlan {
  std::vector<std::int32_t> ids;    // [N] of the whole text, nothing masked
  std::vector<std::int32_t> types;  // [N] token types; empty: all 0
  Windows windows;                  // what of it a forward pass reads, [T]
  std::int32_t mask_id = -1;
  std::vector<MaskedSequence> sequences;                   // the forward passes
  std::vector<PlannedRow> rows;                            // of the table, in order
  std::vector<std::vector<std::size_t>> rows_of_sequence;  // indices into rows
  std::vector<PlannedState> states;   // decoded: the table's, and the last layer's output at the end
  std::vector<std::int32_t> tracked;  // ids that every row follows
  std::size_t batch_sequences = 1;    // run at once
  bool summaries = false;             // statistics without all logits: docs/performance.md says when
  bool ranks = true;                  // where they need targets' ranks
};

// Checks the options, tokenizes, plans; fills all of the table that needs no forward pass.
Result<SweepPlan> plan_sweep(const Model::Impl& model, std::string_view text, const SweepOptions& options,
                             LensTable& table);

// Warnings, truncation, windows, and the reasons of nulls (engine/sweep_notes.cpp).
void add_notes(const Model::Impl& model, const SweepOptions& options, LensTable& table);

}  // namespace logitlens
