// Float32 matrix products, on the calling thread alone: our own team cuts the rows.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "kernels/panel_product.h"

namespace logitlens {

// How the second matrix lies in memory.
enum class WeightLayout {
  out_in,  // [out, in], as PyTorch stores a dense layer
  in_out,  // [in, out], as TensorFlow stores its kernels
  packed,  // panels of 64 outputs, one after another, each input by input: pack()
};

struct GemmWeight {
  const float* data;  // at any address; packed: at 64-byte alignment
  std::size_t in, out;
  WeightLayout layout;
};

// Rows that are multiplied at once. Other heights are right too, and leave a part of the last block idle.
inline constexpr std::size_t gemm_row_block = 6;
// Floats at 64-byte alignment that gemm() may overwrite: a panel of a weight that is not packed. One such memory a thread.
inline constexpr std::size_t gemm_scratch_floats = most_panel_inputs * panel_outputs;

// y [rows, out] = x [rows, in] W^T. An element's bytes depend on its own row of x and of W alone, whatever the number of rows,
// their place, the layout and the instruction set, if it has fused multiply-adds: sums of 1024 inputs each, these in the
// order of inputs, are added up in this order (tests/property/gemm_test.cpp). This is the promise "same bytes for any batch
// and any threads".
void gemm(const float* x, std::size_t rows, const GemmWeight& weight, float* y, float* scratch);

// Floats of a packed [in, out] weight; nothing if they overflow.
std::optional<std::size_t> packed_floats(std::size_t in, std::size_t out);
// Copies a weight of another layout to `to`, packed_floats() at 64-byte alignment.
void pack(const GemmWeight& weight, float* to);

// What multiplies, for a result's provenance: "logitlens panels, oneDNN 2.6.3 for bytes".
std::string gemm_library();

}  // namespace logitlens
