// The instruction sets our kernels are compiled for, the best of which Highway picks at run time: on x86
// AVX-512, AVX2 and the baseline every 64-bit processor has; elsewhere what Highway offers. The sets between
// would cost a copy of every kernel each and serve few machines. Vectors of a size that only the machine knows (SVE) cannot
// stand in the arrays that products are added up in. Included before any Highway header, in every
// file that has SIMD code.
#pragma once

#define HWY_DISABLED_TARGETS \
  (HWY_SSSE3 | HWY_SSE4 | HWY_AVX3_DL | HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128)

#include <hwy/targets.h>
