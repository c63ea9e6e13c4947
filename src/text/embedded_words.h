// Word lists in the binary itself (cmake/embed_words.cmake).
#pragma once

#include <string_view>

namespace logitlens {

std::string_view embedded_english_closed_class();  // data/words/english-closed-class.txt

}  // namespace logitlens
