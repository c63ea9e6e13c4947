// Every element type the safetensors format knows, and which of them we compute with.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "io/tensor.h"

namespace logitlens {

struct SafetensorsDType {
  std::string_view name;  // as in the header
  std::size_t bits = 0;   // an element; below 8 for the packed ones
  DType dtype = DType::other;
};

const SafetensorsDType* find_safetensors_dtype(std::string_view name);  // nullptr: unknown
std::string safetensors_dtype_names();                                  // "BOOL, U8, ...", for messages

// Bytes of `elements` packed elements. Nothing if that overflows or is no whole number of bytes.
std::optional<std::size_t> byte_size(const SafetensorsDType& dtype, std::size_t elements);

}  // namespace logitlens
