// The lenses of one head side by side: which step rescues the prediction?
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "logitlens/report.h"
#include "logitlens/status.h"
#include "logitlens/table.h"

namespace logitlens {

// One lens and what it adds to the one before it.
struct LadderStep {
  std::string lens;
  std::string adds;                 // "the decoder's bias"; "" for the first
  std::vector<int> right;           // [layers] rows whose most likely token is the expected one
  std::vector<double> median_rank;  // [layers] of the target, 0 = best; NaN without targets
  std::vector<double> mean_best_z;  // [layers]
  std::string last_best;            // the most likely token of most rows at the last layer, and of how many
  int last_best_rows = 0;
};

struct LadderRow {
  int position = 0;
  std::string expected;  // the target; in a row without one, what the whole head says at the last layer
  // The first lens from which on, up to the whole head, the last layer is right; "" where the whole head is wrong.
  std::string right_from;
};

struct Ladder {
  std::vector<LensTable> tables;  // raw first, the whole head last
  std::vector<LadderStep> steps;  // [lenses]
  std::vector<LadderRow> rows;
  std::string rescuer;  // the lens that gains most at the last layer over the one before it; "": none does
  int gained = 0;       // rows that it gains
  std::vector<std::string> sentences;  // what all this says
};

// From sweeps of one text, a lens each, from the least of the head to the whole of it, with best_id among the statistics.
// Errors: usage (a statistic that is missing), internal (no table, tables of different texts).
Result<Ladder> make_ladder(std::vector<LensTable> tables);

// `format`: "text", "json" (schema logitlens-ladder/1), "ndjson", "csv", "svg", "png", "pdf" (z of the
// best token through each lens, with the theme and width of `options.figure`), "html" (the page of all its tables).
// Errors: usage.
Result<std::string> render(const Ladder& ladder, std::string_view format, const RenderOptions& options = {});
// As save() for a table: the format by the suffix, .txt .json .ndjson .csv .svg .png .pdf .html.
Status save(const Ladder& ladder, const std::string& path, bool force = false,
            const RenderOptions& options = {});

// Whether `save` of a trace, or of a ladder, which `has_page`, has a format for the suffix of `path`, and `render` one of
// that name.
Status check_document_suffix(const std::string& path, bool has_page = false);
Status check_document_format(std::string_view format, bool has_page = false);

}  // namespace logitlens
