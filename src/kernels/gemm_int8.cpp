#include "kernels/gemm_int8.h"

#include <fmt/format.h>

#include "kernels/onednn.h"

namespace logitlens {

namespace {

using Tag = dnnl::memory::format_tag;
using Type = dnnl::memory::data_type;

dnnl::memory::desc matrix(std::size_t rows, std::size_t cols, Type type, Tag tag) {
  return {{static_cast<dnnl::memory::dim>(rows), static_cast<dnnl::memory::dim>(cols)}, type, tag};
}

// The product of a given height; where no layout of the weights is named, oneDNN chooses one.
dnnl::matmul::primitive_desc describe(std::size_t rows, std::size_t in, std::size_t out,
                                      const dnnl::memory::desc& weight) {
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  const dnnl::matmul::desc operation(matrix(rows, in, Type::s8, Tag::ab), weight,
                                     matrix(rows, out, Type::s32, Tag::ab));
  return {operation, attributes, cpu_engine()};
}

constexpr std::size_t usual_rows = 96;  // whose layout serves products of any height

}  // namespace

struct GemmInt8::Impl {
  dnnl::memory::desc plain_weight;  // [in, out] in oneDNN's order, as [out, in] lies in memory
  dnnl::matmul::primitive_desc description;
  dnnl::matmul product;
};

Result<GemmInt8> GemmInt8::create(std::size_t rows, std::size_t in, std::size_t out) {
  try {
    const SingleThreadScope single;
    auto impl = std::make_shared<Impl>();
    impl->plain_weight = matrix(in, out, Type::s8, Tag::ba);
    const auto usual = describe(usual_rows, in, out, matrix(in, out, Type::s8, Tag::any));
    impl->description = describe(rows, in, out, usual.weights_desc());
    impl->product = dnnl::matmul(impl->description);
    GemmInt8 gemm;
    gemm.impl_ = std::move(impl);
    return gemm;
  } catch (const dnnl::error& fault) {
    return Error{.code = fault.status == dnnl_out_of_memory ? Code::memory : Code::internal,
                 .file = "",
                 .field = "matrix product of bytes",
                 .found = fmt::format("oneDNN: {} for {} x {} x {}", fault.what(), rows, in, out),
                 .expected = "",
                 .remedy = "",
                 .names = {}};
  }
}

std::size_t GemmInt8::packed_bytes() const { return impl_->description.weights_desc().get_size(); }
std::size_t GemmInt8::scratch_bytes() const { return impl_->description.scratchpad_desc().get_size(); }

bool GemmInt8::pack(const std::int8_t* weight, void* packed) const {
  try {
    const SingleThreadScope single;
    dnnl::memory plain(impl_->plain_weight, cpu_engine(), const_cast<std::int8_t*>(weight));
    dnnl::memory blocked(impl_->description.weights_desc(), cpu_engine(), packed);
    dnnl::reorder(plain, blocked).execute(thread_stream(), plain, blocked);
    return true;
  } catch (const dnnl::error&) {
    return false;
  }
}

bool GemmInt8::run(const std::int8_t* x, const void* packed, std::int32_t* y, void* scratch) const {
  try {
    const SingleThreadScope single;
    const auto& d = impl_->description;
    // oneDNN's handles are not const; a product reads x and weight only.
    impl_->product.execute(
        thread_stream(),
        {{DNNL_ARG_SRC, dnnl::memory(d.src_desc(), cpu_engine(), const_cast<std::int8_t*>(x))},
         {DNNL_ARG_WEIGHTS, dnnl::memory(d.weights_desc(), cpu_engine(), const_cast<void*>(packed))},
         {DNNL_ARG_DST, dnnl::memory(d.dst_desc(), cpu_engine(), y)},
         {DNNL_ARG_SCRATCHPAD, dnnl::memory(d.scratchpad_desc(), cpu_engine(), scratch)}});
    return true;
  } catch (const dnnl::error&) {
    return false;
  }
}

}  // namespace logitlens
