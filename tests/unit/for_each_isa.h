// Runs a test once on every instruction set that this build has kernels for and this processor can run.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "base/cpu.h"
#include "base/simd_targets.h"

namespace logitlens {

template <class Test>
void for_each_isa(const Test& test) {
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    hwy::SetSupportedTargetsForTest(target);
    SCOPED_TRACE("instruction set " + std::string(active_isa()));
    test();
  }
  hwy::SetSupportedTargetsForTest(0);
}

// Floats at an address that is no multiple of anything, ending where the allocation ends: what a file gives.
class UnalignedFloats {
 public:
  explicit UnalignedFloats(const std::vector<float>& values, std::size_t offset = 1)
      : offset_(offset), count_(values.size()), bytes_(offset + values.size() * sizeof(float)) {
    if (count_ > 0) std::memcpy(bytes_.data() + offset_, values.data(), count_ * sizeof(float));
  }
  float* data() { return static_cast<float*>(static_cast<void*>(bytes_.data() + offset_)); }
  std::vector<float> values() const {
    std::vector<float> copy(count_);
    if (count_ > 0) std::memcpy(copy.data(), bytes_.data() + offset_, count_ * sizeof(float));
    return copy;
  }

 private:
  std::size_t offset_, count_;
  std::vector<char> bytes_;
};

// NaN and the sign of zero included.
inline bool same_bytes(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() &&
         (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0);
}

}  // namespace logitlens
