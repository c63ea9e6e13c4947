// One JSON object a line. The first is the header: what is said once about the table. Then one line a row, as
// in the JSON document, with the model's name in front, so that lines of several tables can be mixed.
#include <string>

#include "render/json_parts.h"
#include "render/writer.h"

namespace logitlens {
namespace {

std::string header_line(const LensTable& table) {
  std::vector<std::string> tokens, words;
  for (const Token& token : table.tokens) tokens.push_back(token_json(table, token));
  for (const Word& word : table.words) words.push_back(word_json(word));
  JsonMembers members = {{"schema", json_string(kSchema)},
                         {"model", model_json(table.model)},
                         {"run", run_json(table)},
                         {"text", json_string(table.text)}};
  if (table.text_second) members.emplace_back("text_second", json_string(*table.text_second));
  members.insert(members.end(), {{"notes", notes_json(table)},
                                 {"tokens", json_list(tokens)},
                                 {"layers", layers_json(table)},
                                 {"taps", taps_json(table)}});
  if (table.run.mask == "words") members.emplace_back("words", json_list(words));
  members.emplace_back("findings", findings_json(table.findings));
  return json_object(members);
}

std::string row_line(const LensTable& table, const Row& row) {
  RowJson json = row_json(table, row);
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
