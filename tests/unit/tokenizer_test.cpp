// The tokenizer against the reference's ids, both ways to load it; offsets; special tokens; files that are
// wrong.
#include "text/tokenizer.h"

#include <gtest/gtest.h>

#include <ctime>

#include "support/tokenizer_files.h"

namespace logitlens {
namespace {

using test::encode;
using test::Files;
using test::golden_file;
using test::ids_of;
using test::open;
using test::refuse;

class GoldenTokenizer : public testing::TestWithParam<std::string> {
 protected:
  Files json() const { return files({"tokenizer.json", "tokenizer_config.json"}); }
  Files vocabulary() const { return files({"vocab.txt", "tokenizer_config.json"}); }
  Json golden() const { return test::golden_json(test::golden_folder(GetParam()) + "/golden.json"); }

 private:
  static Files files(const std::vector<std::string>& names) {
    Files files;
    for (const std::string& name : names) files[name] = golden_file(GetParam(), name);
    return files;
  }
};

TEST_P(GoldenTokenizer, TheReferencesIdsBothWays) {
  const Files with_json = json(), with_vocabulary = vocabulary();
  const Tokenizer from_json = open(with_json), from_vocabulary = open(with_vocabulary);
  const Json document = golden();
  const auto& cases = *document.find("tokenizer_cases")->get<Json::Array>();
  ASSERT_EQ(cases.size(), 23u);
  for (const Json& one : cases) {
    const std::string& text = *one.find("text")->get<std::string>();
    std::vector<int> expected;
    for (const Json& id : *one.find("ids")->get<Json::Array>())
      expected.push_back(static_cast<int>(*id.integer()));
    const auto tokens = encode(from_json, text), again = encode(from_vocabulary, text);
    EXPECT_EQ(ids_of(tokens), expected) << text;
    EXPECT_EQ(ids_of(again), expected) << text;
    ASSERT_EQ(tokens.size(), again.size());
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      const Token &token = tokens[i], &other = again[i];
      EXPECT_EQ(std::tie(token.start, token.end, token.special, token.token, token.text),
                std::tie(other.start, other.end, other.special, other.token, other.text));
      EXPECT_EQ(token.position, static_cast<int>(i));
      EXPECT_EQ(token.token, from_json.token(token.id));
      EXPECT_EQ(token.text, token.special ? token.token : text.substr(token.start, token.end - token.start));
      EXPECT_EQ(token.special, i == 0 || i + 1 == tokens.size());
      EXPECT_EQ(token.start == token.end, token.special);
    }
  }
}

TEST_P(GoldenTokenizer, TheSameTokenizerBothWays) {
  const Files with_json = json(), with_vocabulary = vocabulary();
  const Tokenizer from_json = open(with_json), from_vocabulary = open(with_vocabulary);
  EXPECT_EQ(from_json.vocab_size(), from_vocabulary.vocab_size());
  for (int id = 0; id < from_json.vocab_size(); ++id) {
    EXPECT_EQ(from_json.token(id), from_vocabulary.token(id));
    EXPECT_EQ(from_json.id(from_json.token(id)), id);
  }
  EXPECT_EQ(from_json.token(-1), "");
  EXPECT_EQ(from_json.token(from_json.vocab_size()), "");
  EXPECT_EQ(from_json.id("no such token"), std::nullopt);
  using Named = std::vector<std::pair<std::string, int>>;
  const Named named = {{"[PAD]", 0}, {"[UNK]", 1}, {"[CLS]", 2}, {"[SEP]", 3}, {"[MASK]", 4}};
  for (const Tokenizer& tokenizer : {from_json, from_vocabulary}) {
    EXPECT_EQ(tokenizer.special_list(), named);
    EXPECT_EQ(tokenizer.special().mask, 4);
    EXPECT_EQ(tokenizer.special().unknown, 1);
    EXPECT_EQ(tokenizer.special().cls, 2);
    EXPECT_EQ(tokenizer.special().sep, 3);
    EXPECT_EQ(tokenizer.special().pad, 0);
    EXPECT_EQ(tokenizer.special().bos, std::nullopt);
    EXPECT_TRUE(tokenizer.notes().empty());
  }
  const std::string casing = GetParam() == "bert-cased" ? "cased" : "lower-case";
  const std::string what = "WordPiece, " + std::to_string(from_json.vocab_size()) + " tokens, " + casing;
  EXPECT_EQ(from_json.description(), what + " (tokenizer.json)");
  EXPECT_EQ(from_vocabulary.description(), what + " (vocab.txt)");
}

INSTANTIATE_TEST_SUITE_P(Goldens, GoldenTokenizer, testing::Values("bert", "bert-cased", "bert-relu-untied"));

// A small vocabulary; ids are line numbers.
const std::string words = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nthe\nway\n##s\ncafe\n\xE6\x95\xB0\n!\n";

TEST(Tokenizer, OffsetsAreBytesOfTheGivenText) {
  const Files files = {{"vocab.txt", words}};
  const std::string text = "Caf\xC3\xA9 \xE6\x95\xB0\xE5\xAD\xA6 ways!";  // Café 数学 ways!
  const auto tokens = encode(open(files), text);
  EXPECT_EQ(ids_of(tokens), (std::vector{2, 8, 9, 1, 6, 7, 10, 3}));
  const std::vector<std::string> texts = {"[CLS]", "Caf\xC3\xA9", "\xE6\x95\xB0", "\xE5\xAD\xA6", "way",
                                          "s",     "!",           "[SEP]"};
  for (std::size_t i = 0; i < texts.size(); ++i) EXPECT_EQ(tokens[i].text, texts[i]);
  EXPECT_EQ(tokens[1].start, 0u);
  EXPECT_EQ(tokens[1].end, 5u);
  EXPECT_EQ(tokens[5].token, "##s");
  EXPECT_EQ(tokens[6].end, text.size());
}

TEST(Tokenizer, AMaskInTheTextIsPartOfTheText) {
  const Files files = {{"vocab.txt", words}};
  const auto tokens = encode(open(files), "the [MASK] [CLS] way[SEP]");
  EXPECT_EQ(ids_of(tokens), (std::vector{2, 5, 4, 2, 6, 3, 3}));
  const std::vector<bool> special = {true, false, false, false, false, false, true};
  for (std::size_t i = 0; i < tokens.size(); ++i) EXPECT_EQ(tokens[i].special, special[i]) << i;
  EXPECT_EQ(tokens[2].start, 4u);
  EXPECT_EQ(tokens[2].end, 10u);
  EXPECT_EQ(tokens[2].text, "[MASK]");
}

TEST(Tokenizer, EmptyText) {
  const Files files = {{"vocab.txt", words}};
  for (const std::string text : {"", "  \n\t "})
    EXPECT_EQ(ids_of(encode(open(files), text)), (std::vector{2, 3}));
}

TEST(Tokenizer, AWordOfAMillionCharactersIsUnknown) {
  const Files files = {{"vocab.txt", words}};
  const Tokenizer tokenizer = open(files);
  const std::clock_t begin = std::clock();
  const auto tokens = encode(tokenizer, std::string(1'000'000, 'a'));
  const double seconds =
      static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;  // of the processor, whatever else runs
  EXPECT_EQ(ids_of(tokens), (std::vector{2, 1, 3}));
  EXPECT_EQ(tokens[1].end, 1'000'000u);
  EXPECT_LT(seconds, 1.0);
}

TEST(Tokenizer, BadTexts) {
  const Files files = {{"vocab.txt", words}};
  const Tokenizer tokenizer = open(files);
  EXPECT_EQ(tokenizer.encode("the \xFFway").error().field, "byte 4");
  EXPECT_EQ(tokenizer.encode(std::string((std::size_t{16} << 20) + 1, ' ')).error().code, Code::bad_input);
}

TEST(Tokenizer, SwitchesOfTheConfig) {
  const std::string vocab =
      "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nCaf\xC3\xA9\ncaf\xC3\xA9\ncafe\nCafe\n\xE6\x95\xB0\xE5\xAD\xA6\n";
  const auto first_id = [&](const std::string& config, std::string_view text) {
    const Files files = {{"vocab.txt", vocab}, {"tokenizer_config.json", config}};
    return encode(open(files), text)[1].id;
  };
  const std::string text = "Caf\xC3\xA9";
  EXPECT_EQ(first_id("{}", text), 7);
  EXPECT_EQ(first_id(R"({"do_lower_case": true, "strip_accents": null})", text), 7);
  EXPECT_EQ(first_id(R"({"do_lower_case": true, "strip_accents": false})", text), 6);
  EXPECT_EQ(first_id(R"({"do_lower_case": false})", text), 5);
  EXPECT_EQ(first_id(R"({"do_lower_case": false, "strip_accents": true})", text), 8);
  EXPECT_EQ(first_id(R"({"tokenize_chinese_chars": false})", "\xE6\x95\xB0\xE5\xAD\xA6"), 9);
  EXPECT_EQ(first_id(R"({"tokenize_chinese_chars": true})", "\xE6\x95\xB0\xE5\xAD\xA6"), 1);
}

TEST(Tokenizer, SpecialTokensByTheStringsOfTheFiles) {
  const std::string vocab = "<unk>\n<s>\n</s>\n[MASK]\n<hole>\nthe\n";
  const std::string names = R"("unk_token": "<unk>", "cls_token": "<s>", "sep_token": {"content": "</s>"}, )";
  const Files files = {{"vocab.txt", vocab},
                       {"tokenizer_config.json", "{" + names + R"("mask_token": "<hole>"})"}};
  const Tokenizer tokenizer = open(files);
  EXPECT_EQ(tokenizer.special().mask, 4);
  EXPECT_EQ(ids_of(encode(tokenizer, "the <hole> [mask]")), (std::vector{1, 5, 4, 0, 0, 0, 2}));
  const Files map = {{"vocab.txt", vocab},
                     {"special_tokens_map.json", R"({"mask_token": {"content": "<hole>", "lstrip": true}})"}};
  const auto tokens = encode(open(map), "the  <hole>");
  EXPECT_EQ(tokens[2].id, 4);
  EXPECT_EQ(tokens[2].start, 3u);  // lstrip: the white space before it belongs to it
}

TEST(Tokenizer, AddedTokensFollowTheVocabulary) {
  const std::string decoder =
      R"({"added_tokens_decoder": {"11": {"content": "<e>", "normalized": false, "special": true}}})";
  const Files files = {
      {"vocab.txt", words}, {"tokenizer_config.json", decoder}, {"added_tokens.json", R"({"<f>": 12})"}};
  const Tokenizer tokenizer = open(files);
  EXPECT_EQ(tokenizer.vocab_size(), 13);
  EXPECT_EQ(ids_of(encode(tokenizer, "the<e>way<F>")), (std::vector{2, 5, 11, 6, 12, 3}));
  const Error error = refuse({{"vocab.txt", words}, {"added_tokens.json", R"({"<f>": 20})"}});
  EXPECT_EQ(error.field, "<f>");
  EXPECT_EQ(error.found, "id 11 by the vocabulary");
  EXPECT_EQ(error.expected, "20, as the files beside it say");
}

TEST(Tokenizer, NotesAreHandedOn) {
  const Files files = {{"vocab.txt", "\xEF\xBB\xBF" + words + "The\n"},
                       {"tokenizer_config.json", R"({"never_split": ["the"]})"}};
  const Tokenizer tokenizer = open(files);
  ASSERT_EQ(tokenizer.notes().size(), 3u);
  EXPECT_NE(tokenizer.notes()[0].find("never_split"), std::string::npos);
  EXPECT_EQ(tokenizer.notes()[1], "vocab.txt: byte order mark skipped");
  EXPECT_NE(tokenizer.notes()[2].find("capital letters"), std::string::npos);
}

std::string without(std::string text, const std::string& part) {
  text.replace(text.find(part), part.size(), "");
  return text;
}

TEST(TokenizerFaults, AVocabularyWithoutASpecialToken) {
  for (const std::string name : {"[MASK]", "[UNK]", "[CLS]", "[SEP]"}) {
    const Error error = refuse({{"vocab.txt", without(words, name + "\n")}});
    EXPECT_EQ(error.file, "dir/vocab.txt");
    EXPECT_EQ(error.field, name);
    EXPECT_EQ(error.found, "no such token");
  }
  const Error named =
      refuse({{"vocab.txt", words}, {"tokenizer_config.json", R"({"mask_token": "<hole>"})"}});
  EXPECT_EQ(named.field, "<hole>");
  EXPECT_EQ(refuse({{"vocab.txt", ""}}).field, "[UNK]");
  EXPECT_EQ(refuse({{"vocab.txt", words + "the\n"}}).field, "line 12");
}

TEST(TokenizerFaults, NoTokenizer) {
  const Error none = refuse({});
  EXPECT_EQ(none.file, "dir");
  EXPECT_EQ(none.field, "tokenizer");
  EXPECT_EQ(none.found, "nothing");
  EXPECT_EQ(none.expected,
            "tokenizer.json, or vocab.txt, vocab.json with merges.txt, or a SentencePiece model");
  const Error half = refuse({{"vocab.json", "{}"}}, "roberta");
  EXPECT_EQ(half.found, "vocab.json");
  EXPECT_EQ(half.expected, "tokenizer.json, or vocab.json with merges.txt");
  const Error pieces = refuse({{"spiece.model", ""}});  // families number their pieces each in their own way
  EXPECT_EQ(pieces.found, "spiece.model");
  EXPECT_NE(pieces.expected.find("tokenizer_class"), std::string::npos);
  const Error other =
      refuse({{"vocab.txt", words}, {"tokenizer_config.json", R"({"tokenizer_class": "T5Tokenizer"})"}});
  EXPECT_EQ(other.file, "dir/tokenizer_config.json");
  EXPECT_EQ(other.field, "tokenizer_class");
  EXPECT_EQ(other.found, "\"T5Tokenizer\" without a tokenizer.json");
  EXPECT_TRUE(other.expected.starts_with("one of Albert, Bert, ")) << other.expected;
}

TEST(TokenizerFaults, ConfigOfTheWrongKind) {
  const auto config = [](const std::string& text) {
    return refuse({{"vocab.txt", words}, {"tokenizer_config.json", text}});
  };
  EXPECT_EQ(config(R"({"do_lower_case": "yes"})").field, "do_lower_case");
  EXPECT_EQ(config(R"({"mask_token": 4})").field, "mask_token");
  EXPECT_EQ(config(R"({"mask_token": {"content": "[MASK]", "lstrip": 1}})").field, "lstrip");
  EXPECT_EQ(config(R"({"added_tokens_decoder": {"x": {"content": "<e>"}}})").field, "added_tokens_decoder.x");
  EXPECT_EQ(config(R"({"added_tokens_decoder": []})").field, "added_tokens_decoder");
  EXPECT_EQ(config("[]").expected, "an object");
  EXPECT_EQ(config("{").file, "dir/tokenizer_config.json");
}

// A tokenizer.json of parts.
struct Parts {
  std::string normalizer = "null", pre_tokenizer = R"({"type": "BertPreTokenizer"})", post_processor = "null";
  std::string decoder = "null", added_tokens = "[]";
  std::string model =
      R"({"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
          "max_input_chars_per_word": 100, "vocab": {"[UNK]": 0, "[MASK]": 1, "a": 2}})";

  Files files() const {
    return {{"tokenizer.json", R"({"version": "1.0", "truncation": null, "padding": null, "added_tokens": )" +
                                   added_tokens + R"(, "normalizer": )" + normalizer +
                                   R"(, "pre_tokenizer": )" + pre_tokenizer + R"(, "post_processor": )" +
                                   post_processor + R"(, "decoder": )" + decoder + R"(, "model": )" + model +
                                   "}"}};
  }
};

