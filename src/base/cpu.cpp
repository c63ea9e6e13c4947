#include "base/cpu.h"

#include <dnnl.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <optional>

#include "base/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "base/cpu.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace logitlens {
namespace HWY_NAMESPACE {

// Compiled once for each instruction set: whichever copy the dispatch reaches tells its own name.
std::string_view name_of_this_target() {
  if (HWY_TARGET == HWY_AVX3) return "avx512";
  if (HWY_TARGET == HWY_AVX2) return "avx2";
  return HWY_ARCH_X86 ? "sse2" : "baseline";
}

}  // namespace HWY_NAMESPACE
}  // namespace logitlens
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace logitlens {

HWY_EXPORT(name_of_this_target);

std::string_view active_isa() { return HWY_DYNAMIC_DISPATCH(name_of_this_target)(); }

namespace {

enum class Isa { baseline, avx2, avx512 };  // ascending: each processor that has one has those before it

struct NamedIsa {
  std::string_view name;
  Isa isa;
};
constexpr std::array<NamedIsa, 2> selectable = {{{"avx2", Isa::avx2}, {"avx512", Isa::avx512}}};

Isa best_of_highway() {
  const std::int64_t targets = hwy::SupportedTargets();
  if (targets & HWY_AVX3) return Isa::avx512;
  return targets & HWY_AVX2 ? Isa::avx2 : Isa::baseline;
}

void limit_highway(Isa isa) {
  if (isa < Isa::avx512) hwy::DisableTargets(HWY_AVX3);
  if (isa < Isa::avx2) hwy::DisableTargets(HWY_AVX3 | HWY_AVX2);
}

// What oneDNN will compile for. Asking settles it for the process. The constants are sets of bits, a set a
// subset of the next.
Isa best_of_onednn() {
  const unsigned bits = static_cast<unsigned>(dnnl_get_effective_cpu_isa());
  const auto has = [bits](dnnl_cpu_isa_t isa) {
    return (bits & static_cast<unsigned>(isa)) == static_cast<unsigned>(isa);
  };
  if (has(dnnl_cpu_isa_avx512_core)) return Isa::avx512;
  return has(dnnl_cpu_isa_avx2) ? Isa::avx2 : Isa::baseline;
}

void limit_onednn(Isa isa) {
  // Refused once oneDNN has run; select_isa() then sees that it kept another set.
  // AVX-512 with its products of bytes, where the processor has them: the float32 kernels are the same.
  static_cast<void>(
      dnnl_set_max_cpu_isa(isa == Isa::avx512 ? dnnl_cpu_isa_avx512_core_vnni : dnnl_cpu_isa_avx2));
}

Result<Isa> parse_isa(std::string_view name, Isa best) {
  std::string supported;
  for (const NamedIsa& one : selectable) {
    if (one.isa > best) continue;
    if (one.name == name) return one.isa;
    supported += (supported.empty() ? "" : ", ") + std::string(one.name);
  }
  if (supported.empty())
    return usage_error("LOGITLENS_ISA", std::string(name),
                       "no value: this processor has neither avx2 nor avx512", "Unset it");
  return usage_error("LOGITLENS_ISA", std::string(name), supported + " (what this processor has)",
                     "Unset it or set it to one of these");
}

// Highway and oneDNN to the set that was named.
Status force_isa(std::string_view name) {
  LL_ASSIGN(const Isa wanted, parse_isa(name, best_of_highway()));
  limit_onednn(wanted);
  if (best_of_onednn() != wanted)
    return usage_error("LOGITLENS_ISA", std::string(name), "the set oneDNN uses in this process already",
                       "Unset it, or open a model before anything else in the process uses oneDNN");
  limit_highway(wanted);
  return ok_status();
}

// Nothing named: the best that both have, so that one name describes the whole computation. oneDNN may have
// less, by its own environment variable.
Status choose_isa() {
#if HWY_ARCH_X86
  limit_highway(std::min(best_of_highway(), best_of_onednn()));
#endif
  return ok_status();
}

}  // namespace

bool has_int8_products() {
  const auto bits = static_cast<unsigned>(dnnl_get_effective_cpu_isa());
  const auto vnni = static_cast<unsigned>(dnnl_cpu_isa_avx512_core_vnni);
  return active_isa() == "avx512" && (bits & vnni) == vnni;
}

Status select_isa() {
  static const Status status = [] {
    const char* name = std::getenv("LOGITLENS_ISA");
    return name && *name ? force_isa(name) : choose_isa();
  }();
  return status;
}

}  // namespace logitlens
#endif  // HWY_ONCE
