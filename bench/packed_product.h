// A float32 matrix product of oneDNN with weights packed beforehand: what this machine can do at best, apart from our
// engine. y [rows, out] = x [rows, in] W [in, out], on the calling thread alone.
#pragma once

#include <omp.h>

#include <cstddef>
#include <dnnl.hpp>
#include <random>
#include <vector>

namespace logitlens::bench {

inline dnnl::engine& cpu_engine() {
  static dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

class PackedProduct {
 public:
  PackedProduct(dnnl::memory::dim rows, dnnl::memory::dim in, dnnl::memory::dim out)
      : rows_(rows), in_(in), out_(out), stream_(cpu_engine()) {
    using Tag = dnnl::memory::format_tag;
    omp_set_num_threads(1);  // oneDNN's team for calls of this thread
    const auto matrix = [](dnnl::memory::dim m, dnnl::memory::dim n, Tag tag) {
      return dnnl::memory::desc({m, n}, dnnl::memory::data_type::f32, tag);
    };
    const dnnl::matmul::desc operation(matrix(rows, in, Tag::ab), matrix(in, out, Tag::any),
                                       matrix(rows, out, Tag::ab));
    const dnnl::matmul::primitive_desc description(operation, cpu_engine());
    product_ = dnnl::matmul(description);
    x_ = filled(matrix(rows, in, Tag::ab), 1);
    y_ = dnnl::memory(description.dst_desc(), cpu_engine());
    dnnl::memory plain = filled(matrix(in, out, Tag::ab), 2);
    weight_ = dnnl::memory(description.weights_desc(), cpu_engine());
    dnnl::reorder(plain, weight_).execute(stream_, plain, weight_);
    stream_.wait();
  }

  void run() {
    omp_set_num_threads(1);
    product_.execute(stream_, {{DNNL_ARG_SRC, x_}, {DNNL_ARG_WEIGHTS, weight_}, {DNNL_ARG_DST, y_}});
    stream_.wait();
  }

  double operations() const {
    return 2.0 * static_cast<double>(rows_) * static_cast<double>(in_) * static_cast<double>(out_);
  }

 private:
  static dnnl::memory filled(const dnnl::memory::desc& layout, unsigned seed) {
    dnnl::memory memory(layout, cpu_engine());
    std::mt19937 random(seed);
    std::uniform_real_distribution<float> uniform(-1, 1);
    auto* values = static_cast<float*>(memory.get_data_handle());
    for (std::size_t i = 0; i < layout.get_size() / sizeof(float); ++i) values[i] = uniform(random);
    return memory;
  }

  dnnl::memory::dim rows_, in_, out_;
  dnnl::stream stream_;
  dnnl::matmul product_;
  dnnl::memory x_, weight_, y_;
};

}  // namespace logitlens::bench