TEST(TokenizerJson, MaskOutsideTheAddedTokensIsStillFound) {
  const Files files = Parts{}.files();
  const Tokenizer tokenizer = open(files);
  EXPECT_EQ(tokenizer.special().mask, 1);
  EXPECT_EQ(ids_of(encode(tokenizer, "a[MASK]")), (std::vector{2, 1}));
}

TEST(TokenizerJson, TruncationAndPaddingAreNotApplied) {
  std::string text = Parts{}.files().at("tokenizer.json");
  const std::string none = R"("truncation": null, "padding": null)";
  text.replace(
      text.find(none), none.size(),
      R"("truncation": {"direction": "Right", "max_length": 2, "strategy": "LongestFirst", "stride": 0},
                  "padding": {"strategy": {"Fixed": 9}, "direction": "Right", "pad_to_multiple_of": null,
                              "pad_id": 0, "pad_type_id": 0, "pad_token": "[UNK]"})");
  const Files files = {{"tokenizer.json", text}};
  EXPECT_EQ(ids_of(encode(open(files), "a a a")), (std::vector{2, 2, 2}));
}

TEST(TokenizerJson, PreferredAndNeverFallenBackFrom) {
  Files files = {{"tokenizer.json", "{"}, {"vocab.txt", words}};
  const Error error = refuse(files);
  EXPECT_EQ(error.file, "dir/tokenizer.json");
  EXPECT_EQ(error.field, "line 1, column 1");
  files["tokenizer.json"] = Parts{}.files().at("tokenizer.json");
  EXPECT_EQ(open(files).vocab_size(), 3);
}

