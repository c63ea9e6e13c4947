// Products of 8-bit integers, exact in 32 bits, over oneDNN, on the calling thread alone like kernels/gemm.h. To be used only where
// the processor multiplies bytes in fours (base/cpu.h, has_int8_products): elsewhere oneDNN adds pairs in 16 bits, which
// saturate, and the sums are wrong.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "logitlens/status.h"

namespace logitlens {

// The longest sum that cannot overflow: 255 * 128 * 65536 < 2^31.
inline constexpr std::size_t gemm_int8_longest = 65536;

// y [rows, out] = x [rows, in] W^T for one shape, W packed once beforehand. Integers: any order of summation gives the
// same bytes.
class GemmInt8 {
 public:
  // in <= gemm_int8_longest.
  static Result<GemmInt8> create(std::size_t rows, std::size_t in, std::size_t out);

  // W [out, in] to the layout that run() reads, the same for any number of rows; `packed`: packed_bytes(), 64-byte
  // aligned. False if oneDNN reports a fault.
  std::size_t packed_bytes() const;
  bool pack(const std::int8_t* weight, void* packed) const;

  std::size_t scratch_bytes() const;
  // All matrices dense. x as bytes without sign, a number plus `zero`: the processor multiplies such by bytes with a sign, and
  // would have to add it at every step. `scratch`: scratch_bytes(), 64-byte aligned, one a thread. Safe to call from several threads at
  // once. False only if oneDNN reports a fault (out of memory).
  static constexpr int zero = 128;
  bool run(const std::uint8_t* x, const void* packed, std::int32_t* y, void* scratch) const;

 private:
  struct Impl;
  std::shared_ptr<const Impl> impl_;
};

// What a caller says when run() was false.
Error product_failure();

}  // namespace logitlens
