#include "kernels/attention_products.h"

#include "base/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/attention_products.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "kernels/register_block-inl.h"

HWY_BEFORE_NAMESPACE();
namespace logitlens {
namespace HWY_NAMESPACE {

template <std::size_t R, std::size_t V>
HWY_INLINE void multiply_block(Rows a, Rows b, float* c, std::size_t c_stride, std::size_t depth) {
  RegisterBlock<R, V> block;
  block.clear();
  block.add_products(a, b, depth);
  block.store(c, c_stride);
}

template <std::size_t V>
void multiply_columns(Rows a, Rows b, float* c, std::size_t c_stride, std::size_t rows, std::size_t depth) {
  for_even_blocks(rows, [&]<std::size_t R>(std::size_t r) {
    multiply_block<R, V>({a.row(r), a.stride}, b, c + r * c_stride, c_stride, depth);
  });
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
