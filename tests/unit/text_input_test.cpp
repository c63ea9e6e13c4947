// Texts before and after tokenizing: UTF-8, size, truncation, masking plans.
#include "text/text_input.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/tokens.h"
#include "text/masking.h"
#include "text/truncate.h"

namespace logitlens {
namespace {

TEST(Utf8, FirstInvalidByte) {
  EXPECT_EQ(first_invalid_utf8(""), std::nullopt);
  EXPECT_EQ(first_invalid_utf8("na\xC3\xAFve \xE6\x95\xB0 \xF0\x9F\x99\x82"), std::nullopt);
  EXPECT_EQ(first_invalid_utf8(std::string_view("a\0b", 3)), std::nullopt);
  EXPECT_EQ(first_invalid_utf8("\xED\x9F\xBF\xEE\x80\x80\xF4\x8F\xBF\xBF"),
            std::nullopt);  // beside the surrogates; the last
  EXPECT_EQ(first_invalid_utf8("ab\xFF"), 2u);
  EXPECT_EQ(first_invalid_utf8("a\x80"), 1u);     // a continuation byte alone
  EXPECT_EQ(first_invalid_utf8("\xC0\x80"), 0u);  // overlong
  EXPECT_EQ(first_invalid_utf8("\xC1\xBF"), 0u);
  EXPECT_EQ(first_invalid_utf8("x\xE0\x9F\xBF"), 1u);      // overlong
  EXPECT_EQ(first_invalid_utf8("x\xF0\x8F\xBF\xBF"), 1u);  // overlong
  EXPECT_EQ(first_invalid_utf8("x\xED\xA0\x80"), 1u);      // a surrogate
  EXPECT_EQ(first_invalid_utf8("x\xF4\x90\x80\x80"), 1u);  // past U+10FFFF
  EXPECT_EQ(first_invalid_utf8("x\xF5\x80\x80\x80"), 1u);
  EXPECT_EQ(first_invalid_utf8("\xC3\xA9\xE6\x95"), 2u);  // cut off
  EXPECT_EQ(first_invalid_utf8("\xE6\x95\x41"), 0u);
  EXPECT_EQ(first_invalid_utf8("\xF0\x9F\x99\xC2"), 0u);
}

TEST(TextInput, InvalidUtf8NamesTheByte) {
  const Status status = check_text("caf\xE9 noir");
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, Code::bad_input);
  EXPECT_EQ(status.error().field, "byte 3");
  EXPECT_EQ(status.error().found, "invalid UTF-8 (0xe9)");
  EXPECT_EQ(status.error().remedy, "Convert the text to UTF-8");
}

TEST(TextInput, SizeLimit) {
  std::string text(max_text_bytes, 'a');
  EXPECT_TRUE(check_text(text).ok());
  text += 'a';
  const Status status = check_text(text);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, Code::bad_input);
  EXPECT_EQ(status.error().found, "16777217 bytes");
  EXPECT_EQ(status.error().expected, "at most 16777216 (16 MiB)");
  EXPECT_EQ(status.error().remedy, "Split the text");
}

using test::mask_id;
using test::tokens_of;

std::vector<int> ids_of(const std::vector<Token>& tokens) {
  std::vector<int> ids;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    EXPECT_EQ(tokens[i].position, static_cast<int>(i));
    ids.push_back(tokens[i].id);
  }
  return ids;
}

TEST(FitLength, KeepsWhatFits) {
  auto tokens = tokens_of({10, 11});
  EXPECT_EQ(*fit_length(tokens, 4, MaxLength::refuse), 0u);
  EXPECT_EQ(*fit_length(tokens, 4, MaxLength::truncate), 0u);
  EXPECT_EQ(tokens.size(), 4u);
}

TEST(FitLength, TruncateKeepsTheFirstTokensAndTheClosingOne) {
  auto tokens = tokens_of({10, 11, 12, 13});
  EXPECT_EQ(*fit_length(tokens, 4, MaxLength::truncate), 2u);
  EXPECT_EQ(ids_of(tokens), (std::vector{2, 10, 11, 3}));
  EXPECT_TRUE(tokens.back().special);
}

