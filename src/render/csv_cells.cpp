#include "render/csv_cells.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>

namespace logitlens {
namespace {

std::string quoted(const std::string& cell) {
  if (cell.find_first_of(",\"\r\n") == std::string::npos) return cell;
  std::string out = "\"";
  for (char c : cell) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

}  // namespace

std::string csv_text(std::string_view text) {
  const bool looks_like_formula =
      !text.empty() && std::string_view("=+-@\t\r").find(text[0]) != std::string_view::npos;
  return quoted((looks_like_formula ? "'" : "") + std::string(text));
}

std::string csv_real(double value) { return std::isfinite(value) ? fmt::format("{}", value) : ""; }

void add_csv_record(std::string& out, const std::vector<std::string>& cells) {
  out += fmt::format("{}\r\n", fmt::join(cells, ","));
}

}  // namespace logitlens
