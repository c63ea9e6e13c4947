// Variable-length integers as LevelDB and protobuf write them: seven bits a byte, the lowest first, the top
// bit set in all bytes but the last.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace logitlens {

// Takes one integer off the front of `input`. Nothing if the input ends within it, or if it does not fit 64
// bits (an eleventh byte, or a tenth above 1).
inline std::optional<std::uint64_t> take_varint(std::string_view& input) {
  std::uint64_t value = 0;
  for (unsigned i = 0; i < 10 && i < input.size(); ++i) {
    const auto byte = static_cast<unsigned char>(input[i]);
    if (i == 9 && byte > 1) return std::nullopt;
    value |= static_cast<std::uint64_t>(byte & 0x7f) << (7 * i);
    if (byte < 0x80) {
      input.remove_prefix(i + 1);
      return value;
    }
  }
  return std::nullopt;
}

}  // namespace logitlens
