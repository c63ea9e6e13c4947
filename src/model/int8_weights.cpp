// Copies of the blocks' matrices as bytes, for `--precision int8`: a scale for each output, the largest weight 127.
#include <algorithm>
#include <array>
#include <cstring>

#include "base/checked.h"
#include "kernels/gemm_int8.h"
#include "kernels/quantize.h"
#include "model/block_copies-inl.h"
#include "model/weights.h"

namespace logitlens {

namespace {

// Outputs at once: of a matrix [in, out], a cache line of each row.
constexpr std::size_t strip = 16;

struct Copy {
  const Weight* weight;
  GemmInt8 product;
  std::size_t bytes_at, scales_at, columns_at;  // floats into the block's memory
};

Result<std::size_t> plan_copies(std::span<const Weight> block, std::vector<Copy>& copies) {
  std::size_t floats = 0;
  for (const Weight& weight : block) {
    if (!weight.quantized) continue;
    LL_ASSIGN(GemmInt8 product, GemmInt8::create(1, weight.cols, weight.rows));
    const std::size_t scales_at = floats + round_up(product.packed_bytes(), 64) / sizeof(float);
    const std::size_t columns_at = scales_at + round_up(weight.rows, 16);
    copies.push_back({&weight, std::move(product), floats, scales_at, columns_at});
    floats = columns_at + round_up(weight.size(), 64) / sizeof(float);
  }
  return floats;
}

// W, stored either way, as bytes [out, in].
void quantize(const Weight& weight, std::int8_t* bytes, float* scales) {
  const std::size_t in = weight.cols, out = weight.rows;
  std::vector<float> columns(weight.in_out ? strip * in : 0);
  for (std::size_t first = 0; first < out; first += strip) {
    const std::size_t count = std::min(strip, out - first);
    const float* rows = weight.data + first * in;  // [count, in]
    if (weight.in_out) {
      for (std::size_t i = 0; i < in; ++i) {
        std::array<float, strip> line;
        std::memcpy(line.data(), static_cast<const void*>(weight.data + i * out + first),
                    count * sizeof(float));  // at any address
        for (std::size_t o = 0; o < count; ++o) columns[o * in + i] = line[o];
      }
      rows = columns.data();
    }
    for (std::size_t o = 0; o < count; ++o)
      scales[first + o] = quantize_row(rows + o * in, nullptr, bytes + (first + o) * in, in).scale;
  }
}

// [rows, cols] to [cols, rows], in squares that stay in the first-level cache.
void transpose_bytes(const std::int8_t* from, std::size_t rows, std::size_t cols, std::int8_t* to) {
  constexpr std::size_t square = 64;
  for (std::size_t r0 = 0; r0 < rows; r0 += square)
    for (std::size_t c0 = 0; c0 < cols; c0 += square)
      for (std::size_t r = r0; r < std::min(rows, r0 + square); ++r)
        for (std::size_t c = c0; c < std::min(cols, c0 + square); ++c) to[c * rows + r] = from[r * cols + c];
}

// False if the product's layout could not be made.
bool make_copy(const Copy& copy, float* memory) {
  const Weight& weight = *copy.weight;
  std::vector<std::int8_t> bytes(weight.size());
  float* scales = memory + copy.scales_at;
  quantize(weight, bytes.data(), scales);
  if (!copy.product.pack(bytes.data(), memory + copy.bytes_at)) return false;
  auto* columns = reinterpret_cast<std::int8_t*>(memory + copy.columns_at);
  transpose_bytes(bytes.data(), weight.rows, weight.cols, columns);
  weight.quantized->bytes = memory + copy.bytes_at;
  weight.quantized->scales = scales;
  weight.quantized->columns = columns;
  return true;
}

}  // namespace

Status Weights::quantize_block(std::size_t layer, ThreadTeam& team) const {
  using Copied = std::vector<const Weight*>;
  return copy_block_once(*quantized_, layer,
                         [&](std::span<const Weight> block, FloatBuffer& memory) -> Result<Copied> {
                           std::vector<Copy> copies;
                           LL_ASSIGN(const std::size_t floats, plan_copies(block, copies));
                           LL_ASSIGN(memory, FloatBuffer::allocate(floats));
                           std::atomic<bool> failed = false;
                           team.parallel_for(copies.size(), [&](std::size_t c, int) {
                             if (!make_copy(copies[c], memory.data())) failed.store(true);
                           });
                           if (failed.load()) return product_failure();
                           Copied copied;
                           for (const Copy& copy : copies) copied.push_back(copy.weight);
                           return copied;
                         });
}

}  // namespace logitlens
