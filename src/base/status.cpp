#include "logitlens/status.h"

#include <algorithm>
#include <cstddef>

#include "base/escape.h"

namespace logitlens {

namespace {

constexpr std::size_t kNamesShown = 5;
constexpr std::size_t kLongestValue = 400;  // bytes: a value from a file must not fill the screen

std::string shown(std::string_view value, bool verbose) {
  const std::string_view kept = verbose ? value : utf8_prefix(value, kLongestValue);
  return escaped(kept) + (kept.size() < value.size() ? "..." : "");
}

void append(std::string& text, std::string_view separator, std::string_view part) {
  if (part.empty()) return;
  if (!text.empty()) text += separator;
  text += part;
}

std::string name_list(const std::vector<std::string>& names, bool verbose) {
  const std::size_t count = verbose ? names.size() : std::min(names.size(), kNamesShown);
  std::string list;
  for (std::size_t i = 0; i < count; ++i) append(list, ", ", shown(names[i], verbose));
  if (count < names.size()) list += " and " + std::to_string(names.size() - count) + " more";
  return list;
}

}  // namespace

Error usage_error(std::string_view field, std::string found, std::string expected, std::string remedy) {
  return {.code = Code::usage,
          .file = "",
          .field = std::string(field),
          .found = found.empty() ? "\"\"" : std::move(found),  // an option that was given an empty value
          .expected = std::move(expected),
          .remedy = std::move(remedy),
          .names = {}};
}

std::string Error::message(bool verbose) const {
  std::string values;
  if (!found.empty()) values = "found " + shown(found, verbose);
  if (!expected.empty()) append(values, ", ", "expected " + shown(expected, verbose));

  std::string text = escaped(file);
  append(text, ": ", shown(field, verbose));
  append(text, ": ", values);
  append(text, ". ", escaped(remedy));
  append(text, "\n  ", name_list(names, verbose));
  return text;
}

}  // namespace logitlens
