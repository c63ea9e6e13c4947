// The nonlinearities between two dense layers, fused with the first one's bias.
//
// The gated ones are x times something that goes from 0 to 1: x g(x) with g(-x) = 1 - g(x). For a = |x|
//   x g(x) = max(x, 0) - a g(-a)
// in both halves, and a g(-a) is small and computed to a few ulp, so neither half loses digits to a
// subtraction from 1. a is clamped where a g(-a) has died out, which keeps every exponential in range. NaN
// stays NaN through max(x, 0).
#include "base/simd_targets.h"
#include "kernels/row_kernels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/activation.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "kernels/simd_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace logitlens {
namespace HWY_NAMESPACE {

template <class D>
HWY_INLINE hn::Vec<D> positive_part(D d, hn::Vec<D> x) {
  return hn::IfThenZeroElse(hn::Lt(x, hn::Zero(d)), x);
}

template <class D>
HWY_INLINE hn::Vec<D> clamped_abs(D d, hn::Vec<D> x, float largest) {
  return hn::Min(hn::Abs(x), hn::Set(d, largest));
}

// x sigmoid(s(x)) for odd s, given a = |x| and s(a).
template <class D>
HWY_INLINE hn::Vec<D> sigmoid_gate(D d, hn::Vec<D> x, hn::Vec<D> a, hn::Vec<D> s) {
  const auto e = exp_float(d, hn::Neg(s));
  return hn::Sub(positive_part(d, x), hn::Div(hn::Mul(a, e), hn::Add(hn::Set(d, 1.0f), e)));
}

struct GeluErf {
  // x Phi(x); Phi(-a) = exp(-a^2 / 2) R(a), R(a) a polynomial in t = 1 / (1 + 0.35 a) (minimax for a <= 13.3,
  // 3.4e-8 relative), in the manner of Abramowitz and Stegun 7.1.26.
  template <class D>
  HWY_INLINE hn::Vec<D> operator()(D d, hn::Vec<D> x) const {
    const auto a = clamped_abs(d, x, 13.1f);
    const auto one = hn::Set(d, 1.0f);
    const auto t = hn::Div(one, hn::MulAdd(a, hn::Set(d, 0.35f), one));
    auto r = hn::Set(d, -2.9132193e-2f);
    r = hn::MulAdd(r, t, hn::Set(d, 0.14389658f));
    r = hn::MulAdd(r, t, hn::Set(d, -0.255541384f));
    r = hn::MulAdd(r, t, hn::Set(d, 0.158955783f));
    r = hn::MulAdd(r, t, hn::Set(d, -2.29445584e-2f));
    r = hn::MulAdd(r, t, hn::Set(d, 0.105431467f));
    r = hn::MulAdd(r, t, hn::Set(d, 0.119853981f));
    r = hn::MulAdd(r, t, hn::Set(d, 0.139858708f));
    r = hn::MulAdd(r, t, hn::Set(d, 0.139621601f));
    r = hn::Mul(r, t);
    const auto e = exp_float(d, hn::Mul(hn::Mul(a, a), hn::Set(d, -0.5f)));
    return hn::NegMulAdd(hn::Mul(a, e), r, positive_part(d, x));
  }
};

struct GeluTanh {
  // x/2 (1 + tanh u) = x sigmoid(2 u), u = sqrt(2/pi) (x + 0.044715 x^3). `gelu_fast` rounds sqrt(2/pi) to
  // ten digits, beyond float32.
  template <class D>
  HWY_INLINE hn::Vec<D> operator()(D d, hn::Vec<D> x) const {
    const auto a = clamped_abs(d, x, 9.9f);
    const auto slope = hn::MulAdd(hn::Mul(a, a), hn::Set(d, 0.0713548163f), hn::Set(d, 1.59576912f));
    return sigmoid_gate(d, x, a, hn::Mul(a, slope));
  }
};

struct QuickGelu {  // x sigmoid(1.702 x)
  template <class D>
  HWY_INLINE hn::Vec<D> operator()(D d, hn::Vec<D> x) const {
    const auto a = clamped_abs(d, x, 51.0f);
    return sigmoid_gate(d, x, a, hn::Mul(a, hn::Set(d, 1.702f)));
  }
};

struct Silu {  // x sigmoid(x)
  template <class D>
  HWY_INLINE hn::Vec<D> operator()(D d, hn::Vec<D> x) const {
    const auto a = clamped_abs(d, x, 87.0f);
    return sigmoid_gate(d, x, a, a);
  }
};

struct Gelu10 {  // clip(gelu, -10, 10); gelu never falls below -0.17
  template <class D>
  HWY_INLINE hn::Vec<D> operator()(D d, hn::Vec<D> x) const {
    const auto y = GeluErf()(d, x);
    const auto ten = hn::Set(d, 10.0f);
    return hn::IfThenElse(hn::Gt(y, ten), ten, y);
  }
};

struct Relu {
  template <class D>
  HWY_INLINE hn::Vec<D> operator()(D d, hn::Vec<D> x) const {
    return positive_part(d, x);
  }
};

struct Mish {
  // x tanh(log(1 + e^x)) = x m / (m + 2) with m = e^x (e^x + 2). From x = 20 on m / (m + 2) is 1.
  template <class D>
  HWY_INLINE hn::Vec<D> operator()(D d, hn::Vec<D> x) const {
    const auto two = hn::Set(d, 2.0f);
    const auto least = hn::Set(d, -87.0f);
    const auto raised = hn::IfThenElse(hn::Lt(x, least), least, x);  // keeps NaN
    const auto e = exp_float(d, hn::Min(raised, hn::Set(d, 20.0f)));
    const auto m = hn::Mul(e, hn::Add(e, two));
    return hn::Mul(raised, hn::Div(m, hn::Add(m, two)));
  }
};

struct Tanh {
  // (1 - e) / (1 + e) with e = exp(-2 |x|); near 0, where 1 - e would cancel, Cephes' odd polynomial.
  template <class D>
  HWY_INLINE hn::Vec<D> operator()(D d, hn::Vec<D> x) const {
    const auto a = clamped_abs(d, x, 20.0f);
    const auto one = hn::Set(d, 1.0f);
    const auto e = exp_float(d, hn::Mul(a, hn::Set(d, -2.0f)));
    const auto far = hn::CopySign(hn::Div(hn::Sub(one, e), hn::Add(one, e)), x);
    const auto z = hn::Mul(x, x);
    auto p = hn::Set(d, -5.70498873e-3f);
    p = hn::MulAdd(p, z, hn::Set(d, 2.06390888e-2f));
    p = hn::MulAdd(p, z, hn::Set(d, -5.37397156e-2f));
    p = hn::MulAdd(p, z, hn::Set(d, 0.133314422f));
    p = hn::MulAdd(p, z, hn::Set(d, -0.333332819f));
    const auto near = hn::MulAdd(hn::Mul(p, z), x, x);
    return hn::IfThenElse(hn::Ge(hn::Abs(x), hn::Set(d, 0.625f)), far, near);  // NaN: near
  }
};

template <class Function>
void apply(Function function, const float* x, const float* bias, float* y, std::size_t n) {
  const hn::ScalableTag<float> d;
  const std::size_t lanes = hn::Lanes(d);
  for (std::size_t i = 0; i < n; i += lanes) {
    auto v = load_part(d, x + i, n - i);
    if (bias) v = hn::Add(v, load_part(d, bias + i, n - i));
    store_part(d, function(d, v), y + i, n - i);
  }
}

void activate_row(Activation activation, const float* x, const float* bias, float* y, std::size_t n) {
  switch (activation) {
    case Activation::gelu_erf: return apply(GeluErf(), x, bias, y, n);
    case Activation::gelu_tanh:
    case Activation::gelu_fast: return apply(GeluTanh(), x, bias, y, n);
    case Activation::quick_gelu: return apply(QuickGelu(), x, bias, y, n);
    case Activation::gelu_10: return apply(Gelu10(), x, bias, y, n);
    case Activation::relu: return apply(Relu(), x, bias, y, n);
    case Activation::silu: return apply(Silu(), x, bias, y, n);
    case Activation::mish: return apply(Mish(), x, bias, y, n);
    case Activation::tanh: return apply(Tanh(), x, bias, y, n);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace logitlens
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace logitlens {

HWY_EXPORT(activate_row);

void bias_activation(Activation activation, const float* x, const float* bias, float* y, std::size_t n) {
  HWY_DYNAMIC_DISPATCH(activate_row)(activation, x, bias, y, n);
}

}  // namespace logitlens
#endif  // HWY_ONCE
