// Whether memory could be had: asked before libraries that end the process where it cannot.
#pragma once

#include <cstddef>

namespace logitlens {

// Whether the process may map so many bytes more (ulimit -v). Keeps none of them, and touches none: free memory is not
// what is asked for.
bool has_address_space(std::size_t bytes);

}  // namespace logitlens
