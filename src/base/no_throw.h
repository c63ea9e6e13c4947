// The border of the public API: what a function of the standard library throws becomes an error there.
#pragma once

#include <exception>
#include <new>
#include <string>
#include <utility>

#include "logitlens/status.h"

namespace logitlens {

// Where even the words are too much, those that a std::string holds within itself.
inline Error out_of_memory() noexcept {
  Error error;
  error.code = Code::memory;
  try {
    error.remedy = "Use a shorter text or fewer threads";
  } catch (const std::bad_alloc&) {
    error.remedy = "Use less text";
  }
  error.field = "memory";
  error.found = "no more of it";
  return error;
}

// Calls body(), which returns a Result.
template <class Body>
auto no_throw(Body&& body) -> decltype(body()) {
  try {
    return std::forward<Body>(body)();
  } catch (const std::bad_alloc&) {
    return out_of_memory();
  } catch (const std::exception& fault) {
    return Error{.code = Code::internal,
                 .file = "",
                 .field = "internal",
                 .found = fault.what(),
                 .expected = "",
                 .remedy = "Report this: it is a bug",
                 .names = {}};
  }
}

}  // namespace logitlens
