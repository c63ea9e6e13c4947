// vocab.txt: ids by line, what is let pass with a note, what is refused.
#include "text/vocabulary.h"

#include <gtest/gtest.h>

namespace logitlens {
namespace {

Vocabulary read(std::string_view content) {
  auto vocabulary = read_vocabulary("dir/vocab.txt", content);
  EXPECT_TRUE(vocabulary.ok()) << (vocabulary.ok() ? "" : vocabulary.error().message());
  return std::move(*vocabulary);
}

Error refuse(std::string_view content) {
  const auto vocabulary = read_vocabulary("dir/vocab.txt", content);
  EXPECT_FALSE(vocabulary.ok());
  EXPECT_EQ(vocabulary.error().code, Code::bad_input);
  EXPECT_EQ(vocabulary.error().file, "dir/vocab.txt");
  EXPECT_FALSE(vocabulary.error().remedy.empty());
  return vocabulary.error();
}

using Tokens = std::vector<std::string_view>;

TEST(Vocabulary, ALineATokenWithOrWithoutALastNewline) {
  EXPECT_EQ(read("a\nb\n").tokens, (Tokens{"a", "b"}));
  EXPECT_EQ(read("a\nb").tokens, (Tokens{"a", "b"}));
  EXPECT_EQ(read("a\nb").id("b"), 1);
  EXPECT_EQ(read("a\nb").id("c"), std::nullopt);
  EXPECT_TRUE(read("a\nb").notes.empty());
  EXPECT_TRUE(read("").tokens.empty());
}

TEST(Vocabulary, WhiteSpaceIsPartOfAToken) {
  EXPECT_EQ(read("a\na \n\xC2\xA0\n").tokens, (Tokens{"a", "a ", "\xC2\xA0"}));
}

TEST(Vocabulary, ByteOrderMarkAndCarriageReturnsAreSkippedWithANote) {
  const Vocabulary vocabulary = read("\xEF\xBB\xBF[PAD]\r\nb\r\nc\n");
  EXPECT_EQ(vocabulary.tokens, (Tokens{"[PAD]", "b", "c"}));
  EXPECT_EQ(vocabulary.notes,
            (std::vector<std::string>{"vocab.txt: byte order mark skipped",
                                      "vocab.txt: carriage returns at the ends of 2 lines skipped"}));
}

TEST(Vocabulary, BlankLinesKeepTheirIds) {
  const Vocabulary vocabulary = read("a\n\n\nb\n\n\n");
  EXPECT_EQ(vocabulary.tokens, (Tokens{"a", "", "", "b"}));  // those at the end number nothing
  EXPECT_EQ(vocabulary.id("b"), 3);
  EXPECT_EQ(vocabulary.id(""), std::nullopt);
  EXPECT_EQ(vocabulary.notes,
            (std::vector<std::string>{"vocab.txt: 2 blank lines keep their ids, the first is line 2"}));
}

TEST(Vocabulary, DuplicateTokenNamesBothLines) {
  const Error error = refuse("a\nthe\nb\nthe\n");
  EXPECT_EQ(error.field, "line 4");
  EXPECT_EQ(error.found, "\"the\", which is on line 2 too");
  EXPECT_EQ(error.expected, "every token once");
}

TEST(Vocabulary, InvalidUtf8NamesTheLine) {
  const Error error = refuse("a\nb\ncaf\xE9\n");
  EXPECT_EQ(error.field, "line 3");
  EXPECT_EQ(error.found, "invalid UTF-8 (0xe9 at byte 3 of the line)");
  EXPECT_EQ(error.expected, "text in UTF-8");
}

TEST(Vocabulary, Limits) {
  EXPECT_EQ(read(std::string(4096, 'a')).tokens.size(), 1u);
  const Error token = refuse("a\n" + std::string(4097, 'a'));
  EXPECT_EQ(token.field, "line 2");
  EXPECT_EQ(token.found, "a token of 4097 bytes");
  EXPECT_EQ(refuse(std::string((std::size_t{64} << 20) + 1, '\n')).found, "67108865 bytes");
}

}  // namespace
}  // namespace logitlens
