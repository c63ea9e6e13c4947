// How a plan's matrix products are done; those of bytes are created once a shape.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <tuple>

#include "kernels/gemm.h"
#include "kernels/gemm_int8.h"
#include "logitlens/status.h"

namespace logitlens {

class GemmPlan {
 public:
  // Whether weights that have a packed copy are multiplied by it; whether those that have one of bytes are.
  bool packed = false;
  bool int8 = false;

  // Creates the product of bytes unless it is there. Before running only.
  Status add_int8(std::size_t rows, std::size_t in, std::size_t out) {
    const Shape shape{rows, in, out};
    if (int8_products_.contains(shape)) return ok_status();
    LL_ASSIGN(GemmInt8 product, GemmInt8::create(rows, in, out));
    int8_scratch_ = std::max(int8_scratch_, product.scratch_bytes());
    int8_inputs_ = std::max(int8_inputs_, rows * in);
    int8_products_.emplace(shape, std::move(product));
    return ok_status();
  }

  const GemmInt8& get_int8(std::size_t rows, std::size_t in, std::size_t out) const {
    return int8_products_.find(Shape{rows, in, out})->second;
  }

  // Bytes of the largest input of a product of bytes.
  std::size_t int8_inputs() const { return int8_inputs_; }

  // What any of the products may overwrite, float32's too.
  std::size_t scratch_floats() const {
    return std::max(gemm_scratch_floats, int8_scratch_ / sizeof(float) + 1);
  }

 private:
  using Shape = std::tuple<std::size_t, std::size_t, std::size_t>;
  std::map<Shape, GemmInt8> int8_products_;
  std::size_t int8_inputs_ = 0, int8_scratch_ = 0;
};

}  // namespace logitlens
