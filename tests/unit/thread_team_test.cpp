#include "base/thread_team.h"

#include <gtest/gtest.h>

#include <atomic>
#include <new>
#include <vector>

#include "base/no_throw.h"

namespace logitlens {
namespace {

TEST(ThreadTeam, EveryTaskOnceByAWorkerOfTheTeam) {
  for (int threads : {1, 2, 4}) {
    ThreadTeam team(threads);
    EXPECT_EQ(team.size(), threads);
    for (std::size_t tasks : {0u, 1u, 2u, 3u, 1000u}) {
      std::vector<std::atomic<int>> seen(tasks);
      std::atomic<bool> strange = false;
      team.parallel_for(tasks, [&](std::size_t task, int worker) {
        ++seen[task];
        if (worker < 0 || worker >= threads) strange = true;
      });
      EXPECT_FALSE(strange);
      for (const auto& times : seen) EXPECT_EQ(times, 1);
    }
  }
}

TEST(ThreadTeam, ZeroIsOneThreadACore) { EXPECT_EQ(ThreadTeam(0).size(), available_cores()); }

TEST(ThreadTeam, ManyShortRoundsFollowEachOther) {
  ThreadTeam team(4);
  std::atomic<std::size_t> sum = 0;
  for (std::size_t round = 0; round < 2000; ++round)
    team.parallel_for(3, [&](std::size_t task, int) { sum += task + 1; });
  EXPECT_EQ(sum, 2000u * 6);
}

TEST(ThreadTeam, WhatATaskThrowsReachesTheCallerAndTheTeamGoesOn) {
  ThreadTeam team(3);
  for (int round = 0; round < 50; ++round) {
    EXPECT_THROW(team.parallel_for(20,
                                   [](std::size_t task, int) {
                                     if (task % 7 == 3) throw std::bad_alloc();
                                   }),
                 std::bad_alloc);
    std::atomic<int> done = 0;
    team.parallel_for(20, [&](std::size_t, int) { ++done; });
    EXPECT_EQ(done, 20);
  }
}

TEST(NoThrow, WhatIsThrownBecomesAnError) {
  const auto memory = no_throw([]() -> Status { throw std::bad_alloc(); });
  ASSERT_FALSE(memory.ok());
  EXPECT_EQ(memory.error().code, Code::memory);
  const auto bug = no_throw([]() -> Result<int> { throw std::runtime_error("out of cheese"); });
  ASSERT_FALSE(bug.ok());
  EXPECT_EQ(bug.error().code, Code::internal);
  EXPECT_NE(bug.error().message().find("out of cheese"), std::string::npos);
  EXPECT_EQ(*no_throw([]() -> Result<int> { return 7; }), 7);
}

}  // namespace
}  // namespace logitlens
