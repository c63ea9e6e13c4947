#include "io/hash.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <optional>

namespace logitlens {
namespace {

// Can only fail where libcrypto itself cannot load its own SHA-256.
std::optional<std::array<unsigned char, 32>> sha256(std::span<const std::byte> bytes) {
  std::array<unsigned char, 32> digest{};
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha256(), nullptr) != 1)
    return std::nullopt;
  return digest;
}

}  // namespace

std::string sha256_hex(std::span<const std::byte> bytes) {
  const auto digest = sha256(bytes);
  if (!digest) return "";
  std::string hex;
  for (unsigned char byte : *digest) hex += fmt::format("{:02x}", byte);
  return hex;
}

std::string sha256_base64(std::string_view text) {
  const auto digest = sha256(std::as_bytes(std::span(text)));
  if (!digest) return "";
  std::array<unsigned char, 45> encoded{};  // 44 characters and the NUL that EVP_EncodeBlock adds
  const int length = EVP_EncodeBlock(encoded.data(), digest->data(), static_cast<int>(digest->size()));
  return {encoded.begin(), encoded.begin() + length};
}

bool is_sha256_hex(std::string_view text) {
  const auto is_digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  return text.size() == 64 && std::ranges::all_of(text, is_digit);
}

}  // namespace logitlens
