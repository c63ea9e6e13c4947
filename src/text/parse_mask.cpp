// The command line's way to write a Mask: each, words, none, 3,5 (each alone), 3+7 (together), 3+7,9.
#include <charconv>
#include <optional>
#include <string>

#include "logitlens/lens.h"

namespace logitlens {

namespace {

// Cuts `list` at `separator`; "a,,b" has an empty part.
std::vector<std::string_view> split(std::string_view list, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = list.find(separator);
    parts.push_back(list.substr(0, end));
    if (end == std::string_view::npos) break;
    list.remove_prefix(end + 1);
  }
  return parts;
}

// Digits only: no sign, no white space.
std::optional<int> parse_position(std::string_view text) {
  int position = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), position);
  if (error != std::errc() || end != text.data() + text.size() || text.starts_with('-')) return std::nullopt;
  return position;
}

Error mask_error(std::string_view found, std::string remedy) {
  return usage_error("--mask", "\"" + std::string(found) + "\"",
                     "each, words, none, or positions such as 3,5 (each alone) or 3+7 (together)",
                     std::move(remedy));
}

}  // namespace

Result<Mask> parse_mask(std::string_view text) {
  if (text == "each") return Mask::each;
  if (text == "words") return Mask::words;
  if (text == "none") return Mask::none;
  Mask mask{Mask::Kind::groups, {}};
  for (const std::string_view group : split(text, ',')) {
    mask.groups.emplace_back();
    for (const std::string_view part : split(group, '+')) {
      const std::optional<int> position = parse_position(part);
      if (!position) return mask_error(text, "Count positions from 0, the first special token");
      mask.groups.back().push_back(*position);
    }
  }
  return mask;
}

}  // namespace logitlens
