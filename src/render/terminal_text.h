// Pieces of lines: styles, and text brought to a width.
#pragma once

#include <string>
#include <string_view>

#include "logitlens/report.h"
#include "render/display_width.h"

namespace logitlens {

enum class TextStyle { plain, bold, faint };

std::string styled(std::string_view text, TextStyle style, Color color);  // as it is for Color::none
std::string padded(const ShownText& text, int width);
std::string right_aligned(const ShownText& text, int width);
std::string trimmed_right(std::string text);
ShownText joined(const ShownText& a, const ShownText& b);

}  // namespace logitlens
