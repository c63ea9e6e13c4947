#include "kernels/gemm.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "base/address_space.h"
#include "base/checked.h"
#include "base/cpu.h"
#include "kernels/attention_products.h"
#include "kernels/onednn.h"

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

dnnl::memory::desc matrix(std::size_t rows, std::size_t cols, Tag tag) {
  return {{static_cast<dnnl::memory::dim>(rows), static_cast<dnnl::memory::dim>(cols)},
          dnnl::memory::data_type::f32,
          tag};
}

// For the code of a few products: oneDNN writes to the memory for it without looking whether it got any.
constexpr std::size_t room_for_code = std::size_t{8} << 20;

}  // namespace

struct Gemm::Impl {
  dnnl::matmul::primitive_desc description;
  dnnl::matmul product;
};

Result<Gemm> Gemm::create(std::size_t rows, std::size_t in, std::size_t out, WeightLayout layout) {
  if (!has_address_space(room_for_code))
    return Error{.code = Code::memory,
                 .file = "",
                 .field = "memory",
                 .found = "no room for the code of a matrix product",
                 .expected = "",
                 .remedy = "Close other programs, or raise the limit (ulimit -v)",
                 .names = {}};
  try {
    const SingleThreadScope single;
    dnnl::primitive_attr attributes;
    attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    const dnnl::matmul::desc operation(matrix(rows, in, Tag::ab), matrix(in, out, tag_of(layout)),
                                       matrix(rows, out, Tag::ab));
    auto impl = std::make_shared<Impl>();
    impl->description = dnnl::matmul::primitive_desc(operation, attributes, cpu_engine());
    impl->product = dnnl::matmul(impl->description);
    Gemm gemm;
    gemm.impl_ = std::move(impl);
    return gemm;
  } catch (const dnnl::error& fault) {
    return Error{.code = fault.status == dnnl_out_of_memory ? Code::memory : Code::internal,
                 .file = "",
                 .field = "matrix product",
                 .found = fmt::format("oneDNN: {} for {} x {} x {}", fault.what(), rows, in, out),
                 .expected = "",
                 .remedy = "",
                 .names = {}};
  }
}

std::size_t Gemm::scratch_bytes() const { return impl_->description.scratchpad_desc().get_size(); }

bool Gemm::run(const float* x, const float* weight, float* y, void* scratch) const {
  try {
    const SingleThreadScope single;
    // oneDNN's handles are not const; a product reads x and weight only.
    const auto& d = impl_->description;
    impl_->product.execute(
        thread_stream(),
        {{DNNL_ARG_SRC, dnnl::memory(d.src_desc(), cpu_engine(), const_cast<float*>(x))},
         {DNNL_ARG_WEIGHTS, dnnl::memory(d.weights_desc(), cpu_engine(), const_cast<float*>(weight))},
         {DNNL_ARG_DST, dnnl::memory(d.dst_desc(), cpu_engine(), y)},
         {DNNL_ARG_SCRATCHPAD, dnnl::memory(d.scratchpad_desc(), cpu_engine(), scratch)}});
    return true;
  } catch (const dnnl::error&) {
    return false;
  }
}

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
