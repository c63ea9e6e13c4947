// The innermost loop of every float32 product: a block of the result that stays in registers. Included for each instruction set.
#if defined(LOGITLENS_KERNELS_REGISTER_BLOCK_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef LOGITLENS_KERNELS_REGISTER_BLOCK_INL_H_
#undef LOGITLENS_KERNELS_REGISTER_BLOCK_INL_H_
#else
#define LOGITLENS_KERNELS_REGISTER_BLOCK_INL_H_
#endif

#include <cstddef>

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace logitlens {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using FloatVector = hn::Vec<hn::ScalableTag<float>>;

// A matrix and the floats from row to row.
struct Rows {
  const float* data;
  std::size_t stride;
  const float* row(std::size_t r) const { return data + r * stride; }
};

// With 32 registers 6 rows by 4 vectors, with 16 registers 6 by 2: the sums, a row of b, and a factor of a.
constexpr std::size_t block_rows = 6;
constexpr std::size_t block_vectors = HWY_TARGET == HWY_AVX3 ? 4 : 2;

// R rows by V vectors.
template <std::size_t R, std::size_t V>
struct RegisterBlock {
  FloatVector sums[R][V];

  HWY_INLINE void clear() {
    for (std::size_t r = 0; r < R; ++r)
      for (std::size_t v = 0; v < V; ++v) sums[r][v] = hn::Zero(hn::ScalableTag<float>());
  }

  // sums += a [R, depth] b [depth, V vectors]: an element is summed in the order of `depth`, a fused multiply-add a step.
  HWY_INLINE void add_products(Rows a, Rows b, std::size_t depth) {
    const hn::ScalableTag<float> d;
    const std::size_t lanes = hn::Lanes(d);
    for (std::size_t k = 0; k < depth; ++k) {
      FloatVector columns[V];
      for (std::size_t v = 0; v < V; ++v) columns[v] = hn::LoadU(d, b.row(k) + v * lanes);
      for (std::size_t r = 0; r < R; ++r) {
        const auto factor = hn::Set(d, a.row(r)[k]);
        for (std::size_t v = 0; v < V; ++v) sums[r][v] = hn::MulAdd(factor, columns[v], sums[r][v]);
      }
    }
  }

  HWY_INLINE void add(const float* c, std::size_t c_stride) {
    const hn::ScalableTag<float> d;
    for (std::size_t r = 0; r < R; ++r)
      for (std::size_t v = 0; v < V; ++v)
        sums[r][v] = hn::Add(hn::LoadU(d, c + r * c_stride + v * hn::Lanes(d)), sums[r][v]);
  }

  HWY_INLINE void store(float* c, std::size_t c_stride) const {
    const hn::ScalableTag<float> d;
    for (std::size_t r = 0; r < R; ++r)
      for (std::size_t v = 0; v < V; ++v) hn::StoreU(sums[r][v], d, c + r * c_stride + v * hn::Lanes(d));
  }
};

constexpr std::size_t blocks_of(std::size_t rows) { return (rows + block_rows - 1) / block_rows; }

// Calls block<height>().
template <class Block>
HWY_INLINE void with_height(std::size_t height, Block&& block) {
  switch (height) {
    case 1: return block.template operator()<1>();
    case 2: return block.template operator()<2>();
    case 3: return block.template operator()<3>();
    case 4: return block.template operator()<4>();
    case 5: return block.template operator()<5>();
    case 6: return block.template operator()<6>();
    default: return;
  }
}

// Calls block<height>(first row) for blocks of even height that are all the rows: two rows left over would take as long as four.
template <class Block>
HWY_INLINE void for_even_blocks(std::size_t rows, const Block& block) {
  if (rows == 0) return;
  const std::size_t blocks = blocks_of(rows), height = rows / blocks, taller = rows % blocks;
  std::size_t first = 0;
  const auto call = [&](std::size_t count) {
    return [&, count]<std::size_t R>() {
      for (std::size_t b = 0; b < count; ++b, first += R) block.template operator()<R>(first);
    };
  };
  if (taller > 0) with_height(height + 1, call(taller));
  with_height(height, call(blocks - taller));
}

}  // namespace HWY_NAMESPACE
}  // namespace logitlens
HWY_AFTER_NAMESPACE();

#endif  // LOGITLENS_KERNELS_REGISTER_BLOCK_INL_H_
