#include "base/address_space.h"

#include <sys/mman.h>

namespace logitlens {

// Not by malloc, which would keep what it once had for itself.
bool has_address_space(std::size_t bytes) {
  void* const space = ::mmap(nullptr, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return space != MAP_FAILED && ::munmap(space, bytes) == 0;
}

}  // namespace logitlens
