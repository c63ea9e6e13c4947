// The list of words that were masked as a whole: one line each, under the lines of their pieces.
#pragma once

#include <string>

#include "logitlens/report.h"
#include "logitlens/table.h"

namespace logitlens {

// "" for a table without words.
std::string word_lines(const LensTable& table, int width, Color color);

}  // namespace logitlens
