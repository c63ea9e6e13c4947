#include "base/cpu.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "for_each_isa.h"

namespace logitlens {
namespace {

// select_isa() decides once a process, so each case runs in a process of its own, which reports on standard
// error.
[[noreturn]] void report_selection(const char* wanted) {
  if (wanted)
    ::setenv("LOGITLENS_ISA", wanted, 1);
  else
    ::unsetenv("LOGITLENS_ISA");
  const Status status = select_isa();
  if (status.ok()) {
    std::fprintf(stderr, "runs %s", std::string(active_isa()).c_str());
    std::_Exit(0);
  }
  const Error& error = status.error();
  std::fprintf(stderr, "field %s; found %s; expected %s; remedy %s", error.field.c_str(), error.found.c_str(),
               error.expected.c_str(), error.remedy.c_str());
  std::_Exit(static_cast<int>(error.code));
}

class CpuDeathTest : public ::testing::Test {
 protected:
  void SetUp() override { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

bool has(std::int64_t target) { return (hwy::SupportedTargets() & target) != 0; }

TEST_F(CpuDeathTest, UnknownNameIsAUsageError) {
  EXPECT_EXIT(report_selection("avx9"), ::testing::ExitedWithCode(static_cast<int>(Code::usage)),
              "field LOGITLENS_ISA; found avx9; expected .*; remedy Unset it");
  EXPECT_EXIT(report_selection("AVX2"), ::testing::ExitedWithCode(static_cast<int>(Code::usage)),
              "found AVX2");
}

TEST_F(CpuDeathTest, ErrorListsWhatTheProcessorHas) {
  if (!has(HWY_AVX2)) GTEST_SKIP() << "needs AVX2";
  EXPECT_EXIT(report_selection("sse2"), ::testing::ExitedWithCode(2),
              has(HWY_AVX3) ? "expected avx2, avx512 " : "expected avx2 ");
}

TEST_F(CpuDeathTest, ForcesAvx2) {
  if (!has(HWY_AVX2)) GTEST_SKIP() << "needs AVX2";
  EXPECT_EXIT(report_selection("avx2"), ::testing::ExitedWithCode(0), "runs avx2");
}

TEST_F(CpuDeathTest, ForcesAvx512OrRefuses) {
  if (has(HWY_AVX3))
    EXPECT_EXIT(report_selection("avx512"), ::testing::ExitedWithCode(0), "runs avx512");
  else
    EXPECT_EXIT(report_selection("avx512"), ::testing::ExitedWithCode(2), "found avx512");
}

TEST_F(CpuDeathTest, UnsetOrEmptyTakesTheBest) {
  const char* best = has(HWY_AVX3) ? "runs avx512" : has(HWY_AVX2) ? "runs avx2" : "runs";
  EXPECT_EXIT(report_selection(nullptr), ::testing::ExitedWithCode(0), best);
  EXPECT_EXIT(report_selection(""), ::testing::ExitedWithCode(0), best);
}

TEST_F(CpuDeathTest, FollowsALimitSetForOneDnn) {
  if (!has(HWY_AVX3)) GTEST_SKIP() << "needs AVX-512";
  EXPECT_EXIT(
      {
        ::setenv("ONEDNN_MAX_CPU_ISA", "AVX2", 1);
        report_selection(nullptr);
      },
      ::testing::ExitedWithCode(0), "runs avx2");
}

TEST_F(CpuDeathTest, DecidesOnceForAllThreads) {
  if (!has(HWY_AVX2)) GTEST_SKIP() << "needs AVX2";
  EXPECT_EXIT(
      {
        ::setenv("LOGITLENS_ISA", "avx2", 1);
        std::vector<std::thread> threads;
        for (int i = 0; i < 4; ++i) threads.emplace_back([] { static_cast<void>(select_isa()); });
        for (std::thread& thread : threads) thread.join();
        report_selection("avx9");  // comes too late to matter
      },
      ::testing::ExitedWithCode(0), "runs avx2");
}

TEST(Cpu, EachTargetNamesItself) {
  std::set<std::string> names;
  for_each_isa([&] { names.emplace(active_isa()); });
  EXPECT_EQ(names.size(), hwy::SupportedAndGeneratedTargets().size());
  EXPECT_EQ(names.count("avx512"), has(HWY_AVX3) ? 1u : 0u);
  EXPECT_EQ(names.count("avx2"), has(HWY_AVX2) ? 1u : 0u);
}

}  // namespace
}  // namespace logitlens
