// SHA-256, as lower-case hex or in base64.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace logitlens {

std::string sha256_hex(std::span<const std::byte> bytes);
std::string sha256_base64(std::string_view text);  // as a content security policy wants it
bool is_sha256_hex(std::string_view text);         // 64 digits, lower case

}  // namespace logitlens