TEST(FitLength, RefuseNamesBothNumbersAndTheWayOut) {
  auto tokens = tokens_of({10, 11, 12});
  const auto fitted = fit_length(tokens, 4, MaxLength::refuse);
  ASSERT_FALSE(fitted.ok());
  EXPECT_EQ(fitted.error().code, Code::bad_input);
  EXPECT_EQ(fitted.error().found, "5 tokens");
  EXPECT_EQ(fitted.error().expected, "at most 4, the model's positions");
  for (const char* way : {"--max-length truncate", "--max-length window"})
    EXPECT_NE(fitted.error().remedy.find(way), std::string::npos) << way;
  EXPECT_EQ(tokens.size(), 5u);
}

TEST(FitLength, NoRoomForTheSpecialTokens) {
  auto tokens = tokens_of({10});
  EXPECT_EQ(fit_length(tokens, 1, MaxLength::truncate).error().code, Code::bad_input);
  auto none = tokens_of({});
  EXPECT_EQ(fit_length(none, 1, MaxLength::truncate).error().code, Code::bad_input);
  auto tight = tokens_of({10});
  EXPECT_EQ(*fit_length(tight, 2, MaxLength::truncate), 1u);
  EXPECT_EQ(ids_of(tight), (std::vector{2, 3}));
}

// [CLS] a.. [SEP] b.. [SEP], the tokens of a pair.
std::vector<Token> pair_of(int first, int second) {
  auto tokens = tokens_of(std::vector<int>(static_cast<std::size_t>(first), 10));
  for (const Token& token : tokens_of(std::vector<int>(static_cast<std::size_t>(second), 20))) {
    if (token.position == 0) continue;
    tokens.push_back(token);
    tokens.back().position = static_cast<int>(tokens.size()) - 1;
    tokens.back().part = tokens.back().segment = 1;
  }
  return tokens;
}

// What the tokenizers crate keeps of pairs of texts, by its "longest_first".
TEST(FitLength, OfAPairTheLongerTextGivesWayFirst) {
  const auto kept = [](int first, int second, std::size_t room) {
    auto tokens = pair_of(first, second);
    const std::size_t before = tokens.size();
    const auto dropped = fit_length(tokens, room + 3, MaxLength::truncate);
    EXPECT_TRUE(dropped.ok());
    EXPECT_EQ(before - *dropped, tokens.size());
    const auto ids = ids_of(tokens);
    EXPECT_EQ(std::ranges::count(ids, 2) + std::ranges::count(ids, 3), 3);
    return std::pair(std::ranges::count(ids, 10), std::ranges::count(ids, 20));
  };
  using Kept = std::pair<std::ptrdiff_t, std::ptrdiff_t>;
  EXPECT_EQ(kept(2, 9, 7), Kept(2, 5));
  EXPECT_EQ(kept(9, 2, 7), Kept(5, 2));
  EXPECT_EQ(kept(3, 9, 7), Kept(3, 4));
  EXPECT_EQ(kept(9, 9, 7), Kept(3, 4));
  EXPECT_EQ(kept(9, 8, 7), Kept(4, 3));
  EXPECT_EQ(kept(8, 9, 7), Kept(3, 4));
  EXPECT_EQ(kept(9, 9, 8), Kept(4, 4));
  EXPECT_EQ(kept(0, 9, 4), Kept(0, 4));
  EXPECT_EQ(kept(9, 9, 1), Kept(0, 1));
  EXPECT_EQ(kept(9, 9, 0), Kept(0, 0));
  EXPECT_EQ(kept(4, 5, 9), Kept(4, 5));
}

using Plan = std::vector<std::pair<std::vector<int>, std::vector<int>>>;  // masked, asked

Plan plan(const Mask& mask, const std::vector<int>& words, std::optional<int> mask_token = mask_id) {
  const auto tokens = tokens_of(words);
  const auto sequences = plan_masks(mask, tokens, mask_token, one_window(tokens));
  EXPECT_TRUE(sequences.ok());
  Plan plan;
  for (const MaskedSequence& sequence : *sequences) plan.emplace_back(sequence.masked, sequence.asked);
  return plan;
}

TEST(Masking, EachMasksEveryTokenOfTheText) {
  EXPECT_EQ(plan(Mask::each, {10, 1, 12}), (Plan{{{1}, {1}}, {{2}, {2}}, {{3}, {3}}}));  // 1 = [UNK]
  EXPECT_EQ(plan(Mask{}, {10, 1}), plan(Mask::each, {10, 1}));
  EXPECT_EQ(plan(Mask::each, {}), Plan{});
}

