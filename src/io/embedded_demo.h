// The demo model's files, in the binary itself (cmake/embed.cmake).
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>

namespace logitlens {

// File name in the checkpoint directory -> its bytes, which live as long as the program.
std::map<std::string, std::span<const std::byte>> embedded_demo_files();

}  // namespace logitlens
