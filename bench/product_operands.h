// What the products that are timed multiply, and how much that is.
#pragma once

#include <cstddef>
#include <random>

#include "base/matrix.h"

namespace logitlens::bench {

inline FloatBuffer filled(std::size_t floats, unsigned seed) {
  FloatBuffer buffer = FloatBuffer::allocate(floats).value();
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> uniform(-1, 1);
  for (std::size_t i = 0; i < floats; ++i) buffer.data()[i] = uniform(random);
  return buffer;
}

// Multiplications and additions of y [rows, out] = x [rows, in] W^T.
inline double operations_of(std::size_t rows, std::size_t in, std::size_t out) {
  return 2.0 * static_cast<double>(rows) * static_cast<double>(in) * static_cast<double>(out);
}

}  // namespace logitlens::bench
