#include "kernels/gemm.h"

#include <fmt/format.h>

#include "base/checked.h"
#include "base/cpu.h"
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

dnnl::memory::desc matrix(std::size_t rows, std::size_t cols, Tag tag) {
  return {{static_cast<dnnl::memory::dim>(rows), static_cast<dnnl::memory::dim>(cols)},
          dnnl::memory::data_type::f32,
          tag};
}

}  // namespace

struct Gemm::Impl {
  dnnl::matmul::primitive_desc description;
  dnnl::matmul product;
};

Result<Gemm> Gemm::create(std::size_t rows, std::size_t in, std::size_t out, WeightLayout layout) {
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
  return checked_mul(round_up(in, 16), round_up(out, 64));
}

bool pack(const float* weight, std::size_t in, std::size_t out, WeightLayout layout, float* to) {
  try {
    const SingleThreadScope single;
    dnnl::memory from(matrix(in, out, tag_of(layout)), cpu_engine(), const_cast<float*>(weight));
    dnnl::memory packed(matrix(in, out, Tag::BA16a64b), cpu_engine(), to);
    dnnl::reorder(from, packed).execute(thread_stream(), from, packed);
    return true;
  } catch (const dnnl::error&) {
    return false;
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
