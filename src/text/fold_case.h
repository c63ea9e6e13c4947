// Words as lists have them, whatever their capitals.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace logitlens {

// Simple lower case of every code point; bytes that are not UTF-8 stay. A typographic apostrophe becomes '.
std::string fold_case(std::string_view text);

bool is_word_character(std::int32_t code_point);  // a letter, a mark or a digit

// The first code point of `text` and its bytes; -1 and one byte where it is not UTF-8. `text` is not empty.
struct CodePoint {
  std::int32_t value = -1;
  std::size_t bytes = 1;
};
CodePoint first_code_point(std::string_view text);

}  // namespace logitlens
