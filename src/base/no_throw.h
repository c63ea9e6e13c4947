// The border of the public API: what a function of the standard library throws becomes an error there.
#pragma once

#include <exception>
#include <new>
#include <string>
#include <utility>

#include "logitlens/status.h"

namespace logitlens {

// Calls body(), which returns a Result.
template <class Body>
auto no_throw(Body&& body) -> decltype(body()) {
  try {
    return std::forward<Body>(body)();
  } catch (const std::bad_alloc&) {
    return Error{.code = Code::memory,
                 .file = "",
                 .field = "memory",
                 .found = "no more to be had",
                 .expected = "",
                 .remedy = "Use a shorter text or fewer threads",
                 .names = {}};
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
