// A table read back from JSON, and every document that can be made of it.
#include "support.h"

namespace logitlens::fuzz {
namespace {

void draw(const LensTable& table, std::string_view input) {
  const std::size_t choice = input.size();  // pictures take time: one of them, for some inputs
  if (choice % 16 != 0) return;
  const FigureInfo& figure = figures()[choice / 16 % figures().size()];
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
  for (const char* format : {"text", "ndjson", "csv"})
    check(render(*table, format).ok(), "a table has every document");
  if (input.size() % 16 == 1) check(render(*table, "html").ok(), "a table has its page");
  draw(*table, input);
}

}  // namespace logitlens::fuzz
