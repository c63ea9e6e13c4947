#include "render/terminal_blocks.h"

#include <algorithm>
#include <cstddef>

#include "render/display_width.h"
#include "render/terminal_words.h"

namespace logitlens {

void Block::paragraph(std::string_view words, TextStyle style) {
  for (const std::string& one : wrap(words, width)) lines.push_back(styled(one, style, color));
}

void Block::hanging(std::string_view mark, int mark_width, std::string_view words) {
  const std::string indent(static_cast<std::size_t>(mark_width), ' ');
  bool first = true;
  for (const std::string& one : wrap(words, std::max(1, width - mark_width))) {
    lines.push_back((first ? std::string(mark) : indent) + one);
    first = false;
  }
}

void Block::quote(std::string_view text) {
  if (text.empty()) return;
  lines.push_back(styled("“" + shown(text, std::max(1, width - 2)).bytes + "”", TextStyle::faint, color));
}

int columns_of_line(std::string_view line) {
  std::string plain;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] != '\x1b') {
      plain += line[i];
      continue;
    }
    i = std::min(line.find('m', i), line.size());
  }
  return shown(plain).width;
}

std::vector<std::string> side_by_side(std::span<const Block> blocks, int across, int gap) {
  std::vector<std::string> lines;
  for (std::size_t first = 0; first < blocks.size(); first += static_cast<std::size_t>(across)) {
    const auto row = blocks.subspan(first, std::min(blocks.size() - first, static_cast<std::size_t>(across)));
    std::size_t height = 0;
    for (const Block& block : row) height = std::max(height, block.lines.size());
    for (std::size_t i = 0; i < height; ++i) {
      std::string line;
      int missing = 0;  // columns that the blocks before have left empty
      for (const Block& block : row) {
        const std::string piece = i < block.lines.size() ? block.lines[i] : "";
        if (!piece.empty()) {
          line += std::string(static_cast<std::size_t>(missing), ' ') + piece;
          missing = 0;
        }
        missing += block.width + gap - columns_of_line(piece);
      }
      lines.push_back(trimmed_right(line));
    }
    lines.emplace_back();
  }
  if (!lines.empty()) lines.pop_back();
  return lines;
}

std::vector<std::string> aligned(std::span<const TableRow> rows, std::size_t right_from, Color color,
                                 int gap) {
  std::vector<int> widths;
  for (const TableRow& row : rows)
    for (std::size_t c = 0; c < row.cells.size(); ++c) {
      if (c >= widths.size()) widths.push_back(0);
      widths[c] = std::max(widths[c], shown(row.cells[c]).width);
    }
  std::vector<std::string> lines;
  for (const TableRow& row : rows) {
    std::string line;
    for (std::size_t c = 0; c < row.cells.size(); ++c) {
      const ShownText text = shown(row.cells[c]);
      line += std::string(c == 0 ? 0 : static_cast<std::size_t>(gap), ' ') +
              (c >= right_from ? right_aligned(text, widths[c]) : padded(text, widths[c]));
    }
    lines.push_back(styled(trimmed_right(line), row.style, color));
  }
  return lines;
}

std::string join_lines(const std::vector<std::string>& lines) {
  std::string out;
  for (const std::string& line : lines) out += line + "\n";
  return out;
}

}  // namespace logitlens
