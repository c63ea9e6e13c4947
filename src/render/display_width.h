// What a terminal shows of a string, and in how many columns: nothing in it moves the cursor, changes a
// colour or turns the direction of writing.
#pragma once

#include <string>
#include <string_view>

namespace logitlens {

struct ShownText {
  std::string bytes;  // UTF-8
  int width = 0;      // columns
};

// `text` with everything a terminal would obey, or show in a width nobody can tell, written as an escape (\n,
// \x1b, \u202e): control and format characters, bidi marks, unassigned and private characters, bytes that are
// not UTF-8. Emoji sequences are shown part by part, because terminals disagree about joining them.
ShownText shown(std::string_view text);

// The same in at most `max_width` (>= 1) columns, the end replaced by "…" where it does not fit.
ShownText shown(std::string_view text, int max_width);

}  // namespace logitlens
