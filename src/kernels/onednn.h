// What the products of bytes use of oneDNN. Included by them alone.
#pragma once

#include <cstddef>
#include <dnnl.hpp>
#include <functional>
#include <string>
#include <string_view>

#include "logitlens/status.h"

namespace logitlens {

// y [rows, out] = x [rows, in] W^T of numbers of any type, compiled for one shape.
class OneDnnProduct {
 public:
  using Describe = std::function<dnnl::matmul::primitive_desc()>;

  // Compiles what `describe` says; the rest stands in the error. Errors: memory, internal.
  static Result<OneDnnProduct> compile(std::string_view name, std::size_t rows, std::size_t in,
                                       std::size_t out, const Describe& describe);

  dnnl::memory::desc weight() const { return description_.weights_desc(); }
  std::size_t scratch_bytes() const { return description_.scratchpad_desc().get_size(); }
  // On the calling thread alone. False if oneDNN reports a fault.
  bool run(const void* x, const void* weight, void* y, void* scratch) const;

 private:
  dnnl::matmul::primitive_desc description_;
  dnnl::matmul product_;
};

dnnl::memory::desc onednn_matrix(std::size_t rows, std::size_t cols, dnnl::memory::data_type type,
                                 dnnl::memory::format_tag tag);
// With scratch memory of the caller's. Throws dnnl::error: to be called while compiling.
dnnl::matmul::primitive_desc describe_product(const dnnl::memory::desc& x, const dnnl::memory::desc& weight,
                                              const dnnl::memory::desc& y,
                                              dnnl::primitive_attr attributes = {});
// "oneDNN 2.6.3".
std::string onednn_version();

// Copies a matrix from one layout to another. False if oneDNN reports a fault.
bool reorder(const dnnl::memory::desc& from_layout, const void* from, const dnnl::memory::desc& to_layout,
             void* to);

}  // namespace logitlens
