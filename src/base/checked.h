// Arithmetic on sizes that come from files: a result, or nothing on overflow.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace logitlens {

inline std::optional<std::size_t> checked_mul(std::size_t a, std::size_t b) {
  std::size_t product = 0;
  if (__builtin_mul_overflow(a, b, &product)) return std::nullopt;
  return product;
}

inline std::optional<std::size_t> checked_add(std::size_t a, std::size_t b) {
  std::size_t sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) return std::nullopt;
  return sum;
}

// Number of elements of a shape; 1 for a scalar.
inline std::optional<std::size_t> checked_product(std::span<const std::size_t> shape) {
  std::optional<std::size_t> product = 1;
  for (std::size_t n : shape) {
    product = checked_mul(*product, n);
    if (!product) return std::nullopt;
  }
  return product;
}

inline constexpr std::size_t round_up(std::size_t n, std::size_t multiple) {
  return (n + multiple - 1) / multiple * multiple;
}

}  // namespace logitlens
