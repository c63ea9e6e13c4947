// Standard output and standard error: whole documents, colours and width of the terminal, notes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "logitlens/report.h"
#include "logitlens/status.h"

namespace logitlens {

// What becomes of a finished table.
struct OutputRequest {
  std::vector<std::string> files;  // written first, each whole or not at all
  std::string format;              // of standard output; empty: text where there are no files, else nothing
  bool force = false, quiet = false;
  Color color = Color::none;
  FigureOptions figure;
};
Status hand_over(const LensTable& table, const OutputRequest& request);

// Writes all of `text` to standard output. A reader that went away early (a closed pipe) is no error; a full
// disk is.
Status print(std::string_view text);

// "note: ..." on standard error, control characters escaped.
void print_notes(const std::vector<std::string>& notes);

// `mode`: auto, always, never. Looks at NO_COLOR, COLORTERM and TERM, and whether standard output is a
// terminal.
Result<Color> choose_color(std::string_view mode);

int terminal_width();  // of standard output, or COLUMNS; 0 if neither tells

}  // namespace logitlens
