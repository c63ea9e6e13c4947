#include "io/crc32c.h"

#include <array>
#include <cstring>

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

namespace logitlens {

namespace {

constexpr std::uint32_t polynomial = 0x82f63b78;  // bits reversed: the lowest bit is the highest power

using ByteTable = std::array<std::uint32_t, 256>;

constexpr ByteTable one_byte_table() {
  ByteTable table{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? polynomial : 0);
    table[byte] = crc;
  }
  return table;
}

// tables[k][byte]: what a byte does to the CRC that has k more bytes coming after it.
constexpr std::array<ByteTable, 8> eight_byte_tables() {
  std::array<ByteTable, 8> tables{};
  tables[0] = one_byte_table();
  for (std::size_t k = 1; k < 8; ++k)
    for (std::size_t byte = 0; byte < 256; ++byte)
      tables[k][byte] = tables[k - 1][byte] >> 8 ^ tables[0][tables[k - 1][byte] & 0xff];
  return tables;
}

constexpr std::array<ByteTable, 8> tables = eight_byte_tables();

std::uint64_t load64(const std::byte* from) {
  std::uint64_t word;
  std::memcpy(&word, from, sizeof word);
  return word;
}

}  // namespace

std::uint32_t crc32c_by_tables(std::span<const std::byte> bytes) {
  std::uint32_t crc = ~std::uint32_t{0};
  const std::byte* at = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= 8; at += 8, left -= 8) {
    const std::uint64_t word = load64(at) ^ crc;
    crc = 0;
    for (std::size_t i = 0; i < 8; ++i) crc ^= tables[7 - i][word >> (8 * i) & 0xff];
  }
  for (; left > 0; ++at, --left) crc = crc >> 8 ^ tables[0][(crc ^ static_cast<std::uint32_t>(*at)) & 0xff];
  return ~crc;
}

#if defined(__x86_64__)

namespace {

// The instruction can start every cycle but takes three to finish, so three streams run side by side. A round
// takes three stretches of this many bytes, one a stream.
constexpr std::size_t stretch_log2 = 12;
constexpr std::size_t stretch = std::size_t{1} << stretch_log2;

// A CRC's bits map linearly: a map is its images of the 32 single bits.
using BitMap = std::array<std::uint32_t, 32>;

constexpr std::uint32_t apply(const BitMap& map, std::uint32_t crc) {
  std::uint32_t image = 0;
  for (std::size_t bit = 0; bit < 32; ++bit) image ^= crc >> bit & 1 ? map[bit] : 0;
  return image;
}

// What a stretch of zero bytes does to a CRC, as one table for each of its four bytes: it carries a stream's
// CRC past the stretch that the next stream has read.
constexpr std::array<ByteTable, 4> past_stretch_tables() {
  BitMap past{};
  for (std::size_t bit = 0; bit < 32; ++bit) {
    const std::uint32_t crc = std::uint32_t{1} << bit;
    past[bit] = crc >> 8 ^ tables[0][crc & 0xff];  // past one byte
  }
  for (std::size_t doubling = 0; doubling < stretch_log2; ++doubling) {
    BitMap twice{};
    for (std::size_t bit = 0; bit < 32; ++bit) twice[bit] = apply(past, past[bit]);
    past = twice;
  }
  std::array<ByteTable, 4> shifted{};
  for (std::size_t k = 0; k < 4; ++k)
    for (std::uint32_t byte = 0; byte < 256; ++byte) shifted[k][byte] = apply(past, byte << (8 * k));
  return shifted;
}

constexpr std::array<ByteTable, 4> past_stretch = past_stretch_tables();

std::uint64_t carry_past_stretch(std::uint64_t crc) {
  return past_stretch[0][crc & 0xff] ^ past_stretch[1][crc >> 8 & 0xff] ^ past_stretch[2][crc >> 16 & 0xff] ^
         past_stretch[3][crc >> 24 & 0xff];
}

}  // namespace

bool has_crc32c_instruction() { return __builtin_cpu_supports("sse4.2") != 0; }

__attribute__((target("sse4.2"))) std::uint32_t crc32c_by_instruction(std::span<const std::byte> bytes) {
  std::uint64_t crc = ~std::uint32_t{0};
  const std::byte* at = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= 3 * stretch; at += 3 * stretch, left -= 3 * stretch) {
    std::uint64_t second = 0, third = 0;
    for (std::size_t i = 0; i < stretch; i += 8) {
      crc = _mm_crc32_u64(crc, load64(at + i));
      second = _mm_crc32_u64(second, load64(at + stretch + i));
      third = _mm_crc32_u64(third, load64(at + 2 * stretch + i));
    }
    crc = carry_past_stretch(carry_past_stretch(crc) ^ second) ^ third;
  }
  for (; left >= 8; at += 8, left -= 8) crc = _mm_crc32_u64(crc, load64(at));
  auto short_crc = static_cast<std::uint32_t>(crc);
  for (; left > 0; ++at, --left) short_crc = _mm_crc32_u8(short_crc, static_cast<unsigned char>(*at));
  return ~short_crc;
}

#else

bool has_crc32c_instruction() { return false; }
std::uint32_t crc32c_by_instruction(std::span<const std::byte> bytes) { return crc32c_by_tables(bytes); }

#endif

std::uint32_t crc32c(std::span<const std::byte> bytes) {
  static const bool by_instruction = has_crc32c_instruction();
  return by_instruction ? crc32c_by_instruction(bytes) : crc32c_by_tables(bytes);
}

}  // namespace logitlens
