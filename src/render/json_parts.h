// The pieces that the JSON and the NDJSON writer share: each is the text of one JSON value on one line.
#pragma once

#include <fmt/format.h>

#include <concepts>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "logitlens/table.h"

namespace logitlens {

// Keys in the order they are written, and the text of their values.
using JsonMembers = std::vector<std::pair<std::string, std::string>>;

// Quoted and escaped, control characters of any kind and bidi marks too; what is not UTF-8 becomes U+FFFD.
std::string json_string(std::string_view text);
std::string json_number(double value);  // shortest that reads back the same; null for NaN and infinities
std::string json_list(const std::vector<std::string>& items);
std::string json_object(const JsonMembers& members);
std::string json_integer(std::integral auto value) { return fmt::format("{}", value); }

// A list of what `text` makes of each value.
template <class Values, class Text>
std::string json_list_of(const Values& values, Text text) {
  std::vector<std::string> items;
  items.reserve(values.size());
  for (const auto& value : values) items.push_back(text(value));
  return json_list(items);
}

std::string model_json(const ModelInfo& model);
std::string run_json(const LensTable& table);
std::string token_json(const LensTable& table, const Token& token);
std::string word_json(const Word& word);
std::string layers_json(const LensTable& table);
std::string taps_json(const LensTable& table);
std::string findings_json(const Findings& findings);
std::string notes_json(const LensTable& table);

// A row without its `top`, which the writers lay out differently: `before_top`, then `top` (one text a layer;
// empty if not selected), then `after_top`.
struct RowJson {
  JsonMembers before_top;
  std::vector<std::string> top;
  JsonMembers after_top;
};
RowJson row_json(const LensTable& table, const Row& row);

inline constexpr std::string_view kSchema = "logitlens/1";

}  // namespace logitlens
