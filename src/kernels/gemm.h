// Matrix products over oneDNN, single-threaded: our own team cuts the rows. The only place that knows oneDNN.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "logitlens/status.h"

namespace logitlens {

// How the second matrix lies in memory.
enum class WeightLayout {
  out_in,  // [out, in], as PyTorch stores a dense layer
  in_out,  // [in, out], as TensorFlow stores its kernels
  packed,  // as the products run fastest: pack()
};

// Row counts must be multiples of gemm_row_step(), so that an element's sum over `in` is taken in the same order whatever
// the number of rows and wherever its row stands among them: the promise "same bytes for any batch and any threads". Found
// by comparing bytes (tests/property/gemm_test.cpp), not documented by oneDNN: its AVX2 kernel takes another path for the
// rows that a block of 24 leaves over; its AVX-512 kernels keep the order for any number of rows, and waste none of a block
// of 6. Multiples of gemm_row_multiple serve both.
inline constexpr std::size_t gemm_row_multiple = 24;
std::size_t gemm_row_step();

// y [rows, out] = x [rows, in] W^T for one shape. Creating one compiles code; a process-wide cache makes the next cheap.
class Gemm {
 public:
  static Result<Gemm> create(std::size_t rows, std::size_t in, std::size_t out, WeightLayout layout);

  std::size_t scratch_bytes() const;
  // All matrices dense, at any alignment (float's own for x and y). `scratch`: scratch_bytes(), 64-byte aligned, one a
  // thread. Safe to call from several threads at once. False only if oneDNN reports a fault (out of memory).
  bool run(const float* x, const float* weight, float* y, void* scratch) const;

 private:
  struct Impl;
  std::shared_ptr<const Impl> impl_;
};

// Whether packed weights are faster with the instruction set in use: AVX-512's products read them in blocks of 64 outputs
// by 16 inputs, and copy other layouts into such blocks at every call. An element has the same bytes either way
// (tests/property/gemm_test.cpp).
bool packing_pays();
// Floats of a packed [in, out] weight; nothing if they overflow.
std::optional<std::size_t> packed_floats(std::size_t in, std::size_t out);
// Copies a weight of another layout to `to`, packed_floats() at 64-byte alignment.
void pack(const float* weight, std::size_t in, std::size_t out, WeightLayout layout, float* to);

// What a caller says when run() was false.
Error product_failure();

// "oneDNN 2.6.3".
std::string gemm_library();

}  // namespace logitlens
