#include "model/convert_floats.h"

#include <bit>
#include <cstdint>
#include <cstring>

namespace logitlens {

namespace {

template <class T>
T load(const std::byte* from) {
  T value;
  std::memcpy(&value, from, sizeof(T));
  return value;
}

// IEEE binary16 to binary32 without branches, so that the compiler can vectorise it: the exponent is re-biased by a
// multiplication with 2^112, which also normalises subnormals; infinities and NaN get the full exponent.
float from_half(std::uint16_t half) {
  const std::uint32_t magnitude = static_cast<std::uint32_t>(half & 0x7fffu) << 13;
  const std::uint32_t sign = static_cast<std::uint32_t>(half & 0x8000u) << 16;
  const float scaled = std::bit_cast<float>(magnitude) * 0x1p112f;
  const std::uint32_t special = (half & 0x7c00u) == 0x7c00u ? 0x7f800000u : 0u;
  return std::bit_cast<float>(std::bit_cast<std::uint32_t>(scaled) | special | sign);
}

float from_bfloat16(std::uint16_t value) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(value) << 16);
}

}  // namespace

std::size_t bytes_per_element(DType dtype) {
  switch (dtype) {
    case DType::f64: return 8;
    case DType::f32: return 4;
    case DType::f16:
    case DType::bf16: return 2;
    case DType::other: return 0;
  }
  return 0;
}

void convert_floats(DType dtype, const std::byte* from, float* to, std::size_t n) {
  switch (dtype) {
    case DType::f32: std::memcpy(to, from, n * sizeof(float)); return;
    case DType::f16:
      for (std::size_t i = 0; i < n; ++i) to[i] = from_half(load<std::uint16_t>(from + 2 * i));
      return;
    case DType::bf16:
      for (std::size_t i = 0; i < n; ++i) to[i] = from_bfloat16(load<std::uint16_t>(from + 2 * i));
      return;
    case DType::f64:
      for (std::size_t i = 0; i < n; ++i) to[i] = static_cast<float>(load<double>(from + 8 * i));
      return;
    case DType::other: return;
  }
}

}  // namespace logitlens
