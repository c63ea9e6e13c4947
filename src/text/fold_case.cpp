#include "text/fold_case.h"

#include <utf8proc.h>

namespace logitlens {
namespace {

constexpr std::int32_t kTypographicApostrophe = 0x2019;

void append(std::string& out, std::int32_t code_point) {
  utf8proc_uint8_t bytes[4];
  const auto count = utf8proc_encode_char(code_point, bytes);
  out.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(count));
}

}  // namespace

CodePoint first_code_point(std::string_view text) {
  utf8proc_int32_t value = -1;
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  const auto count = utf8proc_iterate(bytes, static_cast<utf8proc_ssize_t>(text.size()), &value);
  return count > 0 ? CodePoint{value, static_cast<std::size_t>(count)} : CodePoint{};
}

std::string fold_case(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const CodePoint c = first_code_point(text);
    if (c.value < 0) {
      out += text.front();
    } else {
      append(out, c.value == kTypographicApostrophe ? '\'' : utf8proc_tolower(c.value));
    }
    text.remove_prefix(c.bytes);
  }
  return out;
}

bool is_word_character(std::int32_t code_point) {
  switch (utf8proc_category(code_point)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO: return true;
    default: return false;
  }
}

}  // namespace logitlens
