// oneDNN's float32 matrix product by itself, its weights in the layout it likes best: what a well-kept library gets out of
// this machine. y [rows, out] = x [rows, in] W, on the calling thread alone.
#pragma once

#include <cstddef>

#include "base/matrix.h"
#include "kernels/onednn.h"
#include "product_operands.h"

namespace logitlens::bench {

class BestOneDnnProduct {
 public:
  BestOneDnnProduct(std::size_t rows, std::size_t in, std::size_t out)
      : operations_(operations_of(rows, in, out)),
        product_(OneDnnProduct::compile("matrix product", rows, in, out,
                                        [&] {
                                          return describe_product(matrix(rows, in, Tag::ab),
                                                                  matrix(in, out, Tag::any),
                                                                  matrix(rows, out, Tag::ab));
                                        })
                     .value()),
        x_(filled(rows * in, 1)),
        weight_(FloatBuffer::allocate(product_.weight().get_size() / sizeof(float)).value()),
        y_(FloatBuffer::allocate(rows * out).value()),
        scratch_(FloatBuffer::allocate(product_.scratch_bytes() / sizeof(float) + 1).value()) {
    reorder(matrix(in, out, Tag::ab), filled(in * out, 2).data(), product_.weight(), weight_.data());
  }

  void run() { product_.run(x_.data(), weight_.data(), y_.data(), scratch_.data()); }
  double operations() const { return operations_; }

 private:
  using Tag = dnnl::memory::format_tag;
  static dnnl::memory::desc matrix(std::size_t rows, std::size_t cols, Tag tag) {
    return onednn_matrix(rows, cols, dnnl::memory::data_type::f32, tag);
  }

  double operations_;
  OneDnnProduct product_;
  FloatBuffer x_, weight_, y_, scratch_;
};

}  // namespace logitlens::bench
