#include "render/display_width.h"

#include <gtest/gtest.h>

#include <string>

#include "logitlens/report.h"

namespace logitlens {
namespace {

TEST(DisplayWidth, OfPlainAndAccentedText) {
  EXPECT_EQ(shown("").width, 0);
  EXPECT_EQ(shown("way").width, 3);
  EXPECT_EQ(shown("##ing").width, 5);
  EXPECT_EQ(shown("café").width, 4);
  EXPECT_EQ(shown("cafe\u0301").width, 4);
  EXPECT_EQ(shown("cafe\u0301").bytes, "cafe\u0301");
}

TEST(DisplayWidth, WideCharactersTakeTwoColumns) {
  EXPECT_EQ(shown("中文").width, 4);
  EXPECT_EQ(shown("한").width, 2);
  EXPECT_EQ(shown("\u1112\u1161\u11ab").width, 2) << "the same syllable in three letters";
  EXPECT_EQ(shown("ｗ").width, 2);
  EXPECT_EQ(shown("😀").width, 2);
}

TEST(DisplayWidth, EmojiSequencesAreShownInParts) {
  EXPECT_EQ(shown("👩\u200d💻").width, 4);
  EXPECT_EQ(shown("👩\u200d💻").bytes, "👩💻");
  EXPECT_EQ(shown("❤\ufe0f").bytes, "❤");
  EXPECT_EQ(shown("❤\ufe0f").width, 1);
}

TEST(DisplayWidth, AMarkAloneGetsABase) {
  EXPECT_EQ(shown("\u0301").bytes, "\u25cc\u0301");
  EXPECT_EQ(shown("\u0301").width, 1);
  EXPECT_EQ(shown("\u1161").width, 2);
  EXPECT_EQ(shown("##\u0301").width, 2);
}

TEST(DisplayWidth, ControlsAreEscaped) {
  EXPECT_EQ(shown("a\nb").bytes, "a\\nb");
  EXPECT_EQ(shown("\x1b[31mred").bytes, "\\x1b[31mred");
  EXPECT_EQ(shown("\x7f").bytes, "\\x7f");
  EXPECT_EQ(shown("\u009b").bytes, "\\x9b") << "the one-byte form of ESC [";
  EXPECT_EQ(shown(std::string_view("\0", 1)).bytes, "\\x00");
  EXPECT_EQ(shown("a\u202eb").bytes, "a\\u202eb");
  EXPECT_EQ(shown("\u2066").bytes, "\\u2066");
  EXPECT_EQ(shown("\u200b").bytes, "\\u200b");
  EXPECT_EQ(shown("\u2028").bytes, "\\u2028");
  EXPECT_EQ(shown("\U000e0001").bytes, "\\U000e0001");
  EXPECT_EQ(shown("a\u202eb").width, 8);
}

TEST(DisplayWidth, BytesThatAreNotUtf8AreEscaped) {
  EXPECT_EQ(shown("a\xff").bytes, "a\\xff");
  EXPECT_EQ(shown("\xe4\xb8").bytes, "\\xe4\\xb8");
  EXPECT_EQ(shown("\xed\xa0\x80").bytes, "\\xed\\xa0\\x80") << "a surrogate";
}

TEST(DisplayWidth, RightToLeftWordsAreGuarded) {
  const std::string mark = "\u200e";
  EXPECT_EQ(shown("שלום").bytes, mark + "שלום" + mark);
  EXPECT_EQ(shown("שלום").width, 4);
  EXPECT_EQ(shown("سلام").width, 4);
}

TEST(DisplayWidth, ShortensWithAnEllipsisOnlyWhatDoesNotFit) {
  EXPECT_EQ(shown("anything", 8).bytes, "anything");
  EXPECT_EQ(shown("anything", 7).bytes, "anythi…");
  EXPECT_EQ(shown("anything", 1).bytes, "…");
  EXPECT_EQ(shown("", 1).bytes, "");
  EXPECT_EQ(shown("中文字", 5).bytes, "中文…");
  EXPECT_EQ(shown("中文字", 4).bytes, "中…") << "half a character is not shown";
  EXPECT_EQ(shown("中文字", 4).width, 3);
}

TEST(DisplayWidth, NeverCutsACharacterFromItsMarks) {
  EXPECT_EQ(shown("ae\u0301xyz", 3).bytes, "ae\u0301…");
  EXPECT_EQ(shown("ab\x1bxyz", 4).bytes, "ab…") << "an escape is shown whole or not at all";
}

TEST(DisplayWidth, NoTextIsWiderThanAsked) {
  const std::string all = "a中\u0301\u202e😀שe\u0301\xff\n한z";
  for (int width = 1; width < 40; ++width) {
    for (std::size_t from = 0; from < all.size(); ++from)
      EXPECT_LE(shown(all.substr(from), width).width, width);
  }
}

TEST(Printable, IsTheShownText) { EXPECT_EQ(printable("a\x1b]0;b"), "a\\x1b]0;b"); }

}  // namespace
}  // namespace logitlens
