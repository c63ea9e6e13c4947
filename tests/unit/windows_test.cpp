// Long texts in overlapping windows: where they are cut, where each position is read, and what is masked
// there.
#include "text/windows.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "support/tokens.h"
#include "text/masking.h"

namespace logitlens {
namespace {

using test::mask_id;
using test::tokens_of;

// [CLS], `count` tokens, [SEP].
std::vector<Token> text_of(std::size_t count) { return tokens_of(std::vector<int>(count, 10)); }

Windows cut(std::size_t count, std::size_t length, std::size_t stride = 0) {
  const auto windows = cut_windows(text_of(count), length, stride);
  EXPECT_TRUE(windows.ok());
  return *windows;
}

std::size_t read_in(const Windows& windows, int position) {
  return *windows.best_for(std::span(&position, 1));
}

TEST(Windows, ATextThatFitsIsOne) {
  for (std::size_t count : {0u, 1u, 8u}) {
    const Windows windows = cut(count, 10);
    EXPECT_EQ(windows.count(), 1u);
    EXPECT_EQ(windows.length, count + 2);
    for (std::size_t place = 0; place < windows.length; ++place) {
      EXPECT_EQ(windows.position(0, place), place);
      EXPECT_EQ(windows.place(0, place), place);
      EXPECT_EQ(read_in(windows, static_cast<int>(place)), 0u);
    }
  }
}

TEST(Windows, OverlapByHalfOfTheRoomAndEndWithTheText) {
  const Windows windows = cut(20, 10);  // 8 tokens of the text each
  EXPECT_EQ(windows.stride, 4u);
  EXPECT_EQ(windows.starts, (std::vector<std::size_t>{1, 5, 9, 13}));
  EXPECT_EQ(cut(21, 10).starts, (std::vector<std::size_t>{1, 5, 9, 13, 14}));
  EXPECT_EQ(cut(9, 10).starts, (std::vector<std::size_t>{1, 2}));
  EXPECT_EQ(cut(20, 9).starts, (std::vector<std::size_t>{1, 5, 9, 13, 14}));  // 7 each, 4 apart
  EXPECT_EQ(cut(20, 10, 8).starts, (std::vector<std::size_t>{1, 9, 13}));
  EXPECT_EQ(cut(4, 3).starts, (std::vector<std::size_t>{1, 2, 3, 4}));
}

TEST(Windows, HoldTheSpecialTokensAndASlice) {
  const Windows windows = cut(20, 10);
  std::vector<std::size_t> positions;
  for (std::size_t place = 0; place < windows.length; ++place)
    positions.push_back(windows.position(1, place));
  EXPECT_EQ(positions, (std::vector<std::size_t>{0, 5, 6, 7, 8, 9, 10, 11, 12, 21}));
  for (std::size_t place = 0; place < windows.length; ++place)
    EXPECT_EQ(windows.place(1, positions[place]), place);
  EXPECT_EQ(windows.place(1, 4), std::nullopt);
  EXPECT_EQ(windows.place(1, 13), std::nullopt);
}

// By the definition, over all windows.
std::size_t brute_force(const Windows& windows, std::size_t position) {
  std::size_t best = 0;
  std::ptrdiff_t best_context = -1;
  for (std::size_t w = 0; w < windows.count(); ++w) {
    if (position < windows.starts[w] || position >= windows.starts[w] + windows.room()) continue;
    const auto before = static_cast<std::ptrdiff_t>(position - windows.starts[w]);
    const auto after = static_cast<std::ptrdiff_t>(windows.room()) - 1 - before;
    const std::ptrdiff_t context = windows.only_before_counts ? before : std::min(before, after);
    if (context > best_context) best = w, best_context = context;
  }
  EXPECT_GE(best_context, 0) << "position " << position << " is in no window";
  return best;
}

TEST(Windows, EveryPositionIsReadWhereItSeesMost) {
  for (std::size_t count : {9u, 20u, 21u, 57u, 100u})
    for (std::size_t length : {3u, 4u, 9u, 10u, 40u})
      for (std::size_t stride : {0u, 1u, 2u, 5u})
        for (bool only_before : {false, true}) {
          if (stride > length - 2 || count + 2 <= length) continue;
          Windows windows = cut(count, length, stride);
          windows.only_before_counts = only_before;
          EXPECT_EQ(read_in(windows, 0), 0u);
          EXPECT_EQ(read_in(windows, static_cast<int>(count) + 1), windows.count() - 1);
          std::size_t earlier = 0;
          for (std::size_t position = 1; position <= count; ++position) {
            const std::size_t window = read_in(windows, static_cast<int>(position));
            EXPECT_EQ(window, brute_force(windows, position));
            EXPECT_GE(window, earlier);
            earlier = window;
          }
        }
}

TEST(Windows, SeveralPositionsNeedOneThatHoldsThemAll) {
  const Windows windows = cut(20, 10);  // 1-8, 5-12, 9-16, 13-20
  const auto best = [&](std::vector<int> positions) { return windows.best_for(positions); };
  EXPECT_EQ(best({8, 5}), 0u);  // 0 after it in the first, 0 before it in the second
  EXPECT_EQ(best({8, 9}), 1u);
  EXPECT_EQ(best({5, 12}), 1u);
  EXPECT_EQ(best({4, 12}), std::nullopt);
  EXPECT_EQ(best({4, 9}), std::nullopt);  // near enough, but no window holds both
  EXPECT_EQ(best({0, 21, 8, 9}), 1u);     // special tokens are everywhere
  EXPECT_EQ(best({0, 21}), 3u);
}

TEST(Windows, Refused) {
  EXPECT_EQ(cut_windows(text_of(20), 2, 0).error().code, Code::bad_input);
  const auto stride = cut_windows(text_of(20), 10, 9);
  ASSERT_FALSE(stride.ok());
  EXPECT_EQ(stride.error().code, Code::usage);
  EXPECT_EQ(stride.error().field, "--window-stride");
  EXPECT_EQ(stride.error().expected, "1 to 8, a window's tokens of the text");
}

TEST(MaskedWindows, EachPassMasksInItsOwnWindow) {
  std::vector<int> ids(20, 10);
  ids[0] = ids[19] = mask_id;  // positions 1 and 20
  const auto tokens = tokens_of(ids);
  const Windows windows = *cut_windows(tokens, 10, 0);
  const auto passes = plan_masks(Mask::each, tokens, mask_id, windows);
  ASSERT_TRUE(passes.ok());
  ASSERT_EQ(passes->size(), 20u);
  for (const MaskedSequence& pass : *passes) {
    EXPECT_EQ(pass.window, read_in(windows, pass.asked.front()));
    for (int position : pass.masked)
      EXPECT_TRUE(windows.place(pass.window, static_cast<std::size_t>(position)));
    EXPECT_EQ(std::ranges::count(pass.masked, 1), pass.window == 0);
    EXPECT_EQ(std::ranges::count(pass.masked, 20), pass.window == 3);
    EXPECT_EQ(std::ranges::count(pass.masked, pass.asked.front()), 1);
  }
}

TEST(MaskedWindows, NoneAndTheTextsOwnMasksTakeAPassAWindow) {
  std::vector<int> ids(20, 10);
  ids[0] = ids[19] = mask_id;
  const auto tokens = tokens_of(ids);
  const Windows windows = *cut_windows(tokens, 10, 0);
  const auto own = plan_masks(Mask{}, tokens, mask_id, windows);
  ASSERT_EQ(own->size(), 2u);
  EXPECT_EQ((*own)[0].asked, std::vector{1});
  EXPECT_EQ((*own)[1].asked, std::vector{20});
  EXPECT_EQ((*own)[1].masked, std::vector{20});
  const auto none = plan_masks(Mask::none, tokens, mask_id, windows);
  ASSERT_EQ(none->size(), 4u);
  std::vector<int> asked, all(22);
  std::iota(all.begin(), all.end(), 0);
  for (const MaskedSequence& pass : *none) asked.insert(asked.end(), pass.asked.begin(), pass.asked.end());
  EXPECT_EQ(asked, all);
}

TEST(MaskedWindows, AGroupThatNoWindowHoldsIsNamed) {
  const auto tokens = text_of(20);
  const Windows windows = *cut_windows(tokens, 10, 0);
  const auto refused = plan_masks(Mask::together({4, 12}), tokens, mask_id, windows);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, Code::usage);
  EXPECT_EQ(refused.error().field, "--mask");
  EXPECT_EQ(refused.error().found, "positions 4+12 together");
}

}  // namespace
}  // namespace logitlens
