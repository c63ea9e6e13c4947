// A ladder as JSON (schema logitlens-ladder/1, docs/commands.md: the tables as a sweep writes them, and what they say
// together), NDJSON and CSV (the tables one after the other: each record names its lens).
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "render/documents.h"
#include "render/html.h"
#include "render/json_parts.h"
#include "render/writer.h"

namespace logitlens {
namespace {

constexpr std::string_view kLadderSchema = "logitlens-ladder/1";

std::string integer(int value) { return json_integer(value); }
std::string string(const std::string& text) { return json_string(text); }
std::string string_or_null(const std::string& text) { return text.empty() ? "null" : json_string(text); }

std::string step_json(const LadderStep& step) {
  return json_object({{"lens", json_string(step.lens)},
                      {"adds", string_or_null(step.adds)},
                      {"right", json_list_of(step.right, integer)},
                      {"median_target_rank", json_list_of(step.median_rank, json_number)},
                      {"mean_best_z", json_list_of(step.mean_best_z, json_number)},
                      {"last_best", string_or_null(step.last_best)},
                      {"last_best_rows", integer(step.last_best_rows)}});
}

std::string row_json(const LadderRow& row) {
  return json_object({{"position", integer(row.position)},
                      {"expected", json_string(row.expected)},
                      {"right_from", string_or_null(row.right_from)}});
}

JsonMembers summary(const Ladder& ladder) {
  const auto lens = [](const LadderStep& step) { return json_string(step.lens); };
  return {{"schema", json_string(kLadderSchema)},
          {"lenses", json_list_of(ladder.steps, lens)},
          {"steps", json_list_of(ladder.steps, step_json)},
          {"rows", json_list_of(ladder.rows, row_json)},
          {"rescue", ladder.rescuer.empty() ? "null"
                                            : json_object({{"lens", json_string(ladder.rescuer)},
                                                           {"gained", integer(ladder.gained)}})},
          {"sentences", json_list_of(ladder.sentences, string)}};
}

}  // namespace

Result<std::string> write_ladder_json(const Ladder& ladder, const RenderOptions& options) {
  std::string out = "{\n";
  for (const auto& [key, value] : summary(ladder)) out += fmt::format("  {}: {},\n", json_string(key), value);
  std::vector<std::string> tables;
  for (const LensTable& table : ladder.tables) {
    LL_ASSIGN(std::string json, write_json(table, options));
    json.pop_back();  // its newline
    tables.push_back(std::move(json));
  }
  return out + fmt::format("  \"tables\": [\n{}\n  ]\n}}\n", fmt::join(tables, ",\n"));
}

Result<std::string> write_ladder_ndjson(const Ladder& ladder, const RenderOptions& options) {
  std::string out = json_object(summary(ladder)) + "\n";
  for (const LensTable& table : ladder.tables) {
    LL_ASSIGN(const std::string lines, write_ndjson(table, options));
    out += lines;
  }
  return out;
}

Result<std::string> write_ladder_csv(const Ladder& ladder, const RenderOptions& options) {
  std::string out;
  for (const LensTable& table : ladder.tables) {
    LL_ASSIGN(const std::string csv, write_csv(table, options));
    out += out.empty() ? csv : csv.substr(csv.find("\r\n") + 2);  // one header for all
  }
  return out;
}

// The whole head first: it is what the page opens with.
Result<std::string> write_ladder_html(const Ladder& ladder, const RenderOptions&) {
  return html_page(std::vector<LensTable>(ladder.tables.rbegin(), ladder.tables.rend()));
}

}  // namespace logitlens
