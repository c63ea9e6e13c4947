#include "io/cache_folder.h"

#include <cstdlib>

namespace logitlens {

namespace {

std::filesystem::path absolute_path_in(const char* variable) {
  const char* value = std::getenv(variable);
  const std::filesystem::path path(value ? value : "");
  return path.is_absolute() ? path : std::filesystem::path();
}

}  // namespace

std::filesystem::path cache_folder() {
  if (const auto own = absolute_path_in("LOGITLENS_CACHE"); !own.empty()) return own;
  if (const auto cache = absolute_path_in("XDG_CACHE_HOME"); !cache.empty()) return cache / "logitlens";
  if (const auto home = absolute_path_in("HOME"); !home.empty()) return home / ".cache" / "logitlens";
  return {};
}

}  // namespace logitlens
