#include "io/crc32c.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <string>
#include <vector>

namespace logitlens {
namespace {

using Crc = std::uint32_t (*)(std::span<const std::byte>);

std::vector<Crc> ways() {
  std::vector<Crc> ways = {crc32c, crc32c_by_tables};
  if (has_crc32c_instruction()) ways.push_back(crc32c_by_instruction);
  return ways;
}

std::span<const std::byte> bytes_of(const std::string& text) { return std::as_bytes(std::span(text)); }

// The definition, a bit at a time.
std::uint32_t crc_by_bits(std::span<const std::byte> bytes) {
  std::uint32_t crc = ~std::uint32_t{0};
  for (std::byte byte : bytes) {
    crc ^= static_cast<std::uint32_t>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = crc & 1 ? crc >> 1 ^ 0x82f63b78u : crc >> 1;
  }
  return ~crc;
}

std::string random_text(std::size_t size, unsigned seed) {
  std::mt19937 random(seed);
  std::string text(size, '\0');
  for (char& c : text) c = static_cast<char>(random() & 0xff);
  return text;
}

TEST(Crc32c, KnownValues) {  // RFC 3720, B.4, and the customary check value
  std::string ascending(32, '\0'), descending(32, '\0');
  for (std::size_t i = 0; i < 32; ++i)
    ascending[i] = static_cast<char>(i), descending[i] = static_cast<char>(31 - i);
  for (Crc crc : ways()) {
    EXPECT_EQ(crc({}), 0u);
    EXPECT_EQ(crc(bytes_of("123456789")), 0xe3069283u);
    EXPECT_EQ(crc(bytes_of(std::string(32, '\0'))), 0x8a9136aau);
    EXPECT_EQ(crc(bytes_of(std::string(32, '\xff'))), 0x62a8ab43u);
    EXPECT_EQ(crc(bytes_of(ascending)), 0x46dd794eu);
    EXPECT_EQ(crc(bytes_of(descending)), 0x113fdb5cu);
  }
}

TEST(Crc32c, EveryWayIsTheDefinitionForAnyLengthAndAlignment) {
  const std::string text = random_text(3 * 4096 * 3 + 64, 1);
  std::vector<std::size_t> sizes;
  for (std::size_t size = 0; size < 70; ++size) sizes.push_back(size);
  constexpr std::size_t round = 3 * 4096;  // of the three streams
  for (std::size_t n = 1; n <= 3; ++n)
    for (std::size_t more = 0; more < 20; ++more) sizes.push_back(n * round - 10 + more);
  for (std::size_t size : sizes)
    for (std::size_t offset : {0u, 1u, 3u, 8u, 13u}) {
      const auto bytes = bytes_of(text).subspan(offset, size);
      const std::uint32_t expected = crc_by_bits(bytes);
      for (Crc crc : ways()) ASSERT_EQ(crc(bytes), expected) << size << " bytes at " << offset;
    }
}

TEST(Crc32c, EveryBitMatters) {
  std::string text = random_text(3 * 4096 + 11, 2);
  const std::uint32_t right = crc32c(bytes_of(text));
  std::mt19937 random(3);
  for (int i = 0; i < 300; ++i) {
    const std::size_t at = random() % text.size();
    const char flip = static_cast<char>(1 << random() % 8);
    text[at] = static_cast<char>(text[at] ^ flip);
    for (Crc crc : ways()) ASSERT_NE(crc(bytes_of(text)), right) << at;
    text[at] = static_cast<char>(text[at] ^ flip);
  }
}

TEST(Crc32c, MaskIsUndone) {
  EXPECT_EQ(mask_crc32c(0), 0xa282ead8u);
  std::mt19937 random(4);
  for (int i = 0; i < 1000; ++i) {
    const auto crc = static_cast<std::uint32_t>(random());
    EXPECT_EQ(unmask_crc32c(mask_crc32c(crc)), crc);
    EXPECT_NE(mask_crc32c(crc), crc);
  }
}

}  // namespace
}  // namespace logitlens
