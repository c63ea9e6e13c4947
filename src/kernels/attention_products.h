// The two products of one attention head, scores and context, for matrices that lie in a core's own caches.
//
// The register block of kernels/gemm.h without its panels: the keys are turned once for all queries. An element is one sum in
// the order of `depth`, a fused multiply-add a step, so its bytes depend on its own row and column alone.
#pragma once

#include <cstddef>

namespace logitlens {

// Rows of the second and third matrix start at multiples of this many floats, and hold as many: no row has a ragged end.
inline constexpr std::size_t attention_lanes = 16;

// c [rows, cols] = a [rows, depth] b [depth, cols]; cols a multiple of attention_lanes; strides in floats.
void attention_product(const float* a, std::size_t a_stride, const float* b, std::size_t b_stride, float* c,
                       std::size_t c_stride, std::size_t rows, std::size_t depth, std::size_t cols);

}  // namespace logitlens
