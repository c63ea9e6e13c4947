// failing_new.cpp for LD_PRELOAD: counts the allocations of a program's main.
#include <dlfcn.h>

#include <cstdio>
#include <cstdlib>

#include "resources/failing_new.h"

namespace logitlens::test {

int (*main_of_program)(int, char**, char**) = nullptr;

// Preloaded into a program: the number of the allocation of main that fails, and whether all after it do, are in its
// environment; where it is to write how many there were, too.
int main_that_fails(int count, char** arguments, char** environment) {
  const char* const n = std::getenv("LOGITLENS_TEST_FAIL_ALLOCATION");
  if (n != nullptr)
    start_failing(std::strtoull(n, nullptr, 10),
                  std::getenv("LOGITLENS_TEST_FAIL_ALL") ? Failing::from_then_on : Failing::once);
  const int code = main_of_program(count, arguments, environment);
  const std::size_t allocations = stop_failing();
  const char* const path = std::getenv("LOGITLENS_TEST_COUNT_FILE");
  if (std::FILE* const file = path ? std::fopen(path, "w") : nullptr) {
    std::fprintf(file, "%zu\n", allocations);
    std::fclose(file);
  }
  return code;
}

}  // namespace logitlens::test

// What calls main. Before it, and after it, memory is always to be had.
extern "C" int __libc_start_main(int (*program)(int, char**, char**), int count, char** arguments,
                                 void (*begin)(), void (*end)(), void (*end_of_loader)(), void* stack) {
  using Start = int (*)(int (*)(int, char**, char**), int, char**, void (*)(), void (*)(), void (*)(), void*);
  const auto start = reinterpret_cast<Start>(dlsym(RTLD_NEXT, "__libc_start_main"));
  logitlens::test::main_of_program = program;
  return start(logitlens::test::main_that_fails, count, arguments, begin, end, end_of_loader, stack);
}
