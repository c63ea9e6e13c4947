// What a text must be before it is tokenized.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "logitlens/status.h"

namespace logitlens {

inline constexpr std::size_t max_text_bytes = std::size_t{16} << 20;

// Where the first byte lies that does not belong to well-formed UTF-8 (no overlong form, surrogate or code
// point past U+10FFFF); nothing if there is none.
std::optional<std::size_t> first_invalid_utf8(std::string_view text);

// Errors: bad_input, for a text over 16 MiB or with invalid UTF-8 (field "byte N").
Status check_text(std::string_view text);

}  // namespace logitlens
