#include "kernels/attention_products.h"

#include "base/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/attention_products.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace logitlens {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// One matrix of the product and the floats from row to row.
struct Rows {
  const float* data;
  std::size_t stride;
  const float* row(std::size_t r) const { return data + r * stride; }
};

// A block of c that stays in registers: R rows by V vectors. With 32 registers 6 by 4, with 16 registers 6 by 2.
template <std::size_t R, std::size_t V>
HWY_INLINE void multiply_block(Rows a, Rows b, float* c, std::size_t c_stride, std::size_t depth) {
  const hn::ScalableTag<float> d;
  using Vector = hn::Vec<decltype(d)>;
  const std::size_t lanes = hn::Lanes(d);
  Vector sums[R][V];
  for (std::size_t r = 0; r < R; ++r)
    for (std::size_t v = 0; v < V; ++v) sums[r][v] = hn::Zero(d);
  for (std::size_t k = 0; k < depth; ++k) {
    Vector columns[V];
    for (std::size_t v = 0; v < V; ++v) columns[v] = hn::LoadU(d, b.row(k) + v * lanes);
    for (std::size_t r = 0; r < R; ++r) {
      const auto factor = hn::Set(d, a.row(r)[k]);
      for (std::size_t v = 0; v < V; ++v) sums[r][v] = hn::MulAdd(factor, columns[v], sums[r][v]);
    }
  }
  for (std::size_t r = 0; r < R; ++r)
    for (std::size_t v = 0; v < V; ++v) hn::StoreU(sums[r][v], d, c + r * c_stride + v * lanes);
}

constexpr std::size_t block_rows = 6;
constexpr std::size_t block_vectors = HWY_TARGET == HWY_AVX3 ? 4 : 2;

template <std::size_t V>
void multiply_columns(Rows a, Rows b, float* c, std::size_t c_stride, std::size_t rows, std::size_t depth) {
  std::size_t r = 0;
  for (; r + block_rows <= rows; r += block_rows)
    multiply_block<block_rows, V>({a.row(r), a.stride}, b, c + r * c_stride, c_stride, depth);
  const Rows rest{a.row(r), a.stride};
  float* const to = c + r * c_stride;
  switch (rows - r) {
    case 1: return multiply_block<1, V>(rest, b, to, c_stride, depth);
    case 2: return multiply_block<2, V>(rest, b, to, c_stride, depth);
    case 3: return multiply_block<3, V>(rest, b, to, c_stride, depth);
    case 4: return multiply_block<4, V>(rest, b, to, c_stride, depth);
    case 5: return multiply_block<5, V>(rest, b, to, c_stride, depth);
    default: return;
  }
}

void multiply_all(const float* a, std::size_t a_stride, const float* b, std::size_t b_stride, float* c,
                  std::size_t c_stride, std::size_t rows, std::size_t depth, std::size_t cols) {
  const std::size_t lanes = hn::Lanes(hn::ScalableTag<float>());
  const Rows left{a, a_stride};
  std::size_t first = 0;
  for (; first + block_vectors * lanes <= cols; first += block_vectors * lanes)
    multiply_columns<block_vectors>(left, {b + first, b_stride}, c + first, c_stride, rows, depth);
  for (; first + 2 * lanes <= cols; first += 2 * lanes)
    multiply_columns<2>(left, {b + first, b_stride}, c + first, c_stride, rows, depth);
  for (; first < cols; first += lanes)
    multiply_columns<1>(left, {b + first, b_stride}, c + first, c_stride, rows, depth);
}

}  // namespace HWY_NAMESPACE
}  // namespace logitlens
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace logitlens {

HWY_EXPORT(multiply_all);

void attention_product(const float* a, std::size_t a_stride, const float* b, std::size_t b_stride, float* c,
                       std::size_t c_stride, std::size_t rows, std::size_t depth, std::size_t cols) {
  HWY_DYNAMIC_DISPATCH(multiply_all)(a, a_stride, b, b_stride, c, c_stride, rows, depth, cols);
}

}  // namespace logitlens
#endif  // HWY_ONCE
