// What the kernels share: the ends of rows, and exponentials. Compiled once for each instruction set, hence
// the guard.
#if defined(LOGITLENS_KERNELS_SIMD_MATH_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef LOGITLENS_KERNELS_SIMD_MATH_INL_H_
#undef LOGITLENS_KERNELS_SIMD_MATH_INL_H_
#else
#define LOGITLENS_KERNELS_SIMD_MATH_INL_H_
#endif

#include <hwy/highway.h>

#include <cstddef>
#include <cstring>

HWY_BEFORE_NAMESPACE();
namespace logitlens {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// The first `count` elements at p, then `fill`. Never reads past them: the last, incomplete vector of a row
// goes through a buffer.
template <class D, class T = hn::TFromD<D>>
HWY_INLINE hn::Vec<D> load_part(D d, const T* p, std::size_t count, T fill = T{0}) {
  if (HWY_LIKELY(count >= hn::Lanes(d))) return hn::LoadU(d, p);
  HWY_ALIGN T buffer[hn::MaxLanes(d)];
  hn::Store(hn::Set(d, fill), d, buffer);
  std::memcpy(buffer, static_cast<const void*>(p), count * sizeof(T));  // weights lie at any address
  return hn::Load(d, buffer);
}

// Writes the first `count` elements only.
template <class D, class T = hn::TFromD<D>>
HWY_INLINE void store_part(D d, hn::Vec<D> v, T* p, std::size_t count) {
  if (HWY_LIKELY(count >= hn::Lanes(d))) return hn::StoreU(v, d, p);
  HWY_ALIGN T buffer[hn::MaxLanes(d)];
  hn::Store(v, d, buffer);
  std::memcpy(static_cast<void*>(p), buffer, count * sizeof(T));  // rows too
}

// Zero from element `count` on.
template <class D>
HWY_INLINE hn::Vec<D> keep_part(D d, hn::Vec<D> v, std::size_t count) {
  if (HWY_LIKELY(count >= hn::Lanes(d))) return v;
  return hn::IfThenElseZero(hn::FirstN(d, count), v);
}

using Doubles = hn::ScalableTag<double>;
using Floats = hn::Rebind<float, Doubles>;  // as many floats as a vector of doubles holds

// A long sum in several strands: one alone would wait for each addition.
struct Strands {
  static constexpr std::size_t count = 4;
  hn::Vec<Doubles> sums[count];

  HWY_INLINE void clear() {  // and no constructor: it would be compiled for another instruction set
    for (auto& sum : sums) sum = hn::Zero(Doubles());
  }

  HWY_INLINE double total() const {
    return hn::GetLane(
        hn::SumOfLanes(Doubles(), hn::Add(hn::Add(sums[0], sums[1]), hn::Add(sums[2], sums[3]))));
  }
};

// Calls step(strand, i) for every vector of n elements, the last of which may be a part of one.
template <class Step>
HWY_INLINE void for_strands(std::size_t n, const Step& step) {
  const std::size_t lanes = hn::Lanes(Doubles());
  std::size_t i = 0;
  for (; i + Strands::count * lanes <= n; i += Strands::count * lanes)
    for (std::size_t strand = 0; strand < Strands::count; ++strand) step(strand, i + strand * lanes);
  for (; i < n; i += lanes) step(0, i);
}

// exp(x), x clamped to [-87.33, 88.72] where the result is a normal number. Within 1.1 ulp.
// x = n ln2 + r with |r| <= ln2 / 2; exp(r) by a polynomial; n goes into the exponent.
template <class D>
HWY_INLINE hn::Vec<D> exp_float(D d, hn::Vec<D> x) {
  const hn::RebindToSigned<D> di;
  x = hn::Min(hn::Max(x, hn::Set(d, -87.33f)), hn::Set(d, 88.72f));
  const auto n = hn::NearestInt(hn::Mul(x, hn::Set(d, 1.44269504f)));
  const auto nf = hn::ConvertTo(d, n);
  // ln2 in two parts; the first has 15 bits, so that n times it is exact.
  auto r = hn::NegMulAdd(nf, hn::Set(d, 0.693145752f), x);
  r = hn::NegMulAdd(nf, hn::Set(d, 1.42860677e-6f), r);
  // 1 + r + r^2 q(r): minimax, 1.1e-8.
  auto q = hn::Set(d, 1.39349675e-3f);
  q = hn::MulAdd(q, r, hn::Set(d, 8.36324971e-3f));
  q = hn::MulAdd(q, r, hn::Set(d, 4.16664667e-2f));
  q = hn::MulAdd(q, r, hn::Set(d, 0.166665763f));
  q = hn::MulAdd(q, r, hn::Set(d, 0.5f));
  const auto p = hn::Add(hn::MulAdd(hn::Mul(r, r), q, r), hn::Set(d, 1.0f));
  return hn::BitCast(d, hn::Add(hn::BitCast(di, p), hn::ShiftLeft<23>(n)));
}

// exp(x) for x <= 0 in double, x clamped to >= -708. Relative error below 3e-10: enough for statistics, where
// only float32 would not be: weights of 1e-7 would cost a divergence of hundreds of nats its sixth decimal.
template <class D>
HWY_INLINE hn::Vec<D> exp_double(D d, hn::Vec<D> x) {
  const hn::RebindToSigned<D> di;
  x = hn::Max(x, hn::Set(d, -708.0));
  // Adding 1.5 * 2^52 rounds to an integer n and leaves it in the low bits, from where a shift takes it to
  // the exponent: AVX2 has no conversion from double to 64-bit integers.
  const auto rounder = hn::Set(d, 6755399441055744.0);
  const auto shifted = hn::MulAdd(x, hn::Set(d, 1.4426950408889634), rounder);
  const auto n = hn::Sub(shifted, rounder);
  const auto r = hn::NegMulAdd(n, hn::Set(d, 0.6931471805599453), x);
  // 1 + r + r^2 q(r): minimax, 2.3e-10.
  auto q = hn::Set(d, 1.9907576490675371e-4);
  q = hn::MulAdd(q, r, hn::Set(d, 1.3933644903815958e-3));
  q = hn::MulAdd(q, r, hn::Set(d, 8.3332860183288476e-3));
  q = hn::MulAdd(q, r, hn::Set(d, 4.1666464964514212e-2));
  q = hn::MulAdd(q, r, hn::Set(d, 0.16666666756428880));
  q = hn::MulAdd(q, r, hn::Set(d, 0.50000000134632139));
  const auto p = hn::Add(hn::MulAdd(hn::Mul(r, r), q, r), hn::Set(d, 1.0));
  return hn::BitCast(d, hn::Add(hn::BitCast(di, p), hn::ShiftLeft<52>(hn::BitCast(di, shifted))));
}

}  // namespace HWY_NAMESPACE
}  // namespace logitlens
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
