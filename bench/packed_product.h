// Our float32 matrix product by itself, its weights packed.
// y [rows, out] = x [rows, in] W^T, on the calling thread alone.
#pragma once

#include <cstddef>

#include "base/matrix.h"
#include "kernels/gemm.h"
#include "product_operands.h"

namespace logitlens::bench {

class PackedProduct {
 public:
  PackedProduct(std::size_t rows, std::size_t in, std::size_t out)
      : operations_(operations_of(rows, in, out)),
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
  double operations_;
  std::size_t rows_, in_, out_;
  FloatBuffer x_, packed_, y_;
};

}  // namespace logitlens::bench
