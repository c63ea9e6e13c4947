// A table read back from JSON, and every document that can be made of it.
#include "support.h"

namespace logitlens::fuzz {
namespace {

void draw(const LensTable& table, std::string_view input) {
  const std::size_t choice = input.size();  // pictures take time: one of them, for some inputs
  if (choice % 4 != 0) return;
  const FigureInfo& figure = figures()[choice / 4 % figures().size()];
  static_cast<void>(succeeded(render(table, "svg", {.figure = {.name = figure.name}})));
}

}  // namespace

FUZZ_TARGET(render) {
  const auto table = parse_table("table.json", input);
  if (!succeeded(table)) return;
  const auto json = render(*table, "json");
  check(json.ok(), "a table that was read has its JSON");
  const auto again = parse_table("again.json", *json);
  check(again.ok(), "a table's JSON can be read");
  check(render(*again, "json").value() == *json, "a table read twice is the same");
  for (const char* format : {"text", "ndjson", "csv", "html"})
    check(render(*table, format).ok(), "a table has every document");
  draw(*table, input);
}

}  // namespace logitlens::fuzz
