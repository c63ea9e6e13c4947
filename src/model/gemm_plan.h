// The matrix products of a plan: created once a shape, with the scratch that the largest of them needs.
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
  // Creates the product unless it is there. Before running only.
  Status add(std::size_t rows, std::size_t in, std::size_t out, WeightLayout layout) {
    const Key key{rows, in, out, layout};
    if (products_.contains(key)) return ok_status();
    LL_ASSIGN(Gemm gemm, Gemm::create(rows, in, out, layout));
    scratch_bytes_ = std::max(scratch_bytes_, gemm.scratch_bytes());
    products_.emplace(key, std::move(gemm));
    return ok_status();
  }

  const Gemm& get(std::size_t rows, std::size_t in, std::size_t out, WeightLayout layout) const {
    return products_.find(Key{rows, in, out, layout})->second;
  }

  // The same for a product of bytes.
  Status add_int8(std::size_t rows, std::size_t in, std::size_t out) {
    const Int8Key key{rows, in, out};
    if (int8_products_.contains(key)) return ok_status();
    LL_ASSIGN(GemmInt8 gemm, GemmInt8::create(rows, in, out));
    scratch_bytes_ = std::max(scratch_bytes_, gemm.scratch_bytes());
    int8_inputs_ = std::max(int8_inputs_, rows * in);
    int8_products_.emplace(key, std::move(gemm));
    return ok_status();
  }

  const GemmInt8& get_int8(std::size_t rows, std::size_t in, std::size_t out) const {
    return int8_products_.find(Int8Key{rows, in, out})->second;
  }

  // Whether weights that have a packed copy are multiplied by it; whether those that have one of bytes are.
  bool packed = false;
  bool int8 = false;

  // Bytes of the largest input of a product of bytes.
  std::size_t int8_inputs() const { return int8_inputs_; }

  std::size_t scratch_bytes() const { return scratch_bytes_; }

 private:
  using Key = std::tuple<std::size_t, std::size_t, std::size_t, WeightLayout>;
  using Int8Key = std::tuple<std::size_t, std::size_t, std::size_t>;
  std::map<Key, Gemm> products_;
  std::map<Int8Key, GemmInt8> int8_products_;
  std::size_t int8_inputs_ = 0;
  std::size_t scratch_bytes_ = 0;
};

}  // namespace logitlens
