// The sentences around the terminal picture: what was done, how to read the colours, and what became of each
// token.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "logitlens/table.h"
#include "render/terminal_cells.h"

namespace logitlens {

// How to read a cell and the numbering of layers.
std::string legend_words(const LensTable& table, const Grid& grid, bool colored);

// What the shade statistic is: "z, how far the best token stands above ...".
std::string shade_words(const LensTable& table, const Grid& grid);

// "from layer 4 on", "at every layer", "only at layer 12".
std::string layer_words(const LensTable& table, int layer);

// When and how a row made up its mind: "right from layer 4 on"; brief, for narrow terminals: "layer 4".
std::string settling_words(const LensTable& table, const Row& row);
std::string brief_settling_words(const Row& row);

// 0 -> "1st".
std::string ordinal(long long rank);

// A log-probability (nats) as a percentage.
std::string percent(double logprob);

// `words` in lines of at most `width` columns; a longer word has a line of its own.
std::vector<std::string> wrap(std::string_view words, int width);

// The same for phrases, which are not broken if they fit, with " · " between those of one line.
std::vector<std::string> wrap_phrases(const std::vector<std::string>& phrases, int width);

}  // namespace logitlens
