// What the matrix products share of oneDNN. Included by them alone.
#pragma once

#include <omp.h>

#include <dnnl.hpp>

namespace logitlens {

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

inline const dnnl::engine& cpu_engine() {
  static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

inline dnnl::stream& thread_stream() {
  static thread_local dnnl::stream stream(cpu_engine());
  return stream;
}

}  // namespace logitlens
