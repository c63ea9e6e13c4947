// Where what can be computed again is kept.
#pragma once

#include <filesystem>

namespace logitlens {

// $LOGITLENS_CACHE, else $XDG_CACHE_HOME/logitlens, else ~/.cache/logitlens. Empty if none is set to an
// absolute path.
std::filesystem::path cache_folder();

}  // namespace logitlens