void expect_fault(const Files& files, const std::string& field, const std::string& found) {
  const Error error = refuse(files);
  EXPECT_EQ(error.file, "dir/tokenizer.json");
  EXPECT_EQ(error.field, field);
  EXPECT_NE(error.found.find(found), std::string::npos) << error.found;
}

TEST(TokenizerJson, UnknownComponentsAreNamedByTheirPath) {
  expect_fault(Parts{.normalizer = R"({"type": "Foo"})"}.files(), "normalizer.type",
               "unknown component \"Foo\"");
  expect_fault(
      Parts{.normalizer = R"({"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "Foo"}]})"}
          .files(),
      "normalizer.normalizers[1].type", "\"Foo\"");
  // The crate itself would take this one for a BertNormalizer by its members.
  expect_fault(Parts{.normalizer = R"({"type": "Foo", "clean_text": true, "handle_chinese_chars": true,
                                       "strip_accents": null, "lowercase": true})"}
                   .files(),
               "normalizer.type", "\"Foo\"");
  expect_fault(Parts{.pre_tokenizer = R"({"type": "Sequence", "pretokenizers": [{"type": "Foo"}]})"}.files(),
               "pre_tokenizer.pretokenizers[0].type", "\"Foo\"");
  expect_fault(Parts{.post_processor = R"({"type": 3})"}.files(), "post_processor.type", "3");
  expect_fault(Parts{.decoder = R"({"type": "Foo"})"}.files(), "decoder.type", "\"Foo\"");
  expect_fault(Parts{.model = R"({"type": "Foo", "vocab": {}})"}.files(), "model.type", "\"Foo\"");
  const Error error = refuse(Parts{.model = R"({"type": "Foo", "vocab": {}})"}.files());
  EXPECT_EQ(error.expected, "one of BPE, Unigram, WordLevel, WordPiece");
}

