// One JSON object a line. The first is the header: what is said once about the table. Then one line a row, as
// in the JSON document, with the model's name in front, so that lines of several tables can be mixed.
#include <string>

#include "render/json_parts.h"
#include "render/writer.h"

namespace logitlens {
namespace {

std::string header_line(const LensTable& table) {
  std::vector<std::string> tokens;
  for (const Token& token : table.tokens) tokens.push_back(token_json(token));
  return json_object({{"schema", json_string(kSchema)},
                      {"model", model_json(table.model)},
                      {"run", run_json(table)},
                      {"text", json_string(table.text)},
                      {"notes", notes_json(table)},
                      {"tokens", json_list(tokens)},
                      {"layers", layers_json(table)},
                      {"findings", findings_json(table.findings)}});
}

std::string row_line(const LensTable& table, const Row& row) {
  RowJson json = row_json(row);
  JsonMembers members = {{"model", json_string(table.model.id)}};
  members.insert(members.end(), json.before_top.begin(), json.before_top.end());
  if (!json.top.empty()) members.emplace_back("top", json_list(json.top));
  members.insert(members.end(), json.after_top.begin(), json.after_top.end());
  return json_object(members);
}

}  // namespace

Result<std::string> write_ndjson(const LensTable& table, const RenderOptions&) {
  std::string out = header_line(table) + "\n";
  for (const Row& row : table.rows()) out += row_line(table, row) + "\n";
  return out;
}

}  // namespace logitlens
