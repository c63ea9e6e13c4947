#include "text/text_input.h"

#include <fmt/format.h>

namespace logitlens {

namespace {

// Lengths and ranges of Table 3-7 of the Unicode Standard: the second byte's range depends on the first; all
// further bytes are 80..BF.
struct Form {
  std::size_t length;
  unsigned char second_low, second_high;
};

Form form_of(unsigned char first) {
  if (first <= 0x7F) return {1, 0, 0};
  if (first < 0xC2) return {0, 0, 0};  // a continuation byte, or an overlong form of ASCII
  if (first <= 0xDF) return {2, 0x80, 0xBF};
  if (first == 0xE0) return {3, 0xA0, 0xBF};
  if (first == 0xED) return {3, 0x80, 0x9F};  // no surrogates
  if (first <= 0xEF) return {3, 0x80, 0xBF};
  if (first == 0xF0) return {4, 0x90, 0xBF};
  if (first <= 0xF3) return {4, 0x80, 0xBF};
  if (first == 0xF4) return {4, 0x80, 0x8F};
  return {0, 0, 0};
}

// Bytes of the well-formed character that `text` begins with; 0 if it begins with none.
std::size_t character_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const Form form = form_of(byte(0));
  if (form.length <= 1) return form.length;
  if (text.size() < form.length || byte(1) < form.second_low || byte(1) > form.second_high) return 0;
  for (std::size_t i = 2; i < form.length; ++i)
    if (byte(i) < 0x80 || byte(i) > 0xBF) return 0;
  return form.length;
}

}  // namespace

std::optional<std::size_t> first_invalid_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = character_length(text.substr(at));
    if (length == 0) return at;
    at += length;
  }
  return std::nullopt;
}

Status check_text(std::string_view text) {
  if (text.size() > max_text_bytes)
    return Error{.code = Code::bad_input,
                 .file = "",
                 .field = "text",
                 .found = fmt::format("{} bytes", text.size()),
                 .expected = fmt::format("at most {} (16 MiB)", max_text_bytes),
                 .remedy = "Split the text",
                 .names = {}};
  if (const auto at = first_invalid_utf8(text))
    return Error{.code = Code::bad_input,
                 .file = "",
                 .field = fmt::format("byte {}", *at),
                 .found = fmt::format("invalid UTF-8 (0x{:02x})", static_cast<unsigned char>(text[*at])),
                 .expected = "text in UTF-8",
                 .remedy = "Convert the text to UTF-8",
                 .names = {}};
  return ok_status();
}

}  // namespace logitlens
