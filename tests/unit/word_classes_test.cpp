#include "analysis/word_classes.h"

#include <gtest/gtest.h>

#include <optional>
#include <set>

#include "sample_table.h"
#include "test_folder.h"

namespace logitlens {
namespace {

using testing::make_table;

Result<WordClasses> parse(std::string_view text) { return parse_word_classes(text, "list.txt"); }

TEST(WordClassList, HasAWordALineAndPerhapsItsClass) {
  const auto classes = parse("# comment\n\nDer\tArtikel\r\nund\nÄh\tPartikel");
  ASSERT_TRUE(classes.ok()) << classes.error().message();
  ASSERT_EQ(classes->words.size(), 3u);
  EXPECT_EQ(classes->words[0].word, "der");
  EXPECT_EQ(classes->words[0].word_class, "Artikel");
  EXPECT_EQ(classes->words[1].word_class, "grammar");
  EXPECT_EQ(classes->words[2].word, "äh");
  EXPECT_EQ(classes->name, "list.txt");
}

TEST(WordClassList, PassesOverAByteOrderMark) {
  const auto classes = parse("\xef\xbb\xbfthe\n");
  ASSERT_TRUE(classes.ok());
  EXPECT_EQ(classes->words[0].word, "the");
}

TEST(WordClassList, ErrorsNameTheLine) {
  const auto refused = [](std::string_view text, std::string_view line, std::string_view part) {
    const auto classes = parse(text);
    if (classes.ok() || classes.error().code != Code::bad_input || classes.error().file != "list.txt")
      return false;
    return classes.error().field == line && classes.error().message().find(part) != std::string::npos;
  };
  EXPECT_TRUE(refused("the\nThe\n", "line 2", "in line 1 too"));
  EXPECT_TRUE(refused("the\nof the\n", "line 2", "of the"));
  EXPECT_TRUE(refused("the\t\n", "line 1", "class"));
  EXPECT_TRUE(refused("the\ta\tb\n", "line 1", "class"));
  EXPECT_TRUE(refused("\tarticle\n", "line 1", "no word"));
  EXPECT_TRUE(refused("the\tcontent\n", "line 1", "another name"));
  EXPECT_TRUE(refused("a\n\xff\xfe\n", "line 2", "UTF-8"));
  EXPECT_TRUE(refused("# nothing\n\n", "", "no word"));
  EXPECT_TRUE(refused("", "", "no word"));
  EXPECT_TRUE(refused(std::string((1 << 20) + 1, 'a'), "", "1048577 bytes"));
}

TEST(WordClassList, FromAFile) {
  const test::TestFolder folder;
  const std::string path = folder.write("words.txt", "le\tarticle\n");
  const auto classes = read_word_classes(path);
  ASSERT_TRUE(classes.ok()) << classes.error().message();
  EXPECT_EQ(classes->name, path);
  const auto missing = read_word_classes(folder.path_of("none.txt"));
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code, Code::io);
}

TEST(WordClassList, TheEnglishOneIsReadWhole) {
  const WordClasses& english = english_closed_class();
  EXPECT_EQ(english.name, "english");
  EXPECT_GT(english.words.size(), 200u);
  std::set<std::string> classes;
  for (const ClassedWord& one : english.words) classes.insert(one.word_class);
  for (const char* name : {"article", "determiner", "pronoun", "indefinite", "preposition", "conjunction",
                           "auxiliary", "adverb", "particle", "contraction"})
    EXPECT_TRUE(classes.contains(name)) << name;
  EXPECT_EQ(classes.size(), 10u);
}

// The class of the piece of `text` from `start` to `end`.
std::string class_of(std::string_view text, std::size_t start, std::size_t end) {
  Token token;
  token.start = start;
  token.end = end;
  return WordLookup(english_closed_class()).class_of(text, token);
}

TEST(WordClass, OfAWordWhateverItsCapitals) {
  EXPECT_EQ(class_of("The way", 0, 3), "article");
  EXPECT_EQ(class_of("The way", 4, 7), "content");
  EXPECT_EQ(class_of("a WITH b", 2, 6), "preposition");
}

TEST(WordClass, OfAPieceIsThatOfItsWord) {
  EXPECT_EQ(class_of("together", 0, 2), "content") << "not the particle to";
  EXPECT_EQ(class_of("himself", 3, 7), "pronoun");
  EXPECT_EQ(class_of("übermorgen", 0, 2), "content");
  const std::string endless = "to" + std::string(1 << 20, 'o') + "to";
  EXPECT_EQ(class_of(endless, 0, 2), "content");
  EXPECT_EQ(class_of(endless, endless.size() - 2, endless.size()), "content");
}

TEST(WordClass, OfContractions) {
  EXPECT_EQ(class_of("don't go", 0, 3), "contraction");
  EXPECT_EQ(class_of("don't go", 3, 4), "contraction");
  EXPECT_EQ(class_of("don't go", 4, 5), "contraction");
  EXPECT_EQ(class_of("don\u2019t", 0, 3), "contraction");
  EXPECT_EQ(class_of("John's hat", 0, 4), "content");
  EXPECT_EQ(class_of("John's hat", 5, 6), "contraction");
  EXPECT_EQ(class_of("he's", 0, 2), "pronoun");
}

// Byte-level vocabularies cut anywhere, within a character too.
TEST(WordClass, OfAnySliceAtAll) {
  const std::string text = "a'\u2019s \u00fcber don\u2019t '' \xf0\x9f\x98\x80\u0301'\u2019";
  for (std::size_t start = 0; start <= text.size(); ++start)
    for (std::size_t end = start; end <= text.size(); ++end)
      EXPECT_LT(class_of(text, start, end).size(), 20u) << start << " " << end;
  EXPECT_EQ(class_of(text, 0, text.size() + 1), "") << "past the end";
}

TEST(WordClass, OfNoWord) {
  EXPECT_EQ(class_of("God.", 3, 4), "");
  EXPECT_EQ(class_of("'the'", 0, 1), "");
  EXPECT_EQ(class_of("'the'", 1, 4), "article");
  EXPECT_EQ(class_of("a \xf0\x9f\x98\x80 b", 2, 6), "");
  EXPECT_EQ(class_of("in 1984", 3, 7), "content");
}

TEST(WordClass, ASpaceInFrontBelongsToNoWord) {
  EXPECT_EQ(class_of("on the way", 2, 6), "article");
  EXPECT_EQ(class_of("on  ", 2, 4), "");
}

TEST(CompareClasses, CountsLayersAndThoseThatNeverSettle) {
  LensTable table = make_table({"the", "way", "you", "did", "."}, 3);
  const std::vector<std::optional<int>> settled = {0, 3, 2, std::nullopt, 1};
  for (std::size_t r = 0; r < settled.size(); ++r) table.rows()[r].settling.target_stable = settled[r];
  const auto findings = compare_classes(table, english_closed_class());
  ASSERT_TRUE(findings);
  EXPECT_EQ(findings->of_rows, (std::vector<std::string>{"article", "content", "pronoun", "auxiliary", ""}));
  EXPECT_EQ(findings->grammar.rows, 3);
  EXPECT_EQ(findings->grammar.settled, (std::vector<int>{1, 0, 1, 0}));
  EXPECT_EQ(findings->grammar.never, 1);
  EXPECT_EQ(findings->grammar.median, 2);
  EXPECT_EQ(findings->content.settled, (std::vector<int>{0, 0, 0, 1}));
  EXPECT_EQ(findings->content.never, 0);
  EXPECT_EQ(findings->all.u, 2) << "the and you before way, did never";
  EXPECT_NEAR(findings->all.p, 1, 1e-12) << "no split of four lies nearer the middle";
  EXPECT_EQ(findings->settled.grammar, 2) << "without did";
  EXPECT_EQ(findings->settled.u, 2);
  EXPECT_NEAR(findings->settled.p, 2.0 / 3, 1e-12);
  ASSERT_EQ(findings->by_class.size(), 3u);
  EXPECT_EQ(findings->by_class[1].name, "auxiliary");
  EXPECT_EQ(findings->by_class[1].median, std::nullopt);
}

TEST(CompareClasses, LooksWordsUpInTheirOwnText) {
  LensTable table = make_table({"the", "way"}, 3);
  table.text = "of";
  table.text_second = "the way";
  for (Token& token : table.tokens) token.part = 1;
  const auto findings = compare_classes(table, english_closed_class());
  ASSERT_TRUE(findings);
  EXPECT_EQ(findings->of_rows, (std::vector<std::string>{"article", "content"}));
}

TEST(CompareClasses, OnlyWithBothKindsAndMaskedTokens) {
  const auto found = [](LensTable table) {
    return compare_classes(table, english_closed_class()).has_value();
  };
  EXPECT_TRUE(found(make_table({"the", "way"}, 3)));
  EXPECT_FALSE(found(make_table({"the", "of"}, 3)));
  EXPECT_FALSE(found(make_table({"way", "home"}, 3)));
  EXPECT_FALSE(found(make_table({}, 3)));
  LensTable table = make_table({"the", "way"}, 3);
  table.rows()[1].masked = false;
  EXPECT_FALSE(found(table));
  table = make_table({"the", "way"}, 3);
  table.rows()[1].target_id = 5;
  EXPECT_FALSE(found(table)) << "another token than the text's";
  table = make_table({"the", "way"}, 3);
  table.rows()[0].series.clear();
  EXPECT_FALSE(found(table)) << "without best_id and target_rank nobody can say";
}

}  // namespace
}  // namespace logitlens
