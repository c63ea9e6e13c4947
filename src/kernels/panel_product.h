// A float32 product with a panel of a weight: 64 of its outputs, input by input.
//
// Ours and not oneDNN's, because it is a tenth faster where weights come out of a far third-level cache: while a panel is
// multiplied, the next one is fetched into the second level (docs/performance.md).
#pragma once

#include <cstddef>

namespace logitlens {

inline constexpr std::size_t panel_outputs = 64;
// Of one panel at most: 256 KB, which stay in the second-level cache for all rows. Also what one sum is taken over.
inline constexpr std::size_t most_panel_inputs = 1024;

struct Panel {
  const float* data;  // [inputs, panel_outputs], at 64-byte alignment
  std::size_t inputs;
  std::size_t outputs;  // of panel_outputs, how many there are
  bool begun;           // whether y holds the sums over the inputs before these
  const float* next;    // what is multiplied after this, of the same size, or null
};

// y [rows, outputs] = or += x [rows, inputs] panel; strides in floats. An element is one sum in the order of inputs, a fused
// multiply-add a step: its bytes depend on its own row and column alone.
void panel_product(const float* x, std::size_t x_stride, std::size_t rows, const Panel& panel, float* y,
                   std::size_t y_stride);

}  // namespace logitlens