TEST(TokenizerJson, ComponentsWithWrongMembers) {
  expect_fault(Parts{.normalizer = R"({"type": "BertNormalizer", "clean_text": 3})"}.files(), "normalizer",
               "members");
  expect_fault(Parts{.normalizer = R"({"type": "Sequence", "normalizers": [{"type": "Prepend"}]})"}.files(),
               "normalizer.normalizers[0]", "");
  expect_fault(Parts{.normalizer = R"({"type": "Precompiled", "precompiled_charsmap": "AAAA"})"}.files(),
               "normalizer", "cannot take");
  expect_fault(Parts{.added_tokens = R"([{"id": 1}])"}.files(), "added_tokens", "missing field");
  expect_fault(Parts{.model = "null"}.files(), "model", "nothing");
}

std::string wordpiece(const std::string& vocab, const std::string& unknown = "[UNK]") {
  return R"({"type": "WordPiece", "unk_token": ")" + unknown + R"(", "continuing_subword_prefix": "##",
             "max_input_chars_per_word": 100, "vocab": )" +
         vocab + "}";
}

TEST(TokenizerJson, IdsOfTheVocabulary) {
  expect_fault(Parts{.model = wordpiece(R"({"[UNK]": 0, "[MASK]": 1, "a": 3})")}.files(), "model.vocab",
               "no token of id 2, but one of id 3");
  expect_fault(Parts{.model = wordpiece(R"({"[UNK]": 0, "[MASK]": 1, "a": 4294967295})")}.files(),
               "model.vocab", "no token of id 2");
  expect_fault(Parts{.model = wordpiece(R"({"[UNK]": 0, "[MASK]": 1, "a": 1})")}.files(), "model.vocab",
               "id 1 of two tokens");
  expect_fault(Parts{.model = wordpiece(R"({"[UNK]": 0, "[MASK]": 1, "a": 2, "a": 3})")}.files(),
               "model.vocab", "appears twice");
  expect_fault(Parts{.model = wordpiece(R"({"[UNK]": 0, "[MASK]": -1})")}.files(), "model.vocab", "-1");
  expect_fault(Parts{.model = wordpiece(R"({"[UNK]": 0, "[MASK]": 1.5})")}.files(), "model.vocab", "1.5");
  expect_fault(Parts{.model = wordpiece(R"({"[UNK]": 0, "[MASK]": 1})", "[UNKNOWN]")}.files(),
               "model.unk_token", "[UNKNOWN]");
  expect_fault(Parts{.model = wordpiece("{}")}.files(), "model.unk_token", "[UNK]");
}

