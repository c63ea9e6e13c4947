#include "base/address_space.h"

#include <sys/mman.h>

#include <utility>

namespace logitlens {

// Not by malloc, which would keep what it once had for itself.
bool has_address_space(std::size_t bytes) {
  void* const space = ::mmap(nullptr, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return space != MAP_FAILED && ::munmap(space, bytes) == 0;
}

Status require_address_space(std::size_t bytes, const std::string& file, std::string found,
                             std::string expected) {
  if (has_address_space(bytes)) return ok_status();
  return Error{.code = Code::memory,
               .file = file,
               .field = "memory",
               .found = std::move(found),
               .expected = std::move(expected),
               .remedy = "Close other programs, or raise the limit (ulimit -v)",
               .names = {}};
}

}  // namespace logitlens
