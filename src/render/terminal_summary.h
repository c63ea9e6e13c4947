// The list under the picture: one line for each row of the table, in columns that are as wide as what stands
// in them.
#pragma once

#include <string>

#include "logitlens/report.h"
#include "logitlens/table.h"

namespace logitlens {

std::string summary_lines(const LensTable& table, int width, Color color);

}  // namespace logitlens