TEST(TokenizerJson, MissingSpecialTokens) {
  expect_fault(Parts{.model = wordpiece(R"({"[UNK]": 0, "a": 1})")}.files(), "[MASK]", "no such token");
  expect_fault(Parts{.model = wordpiece(R"({"[MASK]": 0, "a": 1})")}.files(), "model.unk_token", "[UNK]");
}

TEST(TokenizerJson, AddedTokensWithTheVocabularysIds) {
  const auto added = [](int id, const std::string& content) {
    return R"([{"id": )" + std::to_string(id) + R"(, "content": ")" + content +
           R"(", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false,
             "special": true}])";
  };
  const Files files = Parts{.added_tokens = added(3, "<e>")}.files();
  EXPECT_EQ(open(files).vocab_size(), 4);
  expect_fault(Parts{.added_tokens = added(2, "[MASK]")}.files(), "added_tokens[0].id",
               "id 2 for \"[MASK]\"");
  expect_fault(Parts{.added_tokens = added(9, "<e>")}.files(), "model.vocab", "no token of id 3");
}

TEST(TokenizerJson, SpecialTokensPastTheVocabulary) {
  expect_fault(
      Parts{.post_processor = R"({"type": "BertProcessing", "sep": ["[SEP]", 7], "cls": ["[CLS]", 2]})"}
          .files(),
      "post_processor", "id 7");
}

