// A family's specification as text for people: docs/families.md is made of it, and a test holds the two together.
#pragma once

#include <string>

#include "arch/arch_spec.h"

namespace logitlens {

// The whole page, in Markdown.
std::string families_page();

}  // namespace logitlens
