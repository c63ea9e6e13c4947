// A ladder as JSON (schema logitlens-ladder/1, docs/commands.md: the tables as a sweep writes them, and what they say
// together), NDJSON and CSV (the tables one after the other: each record names its lens).
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "render/documents.h"
#include "render/json_parts.h"
#include "render/writer.h"

namespace logitlens {
namespace {

constexpr std::string_view kLadderSchema = "logitlens-ladder/1";

template <class Values, class Text>
std::string list_of(const Values& values, Text text) {
  std::vector<std::string> items;
  for (const auto& value : values) items.push_back(text(value));
  return json_list(items);
}

std::string integer(int value) { return fmt::format("{}", value); }
std::string string(const std::string& text) { return json_string(text); }
std::string string_or_null(const std::string& text) { return text.empty() ? "null" : json_string(text); }

std::string step_json(const LadderStep& step) {
  return json_object({{"lens", json_string(step.lens)},
                      {"adds", string_or_null(step.adds)},
                      {"right", list_of(step.right, integer)},
                      {"median_target_rank", list_of(step.median_rank, json_number)},
                      {"mean_best_z", list_of(step.mean_best_z, json_number)},
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
          {"lenses", list_of(ladder.steps, lens)},
          {"steps", list_of(ladder.steps, step_json)},
          {"rows", list_of(ladder.rows, row_json)},
          {"rescue", ladder.rescuer.empty() ? "null"
                                            : json_object({{"lens", json_string(ladder.rescuer)},
                                                           {"gained", integer(ladder.gained)}})},
          {"sentences", list_of(ladder.sentences, string)}};
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

}  // namespace logitlens
