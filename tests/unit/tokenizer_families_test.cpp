// Every family's tokenizer against the reference's ids: by its tokenizer.json, and by the older files alone.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <tuple>

#include "support/tokenizer_files.h"

namespace logitlens {
namespace {

using test::encode;
using test::Files;
using test::ids_of;

// Those that tools/make-tokenizer-cases asked the reference about: goldens that borrow a tokenizer are left out.
std::vector<std::string> families() {
  std::vector<std::string> names;
  const Json cases = test::golden_json(std::string(LL_TEST_DATA) + "/tokenizer_cases.json");
  for (const auto& [name, texts] : *cases.get<Json::Object>()) names.push_back(name);
  return names;
}

constexpr const char* tokenizer_files[] = {
    "tokenizer.json", "tokenizer_config.json",   "vocab.txt", "vocab.json", "merges.txt",
    "spiece.model",   "sentencepiece.bpe.model", "spm.model"};

std::vector<int> integers(const Json& array) {
  std::vector<int> values;
  for (const Json& value : *array.get<Json::Array>()) values.push_back(static_cast<int>(*value.integer()));
  return values;
}

std::vector<int> segments_of(const std::vector<Token>& tokens) {
  std::vector<int> segments;
  for (const Token& token : tokens) segments.push_back(token.segment);
  return segments;
}

bool is_space(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

// What holds for any tokens of any text.
void expect_sound(const std::vector<Token>& tokens, std::string_view text, std::string_view second) {
  int last_word = -1;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const Token& token = tokens[i];
    SCOPED_TRACE(testing::Message() << "token " << i << " " << token.token);
    EXPECT_EQ(token.position, static_cast<int>(i));
    EXPECT_EQ(token.word < 0, token.special);
    if (token.special) {
      EXPECT_EQ(token.start, token.end);
      EXPECT_EQ(token.text, token.token);
      continue;
    }
    const std::string_view whole = token.part == 0 ? text : second;
    ASSERT_LE(token.start, token.end);
    ASSERT_LE(token.end, whole.size());
    for (const std::size_t at : {token.start, token.end})
      EXPECT_TRUE(at == whole.size() || (static_cast<unsigned char>(whole[at]) & 0xC0) != 0x80);
    EXPECT_FALSE(token.text.empty());
    if (token.start < token.end) {
      EXPECT_EQ(token.text, whole.substr(token.start, token.end - token.start));
    } else {
      EXPECT_EQ(token.token, "▁");  // put before a text that begins without a space
    }
    EXPECT_LE(token.word, last_word + 1);  // words are counted without gaps
    last_word = std::max(last_word, token.word);
  }
}

// The text is in its tokens: what is between their slices is white space, or what the family drops.
void expect_covered(const std::vector<Token>& tokens, std::string_view text) {
  std::size_t end = 0;
  for (const Token& token : tokens) {
    if (token.special) continue;
    const std::string_view between = text.substr(end, token.start > end ? token.start - end : 0);
    EXPECT_TRUE(is_space(between)) << between;
    end = std::max(end, token.end);
  }
  EXPECT_TRUE(is_space(text.substr(end))) << text.substr(end);
}

class Family : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    folder_ = test::golden_folder(GetParam());
    config_ = test::golden_json(folder_ + "/config.json");
    for (const char* name : tokenizer_files)
      if (std::filesystem::exists(folder_ + "/" + name)) files_[name] = test::golden_file(GetParam(), name);
    slow_files_ = files_;
    slow_files_.erase("tokenizer.json");
  }

  std::string model_type() const { return *config_.find("model_type")->get<std::string>(); }
  Tokenizer open(const Files& files) const { return test::open(files, model_type()); }

  // The ways to open it: with tokenizer.json, if it has one, and without.
  std::vector<Tokenizer> all_ways() const {
    std::vector<Tokenizer> ways = {open(slow_files_)};
    if (files_.size() != slow_files_.size()) ways.push_back(open(files_));
    return ways;
  }

  std::string folder_;
  Json config_;
  Files files_, slow_files_;
};

TEST_P(Family, TheReferencesIdsWithAndWithoutTokenizerJson) {
  const Json golden = test::golden_json(folder_ + "/golden.json");
  for (const Tokenizer& tokenizer : all_ways()) {
    SCOPED_TRACE(tokenizer.description());
    for (const Json& one : *golden.find("tokenizer_cases")->get<Json::Array>()) {
      const std::string& text = *one.find("text")->get<std::string>();
      SCOPED_TRACE(text);
      const auto tokens = encode(tokenizer, text);
      EXPECT_EQ(ids_of(tokens), integers(*one.find("ids")));
      expect_sound(tokens, text, "");
    }
  }
}

