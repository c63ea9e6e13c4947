// The older tokenizer files: which rule reads them, what is refused and how.
#include <gtest/gtest.h>

#include <bit>

#include "support/tokenizer_files.h"
#include "text/sentencepiece_model.h"

namespace logitlens {
namespace {

using test::encode;
using test::Files;
using test::ids_of;
using test::open;
using test::refuse;

// Protobuf by hand.
std::string varint(std::uint64_t value) {
  std::string out;
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  return out + static_cast<char>(value);
}
std::string number_field(unsigned number, std::uint64_t value) { return varint(number << 3) + varint(value); }
std::string bytes_field(unsigned number, const std::string& bytes) {
  return varint(number << 3 | 2) + varint(bytes.size()) + bytes;
}
std::string float_field(unsigned number, float value) {
  std::string out = varint(number << 3 | 5);
  for (int i = 0; i < 4; ++i) out += static_cast<char>(std::bit_cast<std::uint32_t>(value) >> (8 * i));
  return out;
}

constexpr std::uint64_t normal = 1, unknown = 2, control = 3, kept_whole = 4;

std::string piece(const std::string& text, float score, std::uint64_t type = normal) {
  return bytes_field(1, bytes_field(1, text) + float_field(2, score) + number_field(3, type));
}

// <unk>, <s>, </s> and a few pieces, as a trainer for XLM-RoBERTa leaves them.
const std::string first_pieces =
    piece("<unk>", 0, unknown) + piece("<s>", 0, control) + piece("</s>", 0, control);
const std::string words =
    piece("▁the", -1) + piece("▁", -2) + piece("way", -3) + piece("w", -4) + piece("ay", -5);

Files xlm(const std::string& model) { return {{"sentencepiece.bpe.model", model}}; }

TEST(SlowTokenizer, XlmRobertasLayout) {
  const Files files = xlm(first_pieces + words);
  const Tokenizer tokenizer = open(files, "xlm-roberta");
  std::vector<std::string> tokens;
  for (int id = 0; id < tokenizer.vocab_size(); ++id) tokens.push_back(tokenizer.token(id));
  EXPECT_EQ(tokens, (std::vector<std::string>{"<s>", "<pad>", "</s>", "<unk>", "▁the", "▁", "way", "w", "ay",
                                              "<mask>"}));
  EXPECT_EQ(ids_of(encode(tokenizer, "the way <mask>x")), (std::vector{0, 4, 5, 6, 9, 5, 3, 2}));
  EXPECT_EQ(tokenizer.description(), "Unigram, 10 tokens, cased (sentencepiece.bpe.model)");
  EXPECT_EQ(tokenizer.special().mask, 9);
  EXPECT_EQ(tokenizer.special().bos, 0);
}

TEST(SlowTokenizer, AMaskThatFollowsThePieces) {
  const std::string model = piece("[PAD]", 0, control) + piece("[CLS]", 0, control) +
                            piece("[SEP]", 0, control) + piece("[UNK]", 0, unknown) + words;
  for (const Files& files : {Files{{"spm.model", model}},
                             Files{{"spm.model", model}, {"added_tokens.json", R"({"[MASK]": 9})"}}}) {
    const Tokenizer tokenizer = open(files, "deberta-v2");
    EXPECT_EQ(tokenizer.special().mask, 9);
    EXPECT_EQ(ids_of(encode(tokenizer, "the way[MASK]")), (std::vector{1, 4, 5, 6, 9, 2}));
  }
  const Error error =
      refuse({{"spm.model", model}, {"added_tokens.json", R"({"[MASK]": 12})"}}, "deberta-v2");
  EXPECT_EQ(error.field, "[MASK]");
}

TEST(SlowTokenizer, PiecesKeptWholeAreCutOutFirst) {
  const std::string model = piece("<pad>", 0, control) + piece("<unk>", 0, unknown) +
                            piece("[CLS]", 0, control) + piece("[SEP]", 0, control) +
                            piece("[MASK]", 0, kept_whole) + piece("(", 0, kept_whole) + words;
  const Files files = {{"spiece.model", model}};
  const Tokenizer tokenizer = open(files, "albert");
  EXPECT_EQ(ids_of(encode(tokenizer, "The(way [MASK]")), (std::vector{2, 6, 5, 7, 8, 4, 3}));
  EXPECT_EQ(tokenizer.special_list().size(), 5u);  // a bracket is no special token
}

TEST(SlowTokenizer, ABpeModelsMergesAreFoundByItsPieces) {
  const std::string trainer = bytes_field(2, number_field(3, 2) + number_field(35, 0));
  const std::string pieces =
      piece("ab", 0) + piece("▁ab", -1) + piece("▁", -2) + piece("a", -3) + piece("b", -4);
  const Files files = xlm(first_pieces + pieces + trainer);
  const Tokenizer tokenizer = open(files, "xlm-roberta");
  EXPECT_EQ(ids_of(encode(tokenizer, "ab aab")), (std::vector{0, 5, 6, 7, 4, 2}));
  EXPECT_TRUE(tokenizer.description().starts_with("BPE, 10 tokens"));
  const Error words_only =
      refuse(xlm(first_pieces + words + bytes_field(2, number_field(3, 3))), "xlm-roberta");
  EXPECT_EQ(words_only.field, "trainer_spec.model_type");
  EXPECT_EQ(words_only.found, "3");
}

TEST(SlowTokenizer, TheClassComesBeforeTheModelType) {
  Files files = {{"vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nthe\n<mask>\n<s>\n</s>\n<pad>\n"}};
  const auto first = [&](const std::string& model_type) {
    return encode(open(files, model_type), "").front().token;
  };
  EXPECT_EQ(first(""), "[CLS]");
  EXPECT_EQ(first("mpnet"), "<s>");
  files["tokenizer_config.json"] = R"({"tokenizer_class": "BertTokenizerFast"})";
  EXPECT_EQ(first("mpnet"), "[CLS]");
  files["tokenizer_config.json"] = R"({"tokenizer_class": "PreTrainedTokenizerFast"})";  // says nothing
  EXPECT_EQ(first("mpnet"), "<s>");
}

const std::string gpt2_vocabulary =
    R"({"<|endoftext|>": 0, "t": 1, "h": 2, "e": 3, "th": 4, "the": 5, "Ġ": 6})";

TEST(SlowTokenizer, WhatTheConfigAsksForAroundAText) {
  Files files = {{"vocab.json", gpt2_vocabulary}, {"merges.txt", "#version: 0.2\nt h\nth e\n"}};
  EXPECT_EQ(ids_of(encode(open(files, "gpt2"), "the")), (std::vector{5}));
  EXPECT_EQ(ids_of(encode(open(files), "the")), (std::vector{5}));
  EXPECT_TRUE(encode(open(files, "gpt2"), "").empty());
  files["tokenizer_config.json"] = R"({"tokenizer_class": "GPT2Tokenizer", "add_bos_token": true})";
  EXPECT_EQ(ids_of(encode(open(files), "the")), (std::vector{0, 5}));
  EXPECT_EQ(ids_of(encode(open(files), "the", "th")), (std::vector{0, 5, 0, 4}));
  files["tokenizer_config.json"] = R"({"add_eos_token": true, "add_prefix_space": true})";
  EXPECT_EQ(ids_of(encode(open(files, "gpt2"), "the")), (std::vector{6, 5, 0}));
  EXPECT_EQ(open(files, "gpt2").special().mask, std::nullopt);
}

TEST(SlowTokenizer, MergesAsFilesHaveThem) {
  const Files files = {{"vocab.json", "\xEF\xBB\xBF" + gpt2_vocabulary},
                       {"merges.txt", "\xEF\xBB\xBFt h\r\n\r\nth e"}};
  EXPECT_EQ(ids_of(encode(open(files, "gpt2"), "the")), (std::vector{5}));
}

TEST(SlowTokenizer, QwenTakesDigitsOneByOne) {
  const Files files = {{"vocab.json", R"({"1": 0, "2": 1, "12": 2, "<|endoftext|>": 3})"},
                       {"merges.txt", "1 2\n"},
                       {"tokenizer_config.json", R"({"tokenizer_class": "Qwen2Tokenizer"})"}};
  EXPECT_EQ(ids_of(encode(open(files), "12")), (std::vector{0, 1}));
}

void expect_fault(const Error& error, const std::string& file, const std::string& field,
                  const std::string& found) {
  EXPECT_EQ(error.file, "dir/" + file);
  EXPECT_EQ(error.field, field);
  EXPECT_EQ(error.found, found);
}

TEST(SlowTokenizerFaults, Merges) {
  const auto merges = [](const std::string& text) {
    return refuse({{"vocab.json", gpt2_vocabulary}, {"merges.txt", text}}, "gpt2");
  };
  expect_fault(merges("#version: 0.2\nt h\nth\n"), "merges.txt", "line 3", "\"th\"");
  expect_fault(merges("t h e\n"), "merges.txt", "line 1", "\"t h e\"");
  expect_fault(merges("t \n"), "merges.txt", "line 1", "\"t \"");
  expect_fault(merges("t h\nt x\n"), "merges.txt", "line 2", "\"t x\"");
  expect_fault(merges("h e\n"), "merges.txt", "line 1", "\"h e\"");  // no token "he"
  EXPECT_EQ(merges("h e\n").expected, "two tokens of vocab.json whose join is one too");
}

TEST(SlowTokenizerFaults, VocabularyOfIds) {
  const auto vocabulary = [](const std::string& text) {
    return refuse({{"vocab.json", text}, {"merges.txt", ""}}, "gpt2");
  };
  expect_fault(vocabulary(R"({"a": 0, "b": 2})"), "vocab.json", "b", "id 2 among 2 tokens");
  expect_fault(vocabulary(R"({"a": 0, "b": 0})"), "vocab.json", "b", "id 0, which \"a\" has too");
  expect_fault(vocabulary(R"({"a": 0, "b": -1})"), "vocab.json", "b", "-1");
  expect_fault(vocabulary(R"({"a": 0, "b": 1.0})"), "vocab.json", "b", "1.0");
  expect_fault(vocabulary(R"({"a": 0, "b": 99999999999999999999})"), "vocab.json", "b", "1e+20");
  expect_fault(vocabulary("{}"), "vocab.json", "", "no tokens");
  EXPECT_EQ(vocabulary("[]").expected, "an object of tokens with their ids");
  EXPECT_EQ(vocabulary("{").file, "dir/vocab.json");
  EXPECT_EQ(vocabulary(R"({"a": 0, "a": 1})").file, "dir/vocab.json");
  const Error mask = refuse({{"vocab.json", R"({"<s>": 0, "</s>": 1})"}, {"merges.txt", ""}}, "roberta");
  expect_fault(mask, "vocab.json", "<mask>", "no such token");
  const Error cls = refuse({{"vocab.json", R"({"<mask>": 0, "</s>": 1})"}, {"merges.txt", ""}}, "roberta");
  expect_fault(cls, "vocab.json", "<s>", "no such token");
}

TEST(SlowTokenizerFaults, SentencePieceBytes) {
  const std::string good = first_pieces + words;
  const std::string name = "sentencepiece.bpe.model";
  const auto model = [](const std::string& bytes) { return refuse(xlm(bytes), "xlm-roberta"); };
  expect_fault(model(""), name, "pieces", "none");
  expect_fault(model("<html>"), name, "", "malformed bytes, or the file's end");
  expect_fault(model(good.substr(0, good.size() - 1)), name, "after pieces[6]",
               "malformed bytes, or the file's end");
  expect_fault(model(good + number_field(1, 7)), name, "after pieces[7]",
               "malformed bytes, or the file's end");
  expect_fault(model(good + bytes_field(1, number_field(1, 7))), name, "pieces[8]",
               "malformed bytes, or the file's end");
  expect_fault(model(good + bytes_field(1, bytes_field(1, "x") + bytes_field(2, "y"))), name, "pieces[8]",
               "malformed bytes, or the file's end");
  expect_fault(model(good + bytes_field(2, bytes_field(3, "x"))), name, "trainer_spec",
               "malformed bytes, or the file's end");
  expect_fault(model(good + bytes_field(3, number_field(2, 1))), name, "normalizer_spec",
               "malformed bytes, or the file's end");
  expect_fault(model(good + piece("way", -9)), name, "pieces[8]", "\"way\", which is pieces[5] too");
  expect_fault(model(good + piece("<pad>", -9)), name, "pieces[8]",
               "\"<pad>\", which is one of the family's own pieces too");
  expect_fault(model(good + piece("", -9)), name, "pieces[8]", "no text");
  expect_fault(model(good + piece("a\xFF", -9)), name, "pieces[8]", "invalid UTF-8 at byte 1");
  expect_fault(model(good + piece("x", std::numeric_limits<float>::quiet_NaN())), name, "pieces[8].score",
               "nan");
  expect_fault(model(good + piece(std::string(513, 'x'), -9)), name, "pieces[8]", "513 bytes");
  expect_fault(model(piece("<unk>", 0, unknown)), name, "pieces", "1");
  const Error map = model(good + bytes_field(3, bytes_field(2, "AAAA")));
  EXPECT_EQ(map.file, "dir/" + name);
  EXPECT_EQ(map.field.substr(0, 10), "normalizer");
}

// Every file that is cut short is refused or read; none brings the program down.
TEST(SlowTokenizerFaults, CutShort) {
  const std::string whole = test::golden_file("albert", "spiece.model");
  for (std::size_t size = 0; size < whole.size(); size += 1 + whole.size() / 97) {
    const Files files = {{"spiece.model", whole.substr(0, size)}};
    const auto tokenizer = Tokenizer::from_checkpoint(test::checkpoint_of(files, "albert"));
    EXPECT_TRUE(tokenizer.ok() || tokenizer.error().code == Code::bad_input) << size;
  }
}

TEST(SlowTokenizerFaults, MoreThanAMillionPieces) {
  std::string many;
  for (int i = 0; i < 1'000'001; ++i) many += std::string("\x0A\x00", 2);  // each without a byte of its own
  const Error error = refuse(xlm(many), "xlm-roberta");
  EXPECT_EQ(error.field, "pieces");
  EXPECT_EQ(error.found, "more than a million");
}

}  // namespace
}  // namespace logitlens
