// How the Hugging Face hub names models, and states of them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace logitlens {

struct HubId {
  std::string name;      // "org/name" or, of old, "name"
  std::string revision;  // branch, tag or commit; "" where none was named: main
};

// "org/name", "name", either with "@revision". Nothing for what the hub would not take as an id, among it
// whatever could lead out of the cache: empty parts, "..", absolute paths, separators other than the one
// slash.
std::optional<HubId> parse_hub_id(std::string_view text);

bool is_hub_revision(
    std::string_view text);  // a branch, a tag, a commit: nothing a path could be led astray by
bool is_commit_hash(std::string_view text);  // 40 hexadecimal digits, lower case

}  // namespace logitlens
