// vocab.txt: a token a line, its id the number of the line from 0.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "logitlens/status.h"

namespace logitlens {

struct Vocabulary {
  std::vector<std::string_view> tokens;  // by id; "" for a blank line, which keeps its id
  std::unordered_map<std::string_view, int> ids;
  std::vector<std::string> notes;  // what was strange and let pass

  std::optional<int> id(std::string_view token) const;
};

// The views point into `content`. `file` names it in errors (bad_input): a token that appears twice (both
// lines), invalid UTF-8 (line and byte), too large. A byte order mark, carriage returns at the ends of lines
// and blank lines are noted; blank lines at the end are left out.
Result<Vocabulary> read_vocabulary(const std::string& file, std::string_view content);

}  // namespace logitlens
