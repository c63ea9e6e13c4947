// What the operating system refused, as an Error.
#pragma once

#include <string>
#include <system_error>

#include "logitlens/status.h"

namespace logitlens {

// `number`: errno. `remedy` is what helps in the usual case.
inline Error system_error(const std::string& file, int number, std::string expected, std::string remedy) {
  return {.code = Code::io,
          .file = file,
          .field = "",
          .found = std::generic_category().message(number),
          .expected = std::move(expected),
          .remedy = std::move(remedy),
          .names = {}};
}

}  // namespace logitlens
