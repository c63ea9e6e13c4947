#include "resources/failing_new.h"

#include <dlfcn.h>
#include <link.h>
#include <unwind.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <new>

// Nothing here may allocate but `places`, which grows outside of the counting.
namespace logitlens::test {
namespace {

// Whose code an address is in.
enum class Owner {
  ours,  // the program: our library is part of it
  onednn,
  carrier,  // the C++ run-time library and fmt: they allocate for whoever called them
  other,
};

struct Code {
  std::uintptr_t begin = 0, end = 0;
  Owner owner = Owner::other;
};
std::array<Code, 16> code;  // of the program, oneDNN and the carriers
std::size_t code_count = 0;

int note_code(dl_phdr_info* object, std::size_t, void* is_first) {
  const bool is_program = *static_cast<bool*>(is_first);  // it comes first
  *static_cast<bool*>(is_first) = false;
  const char* const name = object->dlpi_name;
  const bool is_carrier = std::strstr(name, "libstdc++") != nullptr || std::strstr(name, "libfmt") != nullptr;
  const bool is_onednn = std::strstr(name, "libdnnl") != nullptr;
  if (!is_program && !is_carrier && !is_onednn) return 0;
  const Owner owner = is_program ? Owner::ours : is_onednn ? Owner::onednn : Owner::carrier;
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const auto& part = object->dlpi_phdr[i];
    if (part.p_type != PT_LOAD || (part.p_flags & PF_X) == 0 || code_count == code.size()) continue;
    const std::uintptr_t begin = object->dlpi_addr + part.p_vaddr;
    code[code_count++] = {begin, begin + part.p_memsz, owner};
  }
  return 0;
}

Owner owner_of(std::uintptr_t address) {
  for (std::size_t i = 0; i < code_count; ++i)
    if (address >= code[i].begin && address < code[i].end) return code[i].owner;
  return Owner::other;
}

// Calls outwards from an allocation; the first that is no carrier's says whose it is.
struct Walk {
  std::uintptr_t allocated_at;  // where operator new returns to
  bool started = false;
  Owner owner = Owner::carrier;
  std::uint64_t place = 1469598103934665603u;
  int ours_left = 6;  // calls of ours that tell one place from another
};

_Unwind_Reason_Code step(_Unwind_Context* context, void* walk_pointer) {
  auto& walk = *static_cast<Walk*>(walk_pointer);
  const auto address = static_cast<std::uintptr_t>(_Unwind_GetIP(context));
  walk.started = walk.started || address == walk.allocated_at;
  if (!walk.started) return _URC_NO_REASON;
  const Owner owner = owner_of(address - 1);
  if (walk.owner == Owner::carrier) walk.owner = owner;
  if (walk.owner == Owner::other) return _URC_END_OF_STACK;
  if (owner == Owner::ours) {
    walk.place = (walk.place ^ address) * 1099511628211u;
    --walk.ours_left;
  }
  return walk.ours_left > 0 ? _URC_NO_REASON : _URC_END_OF_STACK;
}

std::atomic<bool> counting = false;
std::atomic<std::size_t> counted = 0, first_failure = 0;
std::atomic<Failing> how_to_fail = Failing::once;
std::atomic<Owner> failing_owner = Owner::ours;
std::vector<std::uint64_t>* noted_places = nullptr;
std::mutex noting;

// Whether this allocation is one that shall fail.
bool fails(void* return_address) {
  if (!counting.load()) return false;
  const auto address = reinterpret_cast<std::uintptr_t>(return_address);
  const Owner direct = owner_of(address);
  if (direct != Owner::carrier && direct != failing_owner) return false;
  Walk walk{.allocated_at = address};
  if (direct == Owner::carrier || noted_places != nullptr) {
    walk.ours_left = noted_places ? walk.ours_left : 1;
    _Unwind_Backtrace(step, &walk);
    if (walk.owner != failing_owner) return false;
  }
  const std::size_t n = counted.fetch_add(1) + 1;
  if (noted_places != nullptr) {
    const std::lock_guard lock(noting);
    noted_places->push_back(walk.place);  // booked beforehand
    return false;
  }
  return n == first_failure || (n > first_failure && how_to_fail == Failing::from_then_on);
}

void* allocate(std::size_t size, std::size_t alignment, void* return_address) {
  if (fails(return_address)) return nullptr;
  if (alignment <= alignof(std::max_align_t)) return std::malloc(size > 0 ? size : 1);
  void* memory = nullptr;
  return ::posix_memalign(&memory, alignment, size > 0 ? size : 1) == 0 ? memory : nullptr;
}

void* allocate_or_throw(std::size_t size, std::size_t alignment, void* return_address) {
  void* const memory = allocate(size, alignment, return_address);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

void start_failing(std::size_t n, Failing how, std::vector<std::uint64_t>* places, Whose whose) {
  constexpr std::size_t most = std::size_t{1} << 22;
  if (code_count == 0) {
    bool is_first = true;
    dl_iterate_phdr(note_code, &is_first);
  }
  if (places != nullptr) places->reserve(most);
  noted_places = n == 0 ? places : nullptr;
  first_failure = n == 0 ? SIZE_MAX : n;
  how_to_fail = how;
  failing_owner = whose == Whose::ours ? Owner::ours : Owner::onednn;
  counted = 0;
  counting = true;
}

std::size_t stop_failing() {
  counting = false;
  return counted;
}

}  // namespace logitlens::test

using logitlens::test::allocate;
using logitlens::test::allocate_or_throw;

#define CALLER __builtin_return_address(0)

void* operator new(std::size_t size) { return allocate_or_throw(size, 1, CALLER); }
void* operator new[](std::size_t size) { return allocate_or_throw(size, 1, CALLER); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  return allocate_or_throw(size, static_cast<std::size_t>(alignment), CALLER);
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
  return allocate_or_throw(size, static_cast<std::size_t>(alignment), CALLER);
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return allocate(size, 1, CALLER); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return allocate(size, 1, CALLER); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete[](void* memory, const std::nothrow_t&) noexcept { std::free(memory); }

extern "C" void* aligned_alloc(std::size_t alignment, std::size_t size) {
  void* const memory = allocate(size, alignment, CALLER);
  if (memory == nullptr) errno = ENOMEM;
  return memory;
}
