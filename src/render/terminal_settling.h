// When each row settles, by every definition side by side, and whether grammar words settle before content words.
#pragma once

#include <string>

#include "logitlens/report.h"
#include "logitlens/table.h"

namespace logitlens {

std::string settling_table(const LensTable& table, int width, Color color);

// The two distributions and the sentence they come to; "" where the findings hold no classes.
std::string class_lines(const LensTable& table, int width, Color color);

}  // namespace logitlens
