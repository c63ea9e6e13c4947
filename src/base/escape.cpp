#include "base/escape.h"

#include <fmt/format.h>
#include <utf8proc.h>

namespace logitlens {

bool needs_escape(std::int32_t c) {
  const bool is_joiner = c == 0x200c || c == 0x200d;  // part of Persian and Indic spelling
  if (is_joiner) return false;
  switch (utf8proc_category(c)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP: return true;
    default: return false;
  }
}

std::string escape_of(std::int32_t c) {
  if (c == '\n') return "\\n";
  if (c == '\r') return "\\r";
  if (c == '\t') return "\\t";
  if (c < 0x100) return fmt::format("\\x{:02x}", c);
  if (c < 0x10000) return fmt::format("\\u{:04x}", c);
  return fmt::format("\\U{:08x}", c);
}

std::string escaped(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    utf8proc_int32_t c = 0;
    const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
    const auto length = utf8proc_iterate(bytes, static_cast<utf8proc_ssize_t>(text.size()), &c);
    const std::size_t used = length > 0 ? static_cast<std::size_t>(length) : 1;
    if (length <= 0) {
      out += fmt::format("\\x{:02x}", bytes[0]);
    } else if (needs_escape(c)) {
      out += escape_of(c);
    } else {
      out += text.substr(0, used);
    }
    text.remove_prefix(used);
  }
  return out;
}

std::string_view utf8_prefix(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  const auto is_continuation = [](char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; };
  std::size_t end = bytes;
  for (int step = 0; step < 3 && end > 0 && is_continuation(text[end]); ++step) --end;
  return text.substr(0, end);
}

}  // namespace logitlens