TEST(Masking, AutomaticTakesTheTextsOwnMasksInOnePass) {
  EXPECT_EQ(plan(Mask{}, {mask_id, 11, mask_id}), (Plan{{{1, 3}, {1, 3}}}));
}

TEST(Masking, TheTextsOwnMasksStayInEveryPass) {
  EXPECT_EQ(plan(Mask::each, {10, mask_id}), (Plan{{{1, 2}, {1}}, {{2}, {2}}}));
  EXPECT_EQ(plan(Mask::at({1, 2}), {10, mask_id}), (Plan{{{1, 2}, {1}}, {{2}, {2}}}));
  EXPECT_EQ(plan(Mask::none, {10, mask_id}), (Plan{{{2}, {0, 1, 2, 3}}}));
}

TEST(Masking, NoneAsksForEveryPosition) {
  EXPECT_EQ(plan(Mask::none, {10}), (Plan{{{}, {0, 1, 2}}}));
  EXPECT_EQ(plan(Mask::none, {}), Plan{});  // an empty text has no rows
}

TEST(Masking, GroupsInTheirOrder) {
  EXPECT_EQ(plan(Mask::at({3, 0}), {10, 11, 12}), (Plan{{{3}, {3}}, {{0}, {0}}}));  // special tokens too
  EXPECT_EQ(plan(Mask::together({3, 1}), {10, 11, 12}), (Plan{{{1, 3}, {3, 1}}}));
}

TEST(Masking, WithoutAMaskToken) {
  EXPECT_EQ(plan(Mask{}, {10}, std::nullopt), (Plan{{{}, {0, 1, 2}}}));
  const auto refused = plan_masks(Mask::each, tokens_of({10}), std::nullopt, one_window(tokens_of({10})));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, Code::usage);
  EXPECT_EQ(refused.error().expected, "none: this model has no mask token");
}

void expect_refused(const Mask& mask, const std::string& found) {
  const auto sequences = plan_masks(mask, tokens_of({10, 11}), mask_id, one_window(tokens_of({10, 11})));
  ASSERT_FALSE(sequences.ok());
  EXPECT_EQ(sequences.error().code, Code::usage);
  EXPECT_EQ(sequences.error().field, "--mask");
  EXPECT_EQ(sequences.error().found, found);
  EXPECT_EQ(sequences.error().expected, "positions 0 to 3, each once");
}

TEST(Masking, PositionsOutOfRangeOrTwice) {
  expect_refused(Mask::at({4}), "position 4");
  expect_refused(Mask::at({-1}), "position -1");
  expect_refused(Mask::at({1, 1}), "position 1 twice");
  expect_refused(Mask::together({2, 2}), "position 2 twice");
  expect_refused(Mask{Mask::Kind::groups, {{}}}, "a group without positions");
}

TEST(ParseMask, Words) {
  EXPECT_EQ(parse_mask("each")->kind, Mask::Kind::each);
  EXPECT_EQ(parse_mask("words")->kind, Mask::Kind::words);
  EXPECT_EQ(parse_mask("none")->kind, Mask::Kind::none);
  EXPECT_EQ(parse_mask("3")->groups, (std::vector<std::vector<int>>{{3}}));
  EXPECT_EQ(parse_mask("3,5")->groups, (std::vector<std::vector<int>>{{3}, {5}}));
  EXPECT_EQ(parse_mask("3+7,9")->groups, (std::vector<std::vector<int>>{{3, 7}, {9}}));
}

TEST(ParseMask, Refused) {
  for (const std::string text :
       {"", "word", "Each", "3,", ",3", "3++5", "+3", "-1", "3 ,5", "0x3", "99999999999", "3;5"}) {
    const auto mask = parse_mask(text);
    ASSERT_FALSE(mask.ok()) << text;
    EXPECT_EQ(mask.error().code, Code::usage);
    EXPECT_EQ(mask.error().field, "--mask");
    EXPECT_EQ(mask.error().found, '"' + text + '"');
    EXPECT_EQ(mask.error().expected,
              "each, words, none, or positions such as 3,5 (each alone) or 3+7 (together)");
  }
}

}  // namespace
}  // namespace logitlens
