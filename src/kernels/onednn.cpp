#include "kernels/onednn.h"

#include <fmt/format.h>
#include <omp.h>

#include <exception>

#include "base/address_space.h"

namespace logitlens {

namespace {

// oneDNN runs on OpenMP and takes the calling thread's team size; ours is one thread a call, and the caller's own
// setting is put back.
class SingleThreadScope {
 public:
  SingleThreadScope() : before_(omp_get_max_threads()) { omp_set_num_threads(1); }
  ~SingleThreadScope() { omp_set_num_threads(before_); }
  SingleThreadScope(const SingleThreadScope&) = delete;
  SingleThreadScope& operator=(const SingleThreadScope&) = delete;

 private:
  int before_;
};

// Without oneDNN's cache of what it compiled: where memory runs out meanwhile, a promise that nobody keeps is left in it, on
// which the same would fail ever after. Compiling anew costs nothing that could be measured.
const dnnl::engine& cpu_engine() {
  static const dnnl::engine engine = [] {
    dnnl_set_primitive_cache_capacity(0);
    return dnnl::engine(dnnl::engine::kind::cpu, 0);
  }();
  return engine;
}

dnnl::stream& thread_stream() {
  static thread_local dnnl::stream stream(cpu_engine());
  return stream;
}

// oneDNN's handles are not const; what is passed as const is only read.
dnnl::memory memory_at(const dnnl::memory::desc& layout, const void* data) {
  return {layout, cpu_engine(), const_cast<void*>(data)};
}

// For the code of a few products: oneDNN writes to the memory for it without looking whether it got any.
constexpr std::size_t room_for_code = std::size_t{8} << 20;

}  // namespace

Result<OneDnnProduct> OneDnnProduct::compile(std::string_view name, std::size_t rows, std::size_t in,
                                             std::size_t out, const Describe& describe) {
  LL_TRY(require_address_space(room_for_code, "", "no room for the code of a matrix product", ""));
  try {
    const SingleThreadScope single;
    OneDnnProduct product;
    product.description_ = describe();
    product.product_ = dnnl::matmul(product.description_);
    return product;
  } catch (const std::exception& fault) {
    const auto* const known = dynamic_cast<const dnnl::error*>(&fault);
    return Error{.code = known && known->status != dnnl_out_of_memory ? Code::internal : Code::memory,
                 .file = "",
                 .field = std::string(name),
                 .found = fmt::format("oneDNN: {} for {} x {} x {}", fault.what(), rows, in, out),
                 .expected = "",
                 .remedy = "",
                 .names = {}};
  }
}

bool OneDnnProduct::run(const void* x, const void* weight, void* y, void* scratch) const {
  try {
    const SingleThreadScope single;
    product_.execute(thread_stream(),
                     {{DNNL_ARG_SRC, memory_at(description_.src_desc(), x)},
                      {DNNL_ARG_WEIGHTS, memory_at(description_.weights_desc(), weight)},
                      {DNNL_ARG_DST, memory_at(description_.dst_desc(), y)},
                      {DNNL_ARG_SCRATCHPAD, memory_at(description_.scratchpad_desc(), scratch)}});
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

dnnl::memory::desc onednn_matrix(std::size_t rows, std::size_t cols, dnnl::memory::data_type type,
                                 dnnl::memory::format_tag tag) {
  return {{static_cast<dnnl::memory::dim>(rows), static_cast<dnnl::memory::dim>(cols)}, type, tag};
}

dnnl::matmul::primitive_desc describe_product(const dnnl::memory::desc& x, const dnnl::memory::desc& weight,
                                              const dnnl::memory::desc& y, dnnl::primitive_attr attributes) {
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  return {dnnl::matmul::desc(x, weight, y), attributes, cpu_engine()};
}

std::string onednn_version() {
  const dnnl_version_t* v = dnnl_version();
  return fmt::format("oneDNN {}.{}.{}", v->major, v->minor, v->patch);
}

bool reorder(const dnnl::memory::desc& from_layout, const void* from, const dnnl::memory::desc& to_layout,
             void* to) {
  try {
    const SingleThreadScope single;
    dnnl::memory source = memory_at(from_layout, from), target = memory_at(to_layout, to);
    dnnl::reorder(source, target).execute(thread_stream(), source, target);
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

}  // namespace logitlens
