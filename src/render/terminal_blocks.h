// Blocks of lines of a known width, put beside each other.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "logitlens/report.h"
#include "render/terminal_text.h"

namespace logitlens {

struct Block {
  int width = 0;
  Color color = Color::none;
  std::vector<std::string> lines = {};  // styles included

  void paragraph(std::string_view words, TextStyle style = TextStyle::plain);
  // `mark`, `mark_width` columns wide, and the words behind it, wrapped beside it.
  void hanging(std::string_view mark, int mark_width, std::string_view words);
  // The text that is looked at, in quotes on one line; nothing for an empty one.
  void quote(std::string_view text);
};

int columns_of_line(std::string_view line);  // without its styles

// `across` blocks beside each other with `gap` columns between, then the next ones below, an empty line between.
std::vector<std::string> side_by_side(std::span<const Block> blocks, int across, int gap);

// A line of cells; `aligned` makes each column as wide as its widest cell, those from `right_from` on with their text at the
// right; `gap` columns stand between.
struct TableRow {
  std::vector<std::string> cells;
  TextStyle style = TextStyle::plain;
};
std::vector<std::string> aligned(std::span<const TableRow> rows, std::size_t right_from, Color color,
                                 int gap = 2);

std::string join_lines(const std::vector<std::string>& lines);

}  // namespace logitlens
