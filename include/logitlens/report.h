// Tables as text: one document per format.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "logitlens/model.h"
#include "logitlens/status.h"
#include "logitlens/table.h"

namespace logitlens {

enum class Color { none, ansi256, truecolor };

enum class Theme { light, dark };

// What svg, png and pdf show of a table.
struct FigureOptions {
  std::string name = "heatmap";  // one of figures()
  std::string statistic = {};    // of the figures that draw any: one of statistics(); empty: their own choice
  std::vector<int> positions = {};  // only these rows; empty: all, or as many as the figure can show
  Theme theme = Theme::light;
  int width = 0;  // px, 320..8000; 0: what the content needs, at most 1200
};

struct RenderOptions {
  int width = 0;  // columns of the terminal; 0: 100
  Color color = Color::none;
  FigureOptions figure = {};
  // Called with what a reader of the figure should be told, for example letters that no font here has.
  std::function<void(const std::string& note)> note = {};
};

// A figure that `render` can draw.
struct FigureInfo {
  std::string name;
  std::string description;              // one line
  std::vector<std::string> statistics;  // what the table must hold, besides FigureOptions::statistic
};
const std::vector<FigureInfo>& figures();

// Whether a figure can be drawn from a table that holds these statistics (empty: all): before there is a
// table. Error: usage.
Status check_figure(const FigureOptions& figure, const std::vector<std::string>& statistics);

// `format`: "text" (for a terminal), "json", "ndjson", "csv", "html": UTF-8; "svg", "png", "pdf": a figure. A figure has the same
// bytes in every run with the same fonts. A PNG has two pixels to a px of the figure, unless those were too many.
Result<std::string> render(const LensTable& table, std::string_view format,
                           const RenderOptions& options = {});

// Renders by the suffix of `path` and writes it whole or not at all (temporary name, fsync, rename). An
// existing file is an error unless `force`.
Status save(const LensTable& table, const std::string& path, bool force = false,
            const RenderOptions& options = {});

// A table back from the JSON that `render` and `save` write: it renders to the same bytes again. Every value
// is checked (bad_input). What this build does not know, such as a newer one's statistics, is left out, and a
// note says so.
Result<LensTable> read_table(const std::string& path);
// `name` stands for the file in errors.
Result<LensTable> parse_table(const std::string& name, std::string_view json);

// The page of format "html" for several tables of one text, for example one a lens, which it shows side by side; the
// first is shown first. One file that needs no network, and runs nothing that comes out of a text, a vocabulary or
// a model's name. Error: usage, without a table.
Result<std::string> render_page(std::span<const LensTable> tables);

// Writes that page; `save`'s rules.
Status save_page(std::span<const LensTable> tables, const std::string& path, bool force = false);

// Writes what Model::hidden_states gave, token ids included, as one safetensors file; `save`'s rules.
Status save_hidden_states(const HiddenStates& states, const std::string& path, bool force = false);

// What can be known before there is anything to write: whether `save` has a format for the suffix of `path`;
// whether a file may be created there (exists without `force`: usage; no folder, or not writable: io).
Status check_table_suffix(const std::string& path);
Status check_output(const std::string& path, bool force);

// The names `render` takes, and the suffixes `save` takes.
std::string format_list();

// `text` safe to print on a terminal: control characters, ANSI codes, bidi marks and invalid UTF-8 are
// written as escapes.
std::string printable(std::string_view text);

}  // namespace logitlens
