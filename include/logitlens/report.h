// Tables as text: one document per format.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "logitlens/model.h"
#include "logitlens/status.h"
#include "logitlens/table.h"

namespace logitlens {

enum class Color { none, ansi256, truecolor };

struct RenderOptions {
  int width = 0;  // columns of the terminal; 0: 100
  Color color = Color::none;
};

// `format`: "text" (for a terminal), "json", "ndjson", "csv", "html". UTF-8.
Result<std::string> render(const LensTable& table, std::string_view format,
                           const RenderOptions& options = {});

// Renders by the suffix of `path` and writes it whole or not at all (temporary name, fsync, rename). An
// existing file is an error unless `force`.
Status save(const LensTable& table, const std::string& path, bool force = false);

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
