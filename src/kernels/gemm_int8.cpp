#include "kernels/gemm_int8.h"

#include "kernels/onednn.h"

namespace logitlens {

namespace {

using Tag = dnnl::memory::format_tag;
using Type = dnnl::memory::data_type;

// The product of a given height; where no layout of the weights is named, oneDNN chooses one.
dnnl::matmul::primitive_desc describe(std::size_t rows, std::size_t in, std::size_t out,
                                      const dnnl::memory::desc& weight) {
  dnnl::primitive_attr attributes;
  attributes.set_zero_points(DNNL_ARG_SRC, 0, {GemmInt8::zero});
  return describe_product(onednn_matrix(rows, in, Type::u8, Tag::ab), weight,
                          onednn_matrix(rows, out, Type::s32, Tag::ab), attributes);
}

constexpr std::size_t usual_rows = 96;  // whose layout serves products of any height

}  // namespace

struct GemmInt8::Impl {
  dnnl::memory::desc plain_weight;  // [in, out] in oneDNN's order, as [out, in] lies in memory
  OneDnnProduct product;
};

Result<GemmInt8> GemmInt8::create(std::size_t rows, std::size_t in, std::size_t out) {
  LL_ASSIGN(OneDnnProduct product, OneDnnProduct::compile("matrix product of bytes", rows, in, out, [&] {
              const auto usual = describe(usual_rows, in, out, onednn_matrix(in, out, Type::s8, Tag::any));
              return describe(rows, in, out, usual.weights_desc());
            }));
  GemmInt8 gemm;
  gemm.impl_ =
      std::make_shared<const Impl>(Impl{onednn_matrix(in, out, Type::s8, Tag::ba), std::move(product)});
  return gemm;
}

std::size_t GemmInt8::packed_bytes() const { return impl_->product.weight().get_size(); }
std::size_t GemmInt8::scratch_bytes() const { return impl_->product.scratch_bytes(); }

bool GemmInt8::pack(const std::int8_t* weight, void* packed) const {
  return reorder(impl_->plain_weight, weight, impl_->product.weight(), packed);
}

bool GemmInt8::run(const std::uint8_t* x, const void* packed, std::int32_t* y, void* scratch) const {
  return impl_->product.run(x, packed, y, scratch);
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

}  // namespace logitlens
