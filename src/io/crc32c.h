// CRC-32C (Castagnoli), the checksum of LevelDB tables and TensorFlow's tensors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace logitlens {

// With the processor's CRC instruction where it has one, else by tables.
std::uint32_t crc32c(std::span<const std::byte> bytes);

// The two ways, for the tests to compare. The first is only for processors that have the instruction.
bool has_crc32c_instruction();
std::uint32_t crc32c_by_instruction(std::span<const std::byte> bytes);
std::uint32_t crc32c_by_tables(std::span<const std::byte> bytes);

// Stored checksums are masked, for data may itself hold checksums, and the CRC of such data is weak.
inline std::uint32_t unmask_crc32c(std::uint32_t masked) {
  const std::uint32_t rotated = masked - 0xa282ead8u;
  return rotated >> 17 | rotated << 15;
}
inline std::uint32_t mask_crc32c(std::uint32_t crc) { return (crc >> 15 | crc << 17) + 0xa282ead8u; }

}  // namespace logitlens
