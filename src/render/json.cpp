// One JSON document, schema logitlens/1 (docs/commands.md). Indented so that a person can read it: an array
// over layers, a token and the most likely tokens of one layer take a line each.
#include <fmt/format.h>

#include <string>
#include <string_view>

#include "render/json_parts.h"
#include "render/writer.h"

namespace logitlens {
namespace {

void add_member(std::string& out, std::string_view indent, std::string_view key, std::string_view value,
                bool last) {
  out += fmt::format("{}{}: {}{}\n", indent, json_string(key), value, last ? "" : ",");
}

void add_list(std::string& out, std::string_view indent, std::string_view key,
              const std::vector<std::string>& lines) {
  if (lines.empty()) return add_member(out, indent, key, "[]", false);
  const std::string separator = fmt::format(",\n{}  ", indent);
  out += fmt::format("{0}{1}: [\n{0}  {2}\n{0}],\n", indent, json_string(key), fmt::join(lines, separator));
}

std::string row_lines(const LensTable& table, const Row& row) {
  constexpr std::string_view indent = "      ";
  const RowJson json = row_json(table, row);
  std::string out = "    {\n";
  for (const auto& [key, value] : json.before_top) add_member(out, indent, key, value, false);
  if (!json.top.empty()) add_list(out, indent, "top", json.top);
  for (const auto& [key, value] : json.after_top) {
    add_member(out, indent, key, value, &key == &json.after_top.back().first);
  }
  return out + "    }";
}

}  // namespace

Result<std::string> write_json(const LensTable& table, const RenderOptions&) {
  constexpr std::string_view indent = "  ";
  std::vector<std::string> tokens, words;
  for (const Token& token : table.tokens) tokens.push_back(token_json(table, token));
  for (const Word& word : table.words) words.push_back(word_json(word));

  std::string out = "{\n";
  add_member(out, indent, "schema", json_string(kSchema), false);
  add_member(out, indent, "model", model_json(table.model), false);
  add_member(out, indent, "run", run_json(table), false);
  add_member(out, indent, "text", json_string(table.text), false);
  if (table.text_second) add_member(out, indent, "text_second", json_string(*table.text_second), false);
  add_member(out, indent, "notes", notes_json(table), false);
  add_list(out, indent, "tokens", tokens);
  add_member(out, indent, "layers", layers_json(table), false);
  add_member(out, indent, "taps", taps_json(table), false);
  out += "  \"rows\": [";
  for (const Row& row : table.rows()) {
    out += &row == &table.rows().front() ? "\n" : ",\n";
    out += row_lines(table, row);
  }
  out += table.rows().empty() ? "],\n" : "\n  ],\n";
  if (table.run.mask == "words") add_list(out, indent, "words", words);
  add_member(out, indent, "findings", findings_json(table.findings), true);
  return out + "}\n";
}

}  // namespace logitlens
