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

// Calls block<rows>().
template <class Block>
HWY_INLINE void with_rows(std::size_t rows, Block&& block) {
  switch (rows) {
    case 1: return block.template operator()<1>();
    case 2: return block.template operator()<2>();
    case 3: return block.template operator()<3>();
    case 4: return block.template operator()<4>();
    case 5: return block.template operator()<5>();
    case 6: return block.template operator()<6>();
    default: return;
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace logitlens
HWY_AFTER_NAMESPACE();

#endif  // LOGITLENS_KERNELS_REGISTER_BLOCK_INL_H_
