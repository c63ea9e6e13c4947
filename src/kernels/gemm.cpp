#include "kernels/gemm.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "base/checked.h"
#include "base/cpu.h"
#include "kernels/onednn.h"
#include "kernels/transpose.h"

namespace logitlens {

namespace {

using Tag = dnnl::memory::format_tag;

Tag tag_of(WeightLayout layout) {
  switch (layout) {
    case WeightLayout::out_in: return Tag::ba;
    case WeightLayout::in_out: return Tag::ab;
    case WeightLayout::packed: break;
  }
  return Tag::BA16a64b;
}

// Blocks of 64 outputs, one after another; in each, input by input, its 64 weights. Inputs are filled up to a multiple of 16.
constexpr std::size_t packed_inputs = 16, packed_outputs = 64;

}  // namespace

struct Gemm::Impl {
  OneDnnProduct product;
};

Result<Gemm> Gemm::create(std::size_t rows, std::size_t in, std::size_t out, WeightLayout layout) {
  const auto matrix = [](std::size_t m, std::size_t n, Tag tag) {
    return onednn_matrix(m, n, dnnl::memory::data_type::f32, tag);
  };
  LL_ASSIGN(OneDnnProduct product, OneDnnProduct::compile("matrix product", rows, in, out, [&] {
              return describe_product(matrix(rows, in, Tag::ab), matrix(in, out, tag_of(layout)),
                                      matrix(rows, out, Tag::ab));
            }));
  Gemm gemm;
  gemm.impl_ = std::make_shared<const Impl>(Impl{std::move(product)});
  return gemm;
}

std::size_t Gemm::scratch_bytes() const { return impl_->product.scratch_bytes(); }

bool Gemm::run(const float* x, const float* weight, float* y, void* scratch) const {
  return impl_->product.run(x, weight, y, scratch);
}

std::size_t gemm_row_step() { return active_isa() == "avx512" ? 6 : gemm_row_multiple; }

bool packing_pays() { return active_isa() == "avx512"; }

std::optional<std::size_t> packed_floats(std::size_t in, std::size_t out) {
  return checked_mul(round_up(in, packed_inputs), round_up(out, packed_outputs));
}

void pack(const float* weight, std::size_t in, std::size_t out, WeightLayout layout, float* to) {
  const std::size_t block_floats = round_up(in, packed_inputs) * packed_outputs;
  for (std::size_t first = 0; first < out; first += packed_outputs, to += block_floats) {
    const std::size_t outputs = std::min(packed_outputs, out - first);
    std::memset(to, 0, block_floats * sizeof(float));
    if (layout == WeightLayout::out_in)
      transpose(weight + first * in, in, to, packed_outputs, outputs, in);
    else
      for (std::size_t i = 0; i < in; ++i)
        std::memcpy(to + i * packed_outputs, static_cast<const void*>(weight + i * out + first),
                    outputs * sizeof(float));
  }
}

Error product_failure() {
  return {.code = Code::memory,
          .file = "",
          .field = "matrix product",
          .found = "a failure inside oneDNN",
          .expected = "",
          .remedy = "Close other programs and try again",
          .names = {}};
}

std::string gemm_library() {
  const dnnl_version_t* v = dnnl_version();
  return fmt::format("oneDNN {}.{}.{}", v->major, v->minor, v->patch);
}

}  // namespace logitlens
