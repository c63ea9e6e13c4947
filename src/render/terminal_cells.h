// The grid of the terminal picture: what stands in each cell, and how the columns are shared out over panels.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "logitlens/table.h"

namespace logitlens {

struct Cell {
  std::string text;        // the layer's best token; a number where no tokens were asked for
  double shade = 0;        // the statistic that colours the cell; NaN: no value, no colour
  bool is_target = false;  // best token = target
};

struct Column {
  int position = 0;
  std::string token;        // the text's own token at this position
  std::vector<Cell> cells;  // [layers]
  int natural_width = 0;    // of the widest text in it, header included
};

struct Grid {
  const StatisticInfo* shade = nullptr;  // nullptr: no statistic was selected
  double lowest = 0, highest = 0;        // of the shades
  std::vector<Column> columns;
  bool shows_tokens = false;
};

Grid make_grid(const LensTable& table);

// Whether the layer's best token is the true one.
bool best_is_target(const Row& row, std::size_t layer);

// `shade` within the grid's range as 0..1; 1 where all shades are equal.
double unit_shade(const Grid& grid, double shade);

// A run of columns that fits the terminal side by side.
struct Panel {
  std::size_t first = 0, count = 0;
};
struct Layout {
  int widest_text = 0;  // cells are shortened to this
  std::vector<Panel> panels;
};

// `extra`: columns that every cell needs beside its text. As few panels as short cells allow, then the
// longest cells that need no more panels, then panels of about equal width.
Layout lay_out(const std::vector<Column>& columns, int extra, int available);

}  // namespace logitlens
