#include "kernels/top_list.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>
#include <vector>

#include "for_each_isa.h"

namespace logitlens {
namespace {

using Pairs = std::vector<std::pair<float, std::int32_t>>;

// Few distinct values, so that ties are common.
std::vector<float> row_with_ties(std::size_t n, unsigned seed, int distinct) {
  std::mt19937 random(seed);
  std::uniform_int_distribution<int> value(-distinct, distinct);
  std::vector<float> row(n);
  for (float& x : row) x = static_cast<float>(value(random)) * 0.25f;
  return row;
}

Pairs best_by_sorting(const std::vector<float>& row, std::size_t k) {
  Pairs all;
  for (std::size_t i = 0; i < row.size(); ++i) all.emplace_back(row[i], static_cast<std::int32_t>(i));
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : a.second < b.second;
  });
  all.resize(std::min(k, all.size()));
  return all;
}

Pairs pairs(const TopList& list) {
  Pairs result;
  for (const ScoredToken& token : list.sorted()) result.emplace_back(token.logit, token.id);
  return result;
}

void feed(TopList& list, const std::vector<float>& row, std::size_t first, std::size_t last,
          std::size_t tile) {
  for (std::size_t i = first; i < last; i += tile)
    list.update(row.data() + i, std::min(tile, last - i), static_cast<std::int32_t>(i));
}

TEST(TopList, EqualsSortingForAnyTileAndK) {
  for_each_isa([] {
    for (std::size_t n : {1u, 5u, 16u, 33u, 700u})
      for (int distinct : {0, 2, 1000000})
        for (std::size_t k : {1u, 2u, 5u, 40u, 1000u})
          for (std::size_t tile : {1u, 3u, 16u, 17u, 512u}) {
            const std::vector<float> row = row_with_ties(n, static_cast<unsigned>(n), distinct);
            TopList list(k);
            feed(list, row, 0, n, tile);
            ASSERT_EQ(pairs(list), best_by_sorting(row, k))
                << n << ' ' << distinct << ' ' << k << ' ' << tile;
          }
  });
}

TEST(TopList, MergesSegmentsInAnyOrder) {
  for_each_isa([] {
    const std::vector<float> row = row_with_ties(1000, 7, 20);
    for (std::size_t k : {1u, 7u, 100u}) {
      TopList low(k), high(k), both(k), reversed(k);
      feed(low, row, 0, 300, 64);
      feed(high, row, 300, 1000, 64);
      both.merge(low), both.merge(high);
      reversed.merge(high), reversed.merge(low);
      EXPECT_EQ(pairs(both), best_by_sorting(row, k));
      EXPECT_EQ(pairs(reversed), best_by_sorting(row, k));
    }
  });
}

TEST(TopList, HandlesRisingRows) {
  for_each_isa([] {
    std::vector<float> row(600);
    for (std::size_t i = 0; i < row.size(); ++i) row[i] = static_cast<float>(i);
    TopList list(3);
    feed(list, row, 0, row.size(), 512);
    EXPECT_EQ(pairs(list), (Pairs{{599, 599}, {598, 598}, {597, 597}}));
  });
}

TEST(TopList, KeepsLargeMagnitudesAndLeavesNaNOut) {
  for_each_isa([] {
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const std::vector<float> row = {nan, -1e30f, nan, 1e30f, -std::numeric_limits<float>::infinity(), nan, 0};
    TopList list(4);
    list.update(row.data(), row.size(), 10);
    EXPECT_EQ(pairs(list),
              (Pairs{{1e30f, 13}, {0.0f, 16}, {-1e30f, 11}, {-std::numeric_limits<float>::infinity(), 14}}));
  });
}

TEST(TopList, OfNothingIsEmpty) {
  const std::vector<float> row = {1, 2};
  TopList none(0), cleared(2);
  none.update(row.data(), 2, 0);
  none.merge(cleared);
  EXPECT_TRUE(none.sorted().empty());
  cleared.update(row.data(), 2, 0);
  cleared.clear();
  EXPECT_TRUE(cleared.sorted().empty());
  cleared.update(row.data(), 2, 5);
  EXPECT_EQ(pairs(cleared), (Pairs{{2, 6}, {1, 5}}));
}

}  // namespace
}  // namespace logitlens