std::string bpe(const std::string& merges) {
  return R"({"type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null,
             "end_of_word_suffix": null, "fuse_unk": false, "vocab": {"a": 0, "b": 1, "ab": 2, "<mask>": 3},
             "merges": )" +
         merges + "}";
}

TEST(TokenizerJson, Merges) {
  for (const std::string merges : {R"(["a b"])", R"([["a", "b"]])"}) {
    const Files files = Parts{.model = bpe(merges)}.files();
    EXPECT_EQ(ids_of(encode(open(files), "ab")), (std::vector{2}));
  }
  expect_fault(Parts{.model = bpe(R"(["a b", "ab"])")}.files(), "model.merges[1]", "\"ab\"");
  expect_fault(Parts{.model = bpe(R"([["a", "b"], ["a"]])")}.files(), "model.merges[1]", "[\"a\"]");
  expect_fault(Parts{.model = bpe(R"(["a b", "a x"])")}.files(), "model.merges[1]", "\"a x\"");
  expect_fault(Parts{.model = bpe(R"(["b a"])")}.files(), "model.merges[0]", "\"b a\"");
  expect_fault(Parts{.model = bpe("3")}.files(), "model", "");
}

TEST(TokenizerJson, TheFileItself) {
  expect_fault({{"tokenizer.json", ""}}, "line 1, column 0", "EOF");
  expect_fault({{"tokenizer.json", "{}"}}, "model", "nothing");
  expect_fault({{"tokenizer.json", R"({"version": "2.0", "model": {}})"}}, "version", "2.0");
  expect_fault({{"tokenizer.json", "{\"version\": \"\xFF\"}"}}, "byte 13", "invalid UTF-8");
  expect_fault({{"tokenizer.json", R"({"model": {}, "model": {}})"}}, "line 1, column 21", "duplicate field");
  const std::string deep(100'000, '[');
  expect_fault({{"tokenizer.json", R"({"normalizer": )" + deep + std::string(100'000, ']') + "}"}},
               "normalizer", "recursion");
}

}  // namespace
}  // namespace logitlens
