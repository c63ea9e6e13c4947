// Whether memory could be had: asked before libraries that end the process where it cannot.
#pragma once

#include <cstddef>
#include <string>

#include "logitlens/status.h"

namespace logitlens {

// Whether the process may map so many bytes more (ulimit -v). Keeps none of them, and touches none: free memory is not
// what is asked for.
bool has_address_space(std::size_t bytes);

// The same as a check. `file`, `found` and `expected` are what the error says. Errors: memory.
Status require_address_space(std::size_t bytes, const std::string& file, std::string found,
                             std::string expected);

}  // namespace logitlens
