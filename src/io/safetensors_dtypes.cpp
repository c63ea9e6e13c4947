#include "io/safetensors_dtypes.h"

#include <algorithm>
#include <array>

#include "base/checked.h"

namespace logitlens {

namespace {

constexpr std::array<SafetensorsDType, 22> kDTypes = {{
    {"F4", 4, DType::other},          {"F6_E2M3", 6, DType::other},     {"F6_E3M2", 6, DType::other},
    {"BOOL", 8, DType::other},        {"U8", 8, DType::other},          {"I8", 8, DType::other},
    {"F8_E4M3", 8, DType::other},     {"F8_E5M2", 8, DType::other},     {"F8_E8M0", 8, DType::other},
    {"F8_E4M3FNUZ", 8, DType::other}, {"F8_E5M2FNUZ", 8, DType::other}, {"U16", 16, DType::other},
    {"I16", 16, DType::other},        {"F16", 16, DType::f16},          {"BF16", 16, DType::bf16},
    {"U32", 32, DType::other},        {"I32", 32, DType::other},        {"F32", 32, DType::f32},
    {"U64", 64, DType::other},        {"I64", 64, DType::other},        {"F64", 64, DType::f64},
    {"C64", 64, DType::other},
}};

}  // namespace

const SafetensorsDType* find_safetensors_dtype(std::string_view name) {
  const auto* at = std::ranges::find(kDTypes, name, &SafetensorsDType::name);
  return at != kDTypes.end() ? at : nullptr;
}

std::string safetensors_dtype_names() {
  std::string names;
  for (const SafetensorsDType& dtype : kDTypes)
    names += (names.empty() ? "" : ", ") + std::string(dtype.name);
  return names;
}

std::optional<std::size_t> byte_size(const SafetensorsDType& dtype, std::size_t elements) {
  const auto bits = checked_mul(elements, dtype.bits);
  if (!bits || *bits % 8 != 0) return std::nullopt;
  return *bits / 8;
}

}  // namespace logitlens
