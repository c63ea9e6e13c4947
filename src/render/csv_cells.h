// Cells and records of CSV (RFC 4180), as every writer of it needs them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace logitlens {

// Quoted where it must be; a text that a spreadsheet would take for a formula gets an apostrophe in front.
std::string csv_text(std::string_view text);
std::string csv_real(double value);  // shortest that reads back the same; "" for NaN and infinities
void add_csv_record(std::string& out, const std::vector<std::string>& cells);

}  // namespace logitlens