TEST_P(Family, TheReferencesIdsAndTypesOfMoreTextsAndPairs) {
  const Json cases = test::golden_json(std::string(LL_TEST_DATA) + "/tokenizer_cases.json");
  for (const Tokenizer& tokenizer : all_ways()) {
    SCOPED_TRACE(tokenizer.description());
    for (const Json& one : *cases.find(GetParam())->get<Json::Array>()) {
      const std::string& text = *one.find("text")->get<std::string>();
      const Json* second = one.find("second");
      SCOPED_TRACE(text + (second ? " | " + *second->get<std::string>() : ""));
      const auto tokens =
          second ? encode(tokenizer, text, *second->get<std::string>()) : encode(tokenizer, text);
      EXPECT_EQ(ids_of(tokens), integers(*one.find("ids")));
      if (second) {
        EXPECT_EQ(segments_of(tokens), integers(*one.find("types")));
      }
      expect_sound(tokens, text, second ? std::string_view(*second->get<std::string>()) : "");
    }
  }
}

TEST_P(Family, TheSameTokensWithAndWithoutTokenizerJson) {
  const std::vector<Tokenizer> ways = all_ways();
  if (ways.size() < 2) return;  // the family has no tokenizer.json
  const Tokenizer &slow = ways[0], &fast = ways[1];
  ASSERT_EQ(slow.vocab_size(), fast.vocab_size());
  for (int id = 0; id < fast.vocab_size(); ++id) EXPECT_EQ(slow.token(id), fast.token(id));
  EXPECT_EQ(slow.special_list(), fast.special_list());
  EXPECT_EQ(slow.special().mask, fast.special().mask);
  EXPECT_TRUE(slow.notes().empty());
  const std::string mask = fast.special().mask ? fast.token(*fast.special().mask) : "?";
  const auto fields = [](const Token& token) {
    return std::tie(token.id, token.text, token.start, token.end, token.special, token.segment, token.part,
                    token.word);
  };
  for (const std::string& text :
       {std::string("  The don't\t" + mask + " café 数学 way..."), std::string("a "), std::string()}) {
    const auto one = encode(slow, text, text), other = encode(fast, text, text);
    ASSERT_EQ(one.size(), other.size());
    for (std::size_t i = 0; i < one.size(); ++i) EXPECT_EQ(fields(one[i]), fields(other[i])) << one[i].token;
  }
}

TEST_P(Family, TokensCoverTheText) {
  for (const Tokenizer& tokenizer : all_ways()) {
    SCOPED_TRACE(tokenizer.description());
    for (const std::string text : {"the way  you do\tanything", " you", "don't stop, 3.14!\n"})
      expect_covered(encode(tokenizer, text), text);
  }
}

TEST_P(Family, TheMaskAndTheSpaceBeforeIt) {
  const std::vector<std::string> swallowing = {"albert",     "albert-groups", "camembert", "deberta",
                                               "modernbert", "mpnet",         "roberta",   "xlm-roberta"};
  const std::vector<std::string> trimming = {"mpnet", "roberta"};  // spaces are left out of their slices
  const bool swallows = std::ranges::count(swallowing, GetParam()) > 0;
  const bool trims = std::ranges::count(trimming, GetParam()) > 0;
  for (const Tokenizer& tokenizer : all_ways()) {
    if (!tokenizer.special().mask) continue;
    SCOPED_TRACE(tokenizer.description());
    const auto tokens = encode(tokenizer, "the " + tokenizer.token(*tokenizer.special().mask));
    const auto mask = std::ranges::find(tokens, *tokenizer.special().mask, &Token::id);
    ASSERT_NE(mask, tokens.end());
    EXPECT_EQ(mask->start, swallows && !trims ? 3u : 4u);
    EXPECT_FALSE(mask->special);
    if (swallows) {
      EXPECT_LE(std::prev(mask)->end, 3u);  // nothing is left between them
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Goldens, Family, testing::ValuesIn(families()));

TEST(Families, AllAreThere) { EXPECT_EQ(families().size(), 22u); }

}  // namespace
}  // namespace logitlens
