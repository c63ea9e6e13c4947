#include "io/hub_id.h"

#include <algorithm>

namespace logitlens {

namespace {

constexpr std::size_t longest_name = 96, longest_revision = 255;  // bytes

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// What the hub allows in "org" and "name": letters, digits, - _ . with none of "--", ".." in it, or - . at an
// end.
bool is_name(std::string_view name) {
  const auto allowed = [](char c) { return is_alphanumeric(c) || c == '-' || c == '_' || c == '.'; };
  const auto at_end = [](char c) { return is_alphanumeric(c) || c == '_'; };
  return !name.empty() && name.size() <= longest_name && std::ranges::all_of(name, allowed) &&
         at_end(name.front()) && at_end(name.back()) && name.find("--") == std::string_view::npos &&
         name.find("..") == std::string_view::npos;
}

}  // namespace

bool is_commit_hash(std::string_view text) {
  return text.size() == 40 &&
         std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

// As git has it for branches and tags ("refs/pr/1"), without what a path could be led astray by.
bool is_hub_revision(std::string_view revision) {
  const auto allowed = [](char c) {
    return is_alphanumeric(c) || std::string_view("-_.+=#%,/").find(c) != std::string_view::npos;
  };
  if (revision.empty() || revision.size() > longest_revision || !std::ranges::all_of(revision, allowed))
    return false;
  while (true) {
    const std::size_t end = revision.find('/');
    const std::string_view part = revision.substr(0, end);
    if (part.empty() || part.starts_with('.')) return false;
    if (end == std::string_view::npos) return true;
    revision.remove_prefix(end + 1);
  }
}

std::optional<HubId> parse_hub_id(std::string_view text) {
  const std::size_t at = text.find('@');
  HubId id{std::string(text.substr(0, at)), ""};
  if (at != std::string_view::npos) {
    id.revision = text.substr(at + 1);
    if (!is_hub_revision(id.revision)) return std::nullopt;
  }
  const std::size_t slash = id.name.find('/');
  const std::string_view name(id.name);
  if (slash != std::string::npos && !is_name(name.substr(0, slash))) return std::nullopt;
  if (!is_name(slash == std::string::npos ? name : name.substr(slash + 1))) return std::nullopt;
  return id;
}

}  // namespace logitlens
