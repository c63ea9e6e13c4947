// Many sweeps of one model at the same time: each gives what it gives alone. Under TSan this is the test for races.
#include <gtest/gtest.h>

#include <latch>
#include <thread>

#include "logitlens/logitlens.h"
#include "support/golden.h"

namespace logitlens {
namespace {

std::string document(const Model& model, std::string_view text, const SweepOptions& options) {
  Result<LensTable> table = model.sweep(text, options);
  if (!table.ok()) return table.error().message();
  table->run = {};
  const auto json = render(*table, "json");
  return json.ok() ? *json : json.error().message();
}

TEST(ConcurrentSweeps, ThousandOfOneModelAreLikeOne) {
  constexpr std::size_t sweeps = 1000;
  const auto model = Model::open(test::golden_folder("bert"));  // its weights are checked by whoever is first
  ASSERT_TRUE(model.ok()) << model.error().message();
  const std::vector<std::string> texts = {"the way you do anything", "the way", "anything you do"};
  std::vector<std::string> documents(sweeps);
  std::latch begin(sweeps);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < sweeps; ++i)
    threads.emplace_back([&, i] {
      begin.arrive_and_wait();
      documents[i] = document(*model, texts[i % texts.size()], {.threads = 1 + static_cast<int>(i % 2)});
    });
  for (std::thread& thread : threads) thread.join();
  const auto alone = Model::open(test::golden_folder("bert"));
  ASSERT_TRUE(alone.ok());
  for (std::size_t t = 0; t < texts.size(); ++t) {
    const std::string expected = document(*alone, texts[t], {.threads = 1});
    for (std::size_t i = t; i < sweeps; i += texts.size())
      EXPECT_TRUE(documents[i] == expected) << documents[i].substr(0, 200);
  }
}

}  // namespace
}  // namespace logitlens
