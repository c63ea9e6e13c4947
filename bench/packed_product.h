// A float32 matrix product by itself, its weights packed where that is faster: what this machine can do at best.
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
        product_(Gemm::create(rows, in, out, layout()).value()),
        x_(filled(rows * in, 1)),
        weight_(filled(in * out, 2)),
        y_(FloatBuffer::allocate(rows * out).value()),
        scratch_(FloatBuffer::allocate(product_.scratch_bytes() / sizeof(float) + 1).value()) {
    if (layout() != WeightLayout::packed) return;
    FloatBuffer packed = FloatBuffer::allocate(packed_floats(in, out).value()).value();
    pack(weight_.data(), in, out, WeightLayout::out_in, packed.data());
    weight_ = std::move(packed);
  }

  void run() { product_.run(x_.data(), weight_.data(), y_.data(), scratch_.data()); }
  double operations() const { return operations_; }

 private:
  static WeightLayout layout() { return packing_pays() ? WeightLayout::packed : WeightLayout::out_in; }
  static FloatBuffer filled(std::size_t floats, unsigned seed) {
    FloatBuffer buffer = FloatBuffer::allocate(floats).value();
    std::mt19937 random(seed);
    std::uniform_real_distribution<float> uniform(-1, 1);
    for (std::size_t i = 0; i < floats; ++i) buffer.data()[i] = uniform(random);
    return buffer;
  }

  double operations_;
  Gemm product_;
  FloatBuffer x_, weight_, y_, scratch_;
};

}  // namespace logitlens::bench
