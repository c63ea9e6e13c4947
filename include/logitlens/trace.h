// A statistic against layer, as lines: of chosen words at chosen positions, through one lens or several.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "logitlens/report.h"
#include "logitlens/status.h"
#include "logitlens/table.h"

namespace logitlens {

struct TraceOptions {
  // "z", "logprob" or "logit", of every word a line; or a statistic of the table (statistics()): one line a row and lens.
  std::string statistic = "z";
  bool target = true, final_best = true;  // whose lines, beside those named
  bool best = false;                      // every token that is best at any layer
};

// Least squares of a line on sqrt(layer): y = b0 + b1 sqrt(k). NaN: no such fit (fewer than two values).
struct SqrtFit {
  double b0 = 0, b1 = 0, r2 = 0;
};

struct TraceLine {
  std::string lens;
  std::optional<int> id;  // the word; none for a statistic of the whole row
  std::string token;
  bool target = false;         // the token that was masked, or that --target names
  bool final_best = false;     // what this lens thinks most likely at the last layer of the table
  bool named = false;          // asked for by name
  std::vector<int> best_at;    // layer numbers at which this lens thinks it most likely
  std::vector<double> values;  // [layers]; NaN: none
  std::optional<Knee> knee;    // of this line
  std::optional<TwoSegment> two_segment;
  SqrtFit sqrt_fit;
};

struct TraceSettling {
  std::string lens;
  Settling settling;
};

struct TracePanel {
  int position = 0;
  std::string token;  // the text's own token there
  bool masked = false;
  std::optional<int> target_id;
  std::string target;
  std::vector<TraceSettling> settling;  // [lenses]
  std::vector<TraceLine> lines;         // lens by lens; target, named, final best, other best tokens
};

struct Trace {
  ModelInfo model;
  RunInfo run;  // of the first lens; wall_s of all
  std::string text;
  std::optional<std::string> text_second;
  std::vector<std::string> notes;
  std::vector<Token> tokens;
  std::vector<int> layers;
  std::string statistic, unit, formula;
  std::vector<std::string> lenses;
  std::vector<TracePanel> panels;
};

// From sweeps of one text, a lens each, with SweepOptions::track_best and the same rows. `named`: the strings of
// SweepOptions::tracked. Errors: usage (no statistic of that name, or one that was not swept), internal (tables of
// different texts, or without what track_best gives).
Result<Trace> make_trace(std::span<const LensTable> tables, const TraceOptions& options,
                         std::span<const std::string> named = {});

// The statistics that make_trace knows: z, logprob, logit, then the table's.
std::vector<StatisticInfo> trace_statistics();

// `format`: "text", "json" (schema logitlens-trace/1), "ndjson", "csv"; "svg", "png", "pdf": a figure with a
// panel for each of the first 8 positions, of the theme and width in `options.figure`. Errors: usage.
Result<std::string> render(const Trace& trace, std::string_view format, const RenderOptions& options = {});
// As save() for a table: the format by the suffix, .txt .json .ndjson .csv .svg .png .pdf.
Status save(const Trace& trace, const std::string& path, bool force = false,
            const RenderOptions& options = {});

}  // namespace logitlens
