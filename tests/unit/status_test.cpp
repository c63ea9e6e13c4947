#include "logitlens/status.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/escape.h"

namespace logitlens {
namespace {

Error sample() {
  return {.code = Code::bad_input,
          .file = "m/config.json",
          .field = "hidden_size",
          .found = "-1",
          .expected = "an integer from 1",
          .remedy = "Correct the file",
          .names = {}};
}

TEST(ErrorMessage, HasFileFieldValuesAndRemedy) {
  EXPECT_EQ(sample().message(),
            "m/config.json: hidden_size: found -1, expected an integer from 1. Correct the file");
}

TEST(ErrorMessage, LeavesOutEmptyParts) {
  Error error = sample();
  error.field = error.expected = "";
  EXPECT_EQ(error.message(), "m/config.json: found -1. Correct the file");
  error.found = error.remedy = "";
  EXPECT_EQ(error.message(), "m/config.json");
  error.expected = "a file";
  EXPECT_EQ(error.message(), "m/config.json: expected a file");
}

TEST(ErrorMessage, ShowsAnOptionThatWasGivenNothing) {
  EXPECT_EQ(usage_error("--lens", "", "full or raw").message(), "--lens: found \"\", expected full or raw");
}

TEST(ErrorMessage, ListsFiveNamesAndACount) {
  Error error = sample();
  error.names = {"a", "b", "c", "d", "e"};
  EXPECT_TRUE(error.message().ends_with("\n  a, b, c, d, e"));
  error.names = {"a", "b", "c", "d", "e", "f", "g"};
  EXPECT_TRUE(error.message().ends_with("\n  a, b, c, d, e and 2 more"));
  EXPECT_TRUE(error.message(true).ends_with("\n  a, b, c, d, e, f, g"));
}

TEST(ErrorMessage, HasAtMostThreeLinesWhateverTheFileHolds) {
  Error error = sample();
  error.file = "a\nb";
  error.field = "c\nd\re";
  error.found = "\n\n\n\n";
  error.names = {"x\ny", "\n"};
  EXPECT_LE(std::ranges::count(error.message(true), '\n'), 2);
  EXPECT_NE(error.message().find("a\\nb: c\\nd\\re"), std::string::npos);
}

TEST(ErrorMessage, ShortensHugeValuesUnlessVerbose) {
  Error error = sample();
  error.found = std::string(1'000'000, 'x');
  EXPECT_LT(error.message().size(), 1000u);
  EXPECT_NE(error.message().find("xxx..., expected"), std::string::npos);
  EXPECT_GT(error.message(true).size(), 1'000'000u);
}

TEST(Escaped, KeepsText) {
  EXPECT_EQ(escaped("Größe 東京 👍"), "Größe 東京 👍");
  EXPECT_EQ(escaped("می‌خواهم"), "می‌خواهم");  // a zero-width non-joiner is spelling
}

TEST(Escaped, EscapesControlsBidiMarksAndInvalidUtf8) {
  EXPECT_EQ(escaped("\x1b[31mred"), "\\x1b[31mred");
  EXPECT_EQ(escaped(std::string_view("a\0b", 3)), "a\\x00b");
  EXPECT_EQ(escaped("\u202egnp.exe\u2066\u200f"), "\\u202egnp.exe\\u2066\\u200f");
  EXPECT_EQ(escaped("\u009b"), "\\x9b");  // C1: a one-byte ANSI introducer
  EXPECT_EQ(escaped("\u2028\u2029"), "\\u2028\\u2029");
  EXPECT_EQ(escaped("\U000e0041"), "\\U000e0041");  // a tag, invisible
  EXPECT_EQ(escaped("a\xff\xc3"), "a\\xff\\xc3");
  EXPECT_EQ(escaped("\xc0\xaf"), "\\xc0\\xaf");           // overlong
  EXPECT_EQ(escaped("\xed\xa0\x80"), "\\xed\\xa0\\x80");  // a surrogate
}

TEST(Utf8Prefix, EndsBetweenCodePoints) {
  EXPECT_EQ(utf8_prefix("abc", 3), "abc");
  EXPECT_EQ(utf8_prefix("abc", 2), "ab");
  EXPECT_EQ(utf8_prefix("aé", 2), "a");
  EXPECT_EQ(utf8_prefix("👍👍", 7), "👍");
  EXPECT_EQ(utf8_prefix("", 4), "");
}

}  // namespace
}  // namespace logitlens
