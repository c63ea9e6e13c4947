// Text from files made safe to show: on a terminal a tensor's name must not move the cursor or reorder the
// line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace logitlens {

// Control characters (ANSI codes start with one), bidi marks and other invisible or unassigned code points
// and the bytes of invalid UTF-8 are written as \n, \x1b, \u202e, \U000e0001. Everything else is kept as it
// is.
std::string escaped(std::string_view text);

// Of one code point: whether it must be escaped, and how it is written then.
bool needs_escape(std::int32_t code_point);
std::string escape_of(std::int32_t code_point);

// The longest beginning of `text` of at most `bytes` bytes that does not end within a UTF-8 sequence.
std::string_view utf8_prefix(std::string_view text, std::size_t bytes);

}  // namespace logitlens
