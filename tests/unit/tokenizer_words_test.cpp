// Words by Unicode's rules, whatever the family cuts them into; and the parts of a pair.
#include <gtest/gtest.h>

#include <algorithm>

#include "support/tokenizer_files.h"

namespace logitlens {
namespace {

using test::encode;
using test::Files;

// The files of a golden, with or without the name of its family in a config.json.
Files files_of(const std::string& model, const std::vector<std::string>& names) {
  Files files;
  for (const std::string& name : names) files[name] = test::golden_file(model, name);
  return files;
}

const Files& bert_files() {
  static const Files files = files_of("bert", {"vocab.txt", "tokenizer_config.json"});
  return files;
}
const Files& roberta_files() {
  static const Files files = files_of("roberta", {"vocab.json", "merges.txt", "tokenizer_config.json"});
  return files;
}
const Files& xlm_files() {
  static const Files files = files_of("xlm-roberta", {"sentencepiece.bpe.model", "tokenizer_config.json"});
  return files;
}
const Files& gpt2_files() {
  static const Files files = files_of("gpt2", {"vocab.json", "merges.txt", "tokenizer_config.json"});
  return files;
}

// Each word's slice of the text: from its first token to its last, without white space around.
std::vector<std::string> words_of(const Files& files, const std::string& text) {
  struct Span {
    std::size_t start, end;
  };
  std::vector<Span> spans;
  for (const Token& token : encode(test::open(files), text)) {
    if (token.special) {
      EXPECT_EQ(token.word, -1);
      continue;
    }
    const auto word = static_cast<std::size_t>(token.word);
    EXPECT_LE(word, spans.size());
    if (word == spans.size()) spans.push_back({token.start, token.end});
    spans[word].start = std::min(spans[word].start, token.start);
    spans[word].end = std::max(spans[word].end, token.end);
  }
  std::vector<std::string> words;
  for (const Span& span : spans) {
    const std::string word = text.substr(span.start, span.end - span.start);
    words.push_back(word.substr(std::min(word.size(), word.find_first_not_of(' '))));
  }
  return words;
}

TEST(Words, TheSameRuleForEveryFamily) {
  const std::vector<std::pair<std::string, std::vector<std::string>>> cases = {
      {"don't stop", {"don't", "stop"}},
      {"pi is 3.14, no?", {"pi", "is", "3.14", ",", "no", "?"}},
      {"café cafe\u0301s", {"café", "cafe\u0301s"}},
      {"so 👨‍👩‍👧 it is 🇩🇪", {"so", "👨‍👩‍👧", "it", "is", "🇩🇪"}},
      {"a_b c-d", {"a_b", "c", "-", "d"}}};
  for (const auto& [text, words] : cases) {
    SCOPED_TRACE(text);
    EXPECT_EQ(words_of(bert_files(), text), words);
    EXPECT_EQ(words_of(roberta_files(), text), words);
    EXPECT_EQ(words_of(xlm_files(), text), words);
    EXPECT_EQ(words_of(gpt2_files(), text), words);
  }
}

TEST(Words, AMaskInTheTextIsAWord) {
  EXPECT_EQ(words_of(bert_files(), "the [MASK] way[MASK]"),
            (std::vector<std::string>{"the", "[MASK]", "way", "[MASK]"}));
  EXPECT_EQ(words_of(roberta_files(), "the <mask> way<mask>"),
            (std::vector<std::string>{"the", "<mask>", "way", "<mask>"}));
}

TEST(Words, SegmentsThatShareATokenAreOneWord) {
  EXPECT_EQ(words_of(bert_files(), "数学很难"), (std::vector<std::string>{"数", "学", "很", "难"}));
  EXPECT_EQ(words_of(roberta_files(), "数学很难"), (std::vector<std::string>{"数学", "很", "难"}));
  EXPECT_EQ(words_of(xlm_files(), "数学很难"),
            (std::vector<std::string>{"数", "学", "很难"}));  // one unknown piece
  // A Sequence of ideographs that WordPiece does not know piece by piece.
  const Files files = {{"vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n数学\n##很\n"},
                       {"tokenizer_config.json", R"({"tokenize_chinese_chars": false})"}};
  EXPECT_EQ(words_of(files, "数学很 难"), (std::vector<std::string>{"数学", "很", "难"}));
}

TEST(Pairs, EveryTextHasItsOwnOffsetsAndWordsCountOn) {
  const Tokenizer tokenizer = test::open(bert_files());
  const auto tokens = encode(tokenizer, "the way", "you do.");
  std::vector<std::string> texts;
  std::vector<int> segments, parts, words;
  for (const Token& token : tokens) {
    texts.push_back(token.text);
    segments.push_back(token.segment);
    parts.push_back(token.part);
    words.push_back(token.word);
  }
  EXPECT_EQ(texts, (std::vector<std::string>{"[CLS]", "the", "way", "[SEP]", "you", "do", ".", "[SEP]"}));
  EXPECT_EQ(segments, (std::vector{0, 0, 0, 0, 1, 1, 1, 1}));
  EXPECT_EQ(parts, (std::vector{0, 0, 0, 0, 1, 1, 1, 1}));
  EXPECT_EQ(words, (std::vector{-1, 0, 1, -1, 2, 3, 4, -1}));
  EXPECT_EQ(tokens[4].start, 0u);
  EXPECT_EQ(tokens[6].end, 7u);
}

TEST(Pairs, OneTypeWhereTheFamilyHasOne) {
  const auto tokens = encode(test::open(roberta_files()), "the", "way");
  std::vector<std::string> texts;
  std::vector<int> parts;
  for (const Token& token : tokens) {
    texts.push_back(token.text);
    parts.push_back(token.part);
    EXPECT_EQ(token.segment, 0);
  }
  EXPECT_EQ(texts.front(), "<s>");
  EXPECT_EQ(std::ranges::count(texts, "</s>"), 3);
  EXPECT_EQ(parts.front(), 0);
  EXPECT_EQ(parts.back(), 1);
}

TEST(Pairs, BadTexts) {
  const Tokenizer tokenizer = test::open(bert_files());
  EXPECT_EQ(tokenizer.encode("the \xFF", "way").error().field, "byte 4");
  EXPECT_EQ(tokenizer.encode("the", "way \xFF").error().field, "second text, byte 4");
  const std::string half((std::size_t{8} << 20) + 1, ' ');
  EXPECT_EQ(tokenizer.encode("", std::string((std::size_t{16} << 20) + 1, ' ')).error().field, "second text");
  EXPECT_EQ(tokenizer.encode(half, half).error().found, "16777218 bytes with the first");
  EXPECT_EQ(test::ids_of(encode(tokenizer, "", "")), (std::vector{2, 3, 3}));
}

}  // namespace
}  // namespace logitlens
