// Our float32 matrix product by itself, its weights packed.
// y [rows, out] = x [rows, in] W^T, on the calling thread alone.
#pragma once

#include <cstddef>
#include <random>

#include "base/matrix.h"
#include "kernels/gemm.h"

namespace logitlens::bench {

class PackedProduct {
 public:
  PackedProduct(std::size_t rows, std::size_t in, std::size_t out)
      : operations_(2.0 * static_cast<double>(rows) * static_cast<double>(in) * static_cast<double>(out)),
        rows_(rows),
        in_(in),
        out_(out),
        x_(filled(rows * in, 1)),
        packed_(FloatBuffer::allocate(packed_floats(in, out).value()).value()),
        y_(FloatBuffer::allocate(rows * out).value()) {
    pack({filled(in * out, 2).data(), in, out, WeightLayout::out_in}, packed_.data());
  }

  void run() {
    gemm(x_.data(), rows_, {packed_.data(), in_, out_, WeightLayout::packed}, y_.data(), nullptr);
  }
  double operations() const { return operations_; }

 private:
  static FloatBuffer filled(std::size_t floats, unsigned seed) {
    FloatBuffer buffer = FloatBuffer::allocate(floats).value();
    std::mt19937 random(seed);
    std::uniform_real_distribution<float> uniform(-1, 1);
    for (std::size_t i = 0; i < floats; ++i) buffer.data()[i] = uniform(random);
    return buffer;
  }

  double operations_;
  std::size_t rows_, in_, out_;
  FloatBuffer x_, packed_, y_;
};

}  // namespace logitlens::bench
