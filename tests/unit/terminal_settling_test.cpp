#include "render/terminal_settling.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "analysis/analyse.h"
#include "render/terminal_blocks.h"
#include "sample_table.h"

namespace logitlens {
namespace {

using testing::make_table;

// The sentence on one line, for findings that a test makes up.
std::string sentence(const ClassTest& all, const ClassTest& settled = {}) {
  LensTable table = make_table({"the", "way"}, 3);
  ClassFindings classes;
  classes.grammar = {"grammar", all.grammar, {0, 1, 0, 0}, all.grammar - settled.grammar, 1.5};
  classes.content = {"content", all.content, {0, 0, 0, 1}, all.content - settled.content, std::nullopt};
  classes.all = all;
  classes.settled = settled;
  table.findings.classes = classes;
  std::string text = class_lines(table, 10000, Color::none);
  return text.substr(text.find("The median"));
}

bool says(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

TEST(ClassSentence, SaysWhicheverWayItComesOut) {
  EXPECT_TRUE(says(sentence({5, 4, 18, 0.02, true}),
                   "in 18 of 20 pairs the grammar word settles first, ties counted half: "
                   "grammar words settle first (Mann-Whitney, two-sided, exact p = 0.02)"));
  EXPECT_TRUE(says(sentence({5, 4, 2, 0.02, true}), ": content words settle first"));
  EXPECT_TRUE(
      says(sentence({5, 4, 12, 0.6, true}), "grammar words are ahead, by no more than chance allows"));
  EXPECT_TRUE(says(sentence({5, 4, 8.5, 0.6, false}),
                   "content words are ahead, by no more than chance allows (Mann-Whitney, "
                   "two-sided, normal approximation, p = 0.6)"));
  EXPECT_TRUE(says(sentence({5, 4, 10, 1, true}), "neither kind settles first"));
}

TEST(ClassSentence, NamesMediansAndThoseThatNeverSettle) {
  const std::string text = sentence({5, 4, 18, 0.02, true}, {5, 1, 4, 0.4, true});
  EXPECT_TRUE(
      says(text,
           "The median grammar word settles at layer 1.5 (5 words), the median content word never settles (4 "
           "words, 3 never)"));
  EXPECT_TRUE(says(text, "Of the 5 and 1 that do settle, in 4 of 5 pairs"));
}

TEST(ClassLines, NoneWithoutClasses) {
  EXPECT_EQ(class_lines(make_table({"the", "way"}, 3), 80, Color::none), "");
}

TEST(SettlingTable, HoldsEveryDefinitionAndFitsTheWidth) {
  LensTable table = make_table({"the", "way", "unfathomably"}, 24);
  analyse(table);
  EXPECT_TRUE(says(settling_table(table, 100, Color::none),
                   "best stays  true stays  rank≤10  KL<0.1  jump  knee  two lines"));
  for (int width : {40, 60, 80, 200}) {
    const std::string text =
        settling_table(table, width, Color::none) + class_lines(table, width, Color::none);
    std::size_t begin = 0;
    for (std::size_t end; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1)
      EXPECT_LE(columns_of_line(std::string_view(text).substr(begin, end - begin)), width) << text;
  }
}

}  // namespace
}  // namespace logitlens
