// Other floating-point types to float32.
#pragma once

#include <cstddef>

#include "io/tensor.h"

namespace logitlens {

std::size_t bytes_per_element(DType dtype);  // 0 for DType::other

// n elements of `dtype` at any address. float64 beyond float32's range becomes infinite, as a cast does.
void convert_floats(DType dtype, const std::byte* from, float* to, std::size_t n);

}  // namespace logitlens
