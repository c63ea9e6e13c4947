// The matrix products of a plan: created once a shape, with the scratch that the largest of them needs.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <tuple>

#include "kernels/gemm.h"
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

  // Whether weights that have a packed copy are multiplied by it.
  bool packed = false;

  std::size_t scratch_bytes() const { return scratch_bytes_; }

 private:
  using Key = std::tuple<std::size_t, std::size_t, std::size_t, WeightLayout>;
  std::map<Key, Gemm> products_;
  std::size_t scratch_bytes_ = 0;
};

}  // namespace logitlens
