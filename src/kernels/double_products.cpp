#include "kernels/double_products.h"

#include <algorithm>

#include "base/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/double_products.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "kernels/simd_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace logitlens {
namespace HWY_NAMESPACE {

using Doubles = hn::CappedTag<double, 8>;

// Four rows of the result at once, three vectors each: twelve sums in registers.
// sums[i][0 .. 3 vectors) += sum over k of a[k * a_stride + i] * b[k * b_stride + 0 .. 3 vectors)
HWY_INLINE void add_block(const double* a, std::size_t a_stride, const double* b, std::size_t b_stride,
                          std::size_t n, double* sums, std::size_t stride) {
  const Doubles d;
  const std::size_t lanes = hn::Lanes(d);
  auto s00 = hn::Zero(d), s01 = s00, s02 = s00, s10 = s00, s11 = s00, s12 = s00, s20 = s00, s21 = s00,
       s22 = s00, s30 = s00, s31 = s00, s32 = s00;
  for (std::size_t k = 0; k < n; ++k, a += a_stride, b += b_stride) {
    const auto b0 = hn::LoadU(d, b), b1 = hn::LoadU(d, b + lanes), b2 = hn::LoadU(d, b + 2 * lanes);
    const auto a0 = hn::Set(d, a[0]), a1 = hn::Set(d, a[1]), a2 = hn::Set(d, a[2]), a3 = hn::Set(d, a[3]);
    s00 = hn::MulAdd(a0, b0, s00), s01 = hn::MulAdd(a0, b1, s01), s02 = hn::MulAdd(a0, b2, s02);
    s10 = hn::MulAdd(a1, b0, s10), s11 = hn::MulAdd(a1, b1, s11), s12 = hn::MulAdd(a1, b2, s12);
    s20 = hn::MulAdd(a2, b0, s20), s21 = hn::MulAdd(a2, b1, s21), s22 = hn::MulAdd(a2, b2, s22);
    s30 = hn::MulAdd(a3, b0, s30), s31 = hn::MulAdd(a3, b1, s31), s32 = hn::MulAdd(a3, b2, s32);
  }
  const auto add = [&](std::size_t i, auto v0, auto v1, auto v2) {
    double* to = sums + i * stride;
    hn::StoreU(hn::Add(hn::LoadU(d, to), v0), d, to);
    hn::StoreU(hn::Add(hn::LoadU(d, to + lanes), v1), d, to + lanes);
    hn::StoreU(hn::Add(hn::LoadU(d, to + 2 * lanes), v2), d, to + 2 * lanes);
  };
  add(0, s00, s01, s02), add(1, s10, s11, s12), add(2, s20, s21, s22), add(3, s30, s31, s32);
}

void gram_stripe(const double* p, std::size_t n, std::size_t width, std::size_t first, std::size_t stripe,
                 double* s) {
  const std::size_t step = 3 * hn::Lanes(Doubles());
  for (std::size_t j = first; j < width; j += step)
    for (std::size_t i = first; i < first + stripe; i += double_rows)
      add_block(p + i, width, p + j, width, n,
                s + (j / double_tile * width + i) * double_tile + j % double_tile, double_tile);
}

// A tile of columns stays in the cache for all rows: t[r][j] = sum over i of x[r][i] s[i][j], i within `n` rows from
// `first` on.
void forms(const double* x, std::size_t blocks, std::size_t width, const double* s, double* values) {
  const std::size_t step = 3 * hn::Lanes(Doubles());
  HWY_ALIGN double t[double_rows * double_tile];
  const auto add_part = [&](const double* block, std::size_t tile, std::size_t first, std::size_t n,
                            double times, double* value) {
    std::fill_n(t, double_rows * double_tile, 0.0);
    for (std::size_t j = 0; j < double_tile; j += step)
      add_block(block + first * double_rows, double_rows,
                s + (tile / double_tile * width + first) * double_tile + j, double_tile, n, t + j,
                double_tile);
    for (std::size_t r = 0; r < double_rows; ++r)
      for (std::size_t j = 0; j < double_tile; ++j)
        value[r] += times * t[r * double_tile + j] * block[(tile + j) * double_rows + r];
  };
  std::fill_n(values, blocks * double_rows, 0.0);
  for (std::size_t tile = 0; tile < width; tile += double_tile)
    for (std::size_t b = 0; b < blocks; ++b) {
      const double* block = x + b * width * double_rows;  // [width, double_rows]
      add_part(block, tile, 0, tile, 2.0,
               values + b * double_rows);  // what lies above the diagonal counts twice
      add_part(block, tile, tile, double_tile, 1.0, values + b * double_rows);
    }
}

using Floats = hn::Rebind<float, Doubles>;  // as many floats as a vector of doubles holds

HWY_INLINE hn::Vec<Doubles> load_doubles(const double* p, std::size_t count) {
  return load_part(Doubles(), p, count);
}
HWY_INLINE hn::Vec<Doubles> load_doubles(const float* p, std::size_t count) {
  return hn::PromoteTo(Doubles(), load_part(Floats(), p, count));
}

// Two sums, so that one need not wait for the other.
template <class T>
HWY_INLINE double dot(const float* x, const T* y, std::size_t n) {
  const Doubles d;
  const std::size_t lanes = hn::Lanes(d);
  auto even = hn::Zero(d), odd = hn::Zero(d);
  std::size_t i = 0;
  for (; i + 2 * lanes <= n; i += 2 * lanes) {
    even = hn::MulAdd(load_doubles(x + i, lanes), load_doubles(y + i, lanes), even);
    odd = hn::MulAdd(load_doubles(x + i + lanes, lanes), load_doubles(y + i + lanes, lanes), odd);
  }
  for (; i < n; i += lanes) even = hn::MulAdd(load_doubles(x + i, n - i), load_doubles(y + i, n - i), even);
  return hn::GetLane(hn::SumOfLanes(d, hn::Add(even, odd)));
}

double dot_of_doubles(const float* x, const double* y, std::size_t n) { return dot(x, y, n); }
double dot_of_floats(const float* x, const float* y, std::size_t n) { return dot(x, y, n); }

}  // namespace HWY_NAMESPACE
}  // namespace logitlens
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace logitlens {

HWY_EXPORT(gram_stripe);
HWY_EXPORT(forms);
HWY_EXPORT(dot_of_doubles);
HWY_EXPORT(dot_of_floats);

void add_gram_stripe(const double* p, std::size_t n, std::size_t width, std::size_t first, std::size_t stripe,
                     double* s) {
  HWY_DYNAMIC_DISPATCH(gram_stripe)(p, n, width, first, stripe, s);
}

void quadratic_forms(const double* x, std::size_t blocks, std::size_t width, const double* s,
                     double* values) {
  HWY_DYNAMIC_DISPATCH(forms)(x, blocks, width, s, values);
}

double dot_double(const float* x, const double* y, std::size_t n) {
  return HWY_DYNAMIC_DISPATCH(dot_of_doubles)(x, y, n);
}

double dot_double(const float* x, const float* y, std::size_t n) {
  return HWY_DYNAMIC_DISPATCH(dot_of_floats)(x, y, n);
}

}  // namespace logitlens
#endif  // HWY_ONCE
