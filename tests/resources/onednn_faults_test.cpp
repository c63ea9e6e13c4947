// Memory that runs out inside oneDNN while it compiles a product or a copy: an error, after which the same works.
#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "base/cpu.h"
#include "kernels/gemm_int8.h"
#include "resources/failing_new.h"

namespace logitlens {
namespace {

using test::Failing, test::Whose;

// y = x W^T with every element of x and of W one: `in` everywhere. False where memory ran out.
bool product_of_ones(std::size_t rows, std::size_t in, std::size_t out) {
  const auto gemm = GemmInt8::create(rows, in, out);
  if (!gemm.ok()) {
    EXPECT_EQ(gemm.error().code, Code::memory) << gemm.error().message();
    return false;
  }
  const auto aligned = [](std::vector<std::int8_t>& bytes) {
    return bytes.data() + (64 - reinterpret_cast<std::uintptr_t>(bytes.data()) % 64) % 64;
  };
  const std::vector<std::int8_t> weight(out * in, 1);
  const std::vector<std::uint8_t> x(rows * in, GemmInt8::zero + 1);
  std::vector<std::int32_t> y(rows * out);
  std::vector<std::int8_t> packed(gemm->packed_bytes() + 64), scratch(gemm->scratch_bytes() + 64);
  if (!gemm->pack(weight.data(), aligned(packed))) return false;
  if (!gemm->run(x.data(), aligned(packed), y.data(), aligned(scratch))) return false;
  EXPECT_EQ(y, std::vector<std::int32_t>(rows * out, static_cast<std::int32_t>(in)));
  return true;
}

TEST(OneDnnFaults, AreForgotten) {
  if (!has_int8_products()) GTEST_SKIP() << "no products of bytes here";
  ASSERT_TRUE(product_of_ones(3, 64, 32));  // what is booked once
  std::size_t noticed = 0;
  for (std::size_t n = 1;; ++n) {
    const std::size_t in = 64 + n;  // a shape that oneDNN has not seen
    SCOPED_TRACE(testing::Message() << "oneDNN's allocation " << n);
    test::start_failing(n, Failing::once, nullptr, Whose::onednn);
    const bool done = product_of_ones(3, in, 32);
    const std::size_t allocations = test::stop_failing();
    if (allocations < n) break;
    noticed += done ? 0 : 1;
    ASSERT_TRUE(product_of_ones(3, in, 32));
  }
  EXPECT_GT(noticed, 0u);
}

}  // namespace
}  // namespace logitlens
