#include "render/terminal_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

namespace logitlens {

std::string styled(std::string_view text, TextStyle style, Color color) {
  if (color == Color::none || style == TextStyle::plain) return std::string(text);
  return fmt::format("\x1b[{}m{}\x1b[0m", style == TextStyle::bold ? 1 : 2, text);
}

std::string padded(const ShownText& text, int width) {
  return text.bytes + std::string(static_cast<std::size_t>(std::max(0, width - text.width)), ' ');
}

std::string right_aligned(const ShownText& text, int width) {
  return std::string(static_cast<std::size_t>(std::max(0, width - text.width)), ' ') + text.bytes;
}

std::string trimmed_right(std::string text) {
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

ShownText joined(const ShownText& a, const ShownText& b) { return {a.bytes + b.bytes, a.width + b.width}; }

}  // namespace logitlens
