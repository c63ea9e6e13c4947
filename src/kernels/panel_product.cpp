#include "kernels/panel_product.h"

#include "base/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/panel_product.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <algorithm>
#include <cstring>

#include "kernels/register_block-inl.h"

HWY_BEFORE_NAMESPACE();
namespace logitlens {
namespace HWY_NAMESPACE {

constexpr std::size_t step_inputs = 8;   // between two prefetches
constexpr std::size_t line_floats = 16;  // 64 bytes

// What is fetched into the second-level cache beside the products: lines from `next` on, some at each step.
struct Prefetch {
  const float* next;
  std::size_t lines_a_step;

  HWY_INLINE void step() {
    for (std::size_t line = 0; line < lines_a_step; ++line, next += line_floats)
      __builtin_prefetch(next, 0, 2);
  }
};

// Where a block's sums go: columns of y, which hold the sums of the inputs before if there were any.
struct Target {
  float* y;
  std::size_t stride, columns;
  bool begun;
  float* row(std::size_t r) const { return y + r * stride; }
};

// The last columns of a weight whose outputs do not fill a panel.
template <std::size_t R, std::size_t V>
HWY_NOINLINE void store_part(const RegisterBlock<R, V>& block, const Target& to) {
  constexpr std::size_t width = V * hn::MaxLanes(hn::ScalableTag<float>());
  HWY_ALIGN float sums[R * width];
  block.store(sums, width);
  for (std::size_t r = 0; r < R; ++r)
    for (std::size_t c = 0; c < to.columns; ++c) {
      const float sum = sums[r * width + c];
      to.row(r)[c] = to.begun ? to.row(r)[c] + sum : sum;
    }
}

// R rows of y [R, V vectors] from x [R, inputs] and the panel's columns [inputs, V vectors].
template <std::size_t R, std::size_t V>
HWY_INLINE void multiply_block(Rows x, Rows columns, std::size_t inputs, const Target& to,
                               Prefetch& prefetch) {
  RegisterBlock<R, V> block;
  block.clear();
  std::size_t i = 0;
  Prefetch ahead = prefetch;  // in registers
  for (; i + step_inputs <= inputs; i += step_inputs) {
    ahead.step();
    for (std::size_t k = i; k < i + step_inputs; ++k) {
      for (std::size_t line = 0; line < V * hn::Lanes(hn::ScalableTag<float>()); line += line_floats)
        __builtin_prefetch(columns.row(k + step_inputs) + line, 0, 3);
      block.add_products({x.data + k, x.stride}, {columns.row(k), columns.stride}, 1);
    }
  }
  prefetch = ahead;
  block.add_products({x.data + i, x.stride}, {columns.row(i), columns.stride}, inputs - i);
  if (to.columns < V * hn::Lanes(hn::ScalableTag<float>())) return store_part(block, to);
  if (to.begun) block.add(to.y, to.stride);
  block.store(to.y, to.stride);
}

// For all rows.
template <std::size_t V>
void multiply_columns(Rows x, std::size_t rows, Rows columns, std::size_t inputs, const Target& to,
                      Prefetch prefetch) {
  for_even_blocks(rows, [&]<std::size_t R>(std::size_t r) {
    multiply_block<R, V>({x.row(r), x.stride}, columns, inputs, {to.row(r), to.stride, to.columns, to.begun},
                         prefetch);
  });
}

void multiply_panel(const float* x, std::size_t x_stride, std::size_t rows, const Panel& panel, float* y,
                    std::size_t y_stride) {
  constexpr std::size_t V = block_vectors;
  const std::size_t width = V * hn::Lanes(hn::ScalableTag<float>());
  const std::size_t blocks = std::max<std::size_t>(1, blocks_of(rows));
  for (std::size_t o = 0; o < panel.outputs; o += width) {
    // The next panel's lines, spread over all steps of this one; each group of columns fetches its share.
    const std::size_t lines = width / line_floats * step_inputs;
    const Prefetch prefetch = panel.next
                                  ? Prefetch{panel.next + o * panel.inputs, (lines + blocks - 1) / blocks}
                                  : Prefetch{nullptr, 0};
    multiply_columns<V>({x, x_stride}, rows, {panel.data + o, panel_outputs}, panel.inputs,
                        {y + o, y_stride, std::min(width, panel.outputs - o), panel.begun}, prefetch);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace logitlens
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace logitlens {

HWY_EXPORT(multiply_panel);

void panel_product(const float* x, std::size_t x_stride, std::size_t rows, const Panel& panel, float* y,
                   std::size_t y_stride) {
  HWY_DYNAMIC_DISPATCH(multiply_panel)(x, x_stride, rows, panel, y, y_stride);
}

}  // namespace logitlens
#endif  // HWY_ONCE
