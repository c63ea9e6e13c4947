// A Json value as text.
#pragma once

#include <string>

#include "io/json.h"

namespace logitlens {

// Indented by two spaces, keys in their order, UTF-8.
std::string json_text(const Json& value);

}  // namespace logitlens
