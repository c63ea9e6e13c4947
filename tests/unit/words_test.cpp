// Whole words: which tokens are one, what is said of it, and how its pieces are put together.
#include "analysis/words.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "sample_table.h"
#include "support/golden.h"
#include "support/tokens.h"
#include "text/join_pieces.h"
#include "text/masking.h"

namespace logitlens {
namespace {

using test::mask_id;
using test::tokens_of;
using testing::make_table;

using Groups = std::vector<std::vector<int>>;

std::vector<Token> numbered(const std::vector<int>& ids, const std::vector<int>& words) {
  auto tokens = tokens_of(ids);
  for (std::size_t i = 0; i < words.size(); ++i) tokens[i + 1].word = words[i];
  return tokens;
}

TEST(GroupWords, PiecesOfAWordGoTogether) {
  EXPECT_EQ(group_words(numbered({10, 11, 12, 13}, {0, 0, 1, 1}), mask_id), (Groups{{1, 2}, {3, 4}}));
  EXPECT_EQ(group_words(numbered({10, 11, 12}, {0, 2, 5}), std::nullopt), (Groups{{1}, {2}, {3}}));
  EXPECT_EQ(group_words(numbered({}, {}), mask_id), Groups{});
}

TEST(GroupWords, WhatHasNoWordStandsAlone) {
  EXPECT_EQ(group_words(numbered({10, 11, 12}, {-1, -1, 0}), mask_id), (Groups{{1}, {2}, {3}}));
}

TEST(GroupWords, AMaskInTheTextStandsAlone) {
  EXPECT_EQ(group_words(numbered({10, mask_id, 12, 13}, {0, 0, 0, 0}), mask_id), (Groups{{1}, {2}, {3, 4}}));
}

TEST(GroupWords, TwoTextsCountTheirWordsEachFromZero) {
  auto tokens = numbered({10, 11}, {0, 0});
  tokens[2].part = 1;
  EXPECT_EQ(group_words(tokens, mask_id), (Groups{{1}, {2}}));
}

TEST(MaskWords, APassAWordWithAllItsPieces) {
  const auto tokens = numbered({10, 11, 12, mask_id}, {0, 0, 1, 2});
  const auto passes = plan_masks(Mask::words, tokens, mask_id, one_window(tokens));
  ASSERT_TRUE(passes.ok());
  ASSERT_EQ(passes->size(), 3u);
  EXPECT_EQ((*passes)[0].masked, (std::vector{1, 2, 4}));  // the text's own mask stays
  EXPECT_EQ((*passes)[0].asked, (std::vector{1, 2}));
  EXPECT_EQ((*passes)[1].masked, (std::vector{3, 4}));
  EXPECT_EQ((*passes)[2].asked, std::vector{4});
  EXPECT_EQ(describe_mask(Mask::words, tokens, mask_id), "words");
  EXPECT_EQ(plan_masks(Mask::words, tokens, std::nullopt, one_window(tokens)).error().code, Code::usage);
}

Word word_of(const LensTable& table, PieceStyle style = PieceStyle::word_piece) {
  std::vector<std::size_t> rows(table.rows().size());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  return make_word(table, rows,
                   [style](std::span<const std::string> pieces) { return join_pieces(pieces, style); });
}

TEST(Word, IsRightWhereAllItsPiecesAre) {
  LensTable table = make_table({"un", "##even"}, 3);
  table.text = "uneven";
  table.tokens[2].start = 2;
  table.tokens[1].end = 2;
  table.tokens[2].end = 6;
  table.rows() = {testing::make_row(1, "un", {"un", "of", "un", "un"}),
                  testing::make_row(2, "##even", {"##even", "##even", "of", "##even"})};
  const Word word = word_of(table);
  EXPECT_EQ(word.text, "uneven");
  EXPECT_EQ(word.start, 0u);
  EXPECT_EQ(word.end, 6u);
  EXPECT_EQ(word.positions, (std::vector{1, 2}));
  EXPECT_EQ(word.best_is_target, (std::vector<bool>{true, false, false, true}));
  EXPECT_EQ(word.target_stable, 3);
  EXPECT_EQ(word.best, (std::vector<std::string>{"uneven", "ofeven", "un of", "uneven"}));
  for (std::size_t k = 0; k < 4; ++k)
    EXPECT_DOUBLE_EQ(word.target_logprob[k], -2.0 / static_cast<double>(k + 1)) << "the pieces' sum";
}

TEST(Word, WithoutATargetHasNoLogProbability) {
  LensTable table = make_table({"un", "##even"}, 3);
  table.rows()[1].target_id.reset();
  const Word word = word_of(table);
  EXPECT_TRUE(std::isnan(word.target_logprob.front()));
  EXPECT_EQ(word.target_stable, std::nullopt);
}

TEST(Word, OfTheSecondText) {
  LensTable table = make_table({"way"}, 1);
  table.text = "the";
  table.text_second = "one way";
  table.tokens[1].part = 1;
  table.tokens[1].start = 3;  // some tokenizers count the space in
  table.tokens[1].end = 7;
  const Word word = word_of(table);
  EXPECT_EQ(word.part, 1);
  EXPECT_EQ(word.text, "way");
  EXPECT_EQ(word.start, 4u);
}

TEST(JoinPieces, AsAPersonReadsThem) {
  const auto join = [](std::vector<std::string> pieces, PieceStyle style) {
    return join_pieces(pieces, style);
  };
  EXPECT_EQ(join({"play", "##ing"}, PieceStyle::word_piece), "playing");
  EXPECT_EQ(join({"the", "of", "##f"}, PieceStyle::word_piece), "the off");
  EXPECT_EQ(join({"##ing", "##s"}, PieceStyle::word_piece), "##ings");
  EXPECT_EQ(join({"\u2581play", "ing"}, PieceStyle::metaspace), "playing");
  EXPECT_EQ(join({"\u2581the", "\u2581of"}, PieceStyle::metaspace), "the of");
  EXPECT_EQ(join({"\u0120na", "\u00c3\u00afve"}, PieceStyle::byte_level), "na\u00efve");
  EXPECT_EQ(join({"\u0120the", "\u0120of"}, PieceStyle::byte_level), "the of");
  EXPECT_EQ(join({"\u010a", "\u0143", "<mask>"}, PieceStyle::byte_level), "\n\xad<mask>");
  EXPECT_EQ(join({"\u6570", "x"}, PieceStyle::byte_level), "\u6570x") << "no character of the alphabet";
  EXPECT_EQ(join({"L", "A"}, PieceStyle::plain), "LA");
  EXPECT_EQ(join({}, PieceStyle::plain), "");
  EXPECT_EQ(join({"\u2581"}, PieceStyle::metaspace), "");
}

}  // namespace
}  // namespace logitlens
