#include "io/checkpoint.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>

#include "unit/bundle_builder.h"
#include "unit/safetensors_builder.h"
#include "unit/test_folder.h"

namespace logitlens::test {
namespace {

namespace fs = std::filesystem;

const std::string kConfig = R"({"model_type": "bert", "hidden_size": 2})";

std::string weights() { return safetensors_bytes({{"a", "F32", {1, 2}, "12345678"}}); }

void expect_error(const Result<Checkpoint>& checkpoint, std::vector<std::string> parts,
                  Code code = Code::bad_input) {
  ASSERT_FALSE(checkpoint.ok());
  EXPECT_EQ(checkpoint.error().code, code);
  const std::string message = checkpoint.error().message();
  for (const std::string& part : parts)
    EXPECT_NE(message.find(part), std::string::npos) << part << ": " << message;
  EXPECT_FALSE(checkpoint.error().remedy.empty());
}

class ReadCheckpoint : public testing::Test {
 protected:
  Result<Checkpoint> read() const { return read_checkpoint(folder_.path().string()); }
  TestFolder folder_;
};

TEST_F(ReadCheckpoint, ReadsTheReferenceLayout) {
  folder_.write("config.json", kConfig);
  folder_.write("model.safetensors", weights());
  folder_.write("vocab.txt", "[PAD]\n");
  folder_.write("tokenizer_config.json", "{}");
  folder_.write("README.md", "---\nlanguage: en\nlicense: apache-2.0\n---\n# Model\n");
  const auto checkpoint = read();
  ASSERT_TRUE(checkpoint.ok()) << checkpoint.error().message();
  EXPECT_EQ(checkpoint->path, folder_.path().string());
  EXPECT_EQ(checkpoint->format, "safetensors");
  EXPECT_EQ(checkpoint->config_file, folder_.path_of("config.json"));
  EXPECT_EQ(checkpoint->config.find("hidden_size")->integer(), 2);
  EXPECT_FALSE(checkpoint->heads_assumed);
  EXPECT_NE(checkpoint->tensors.find("a"), nullptr);
  ASSERT_EQ(checkpoint->tokenizer_files.size(), 2u);
  EXPECT_EQ(checkpoint->tokenizer_files.at("vocab.txt")->text(), "[PAD]\n");
  EXPECT_EQ(checkpoint->weight_files, std::vector{folder_.path_of("model.safetensors")});
  EXPECT_EQ(checkpoint->licence, "apache-2.0");
  EXPECT_TRUE(checkpoint->notes.empty());
}

TEST_F(ReadCheckpoint, ReadsShardsAndSaysSo) {
  folder_.write("config.json", kConfig);
  folder_.write("model.safetensors.index.json", R"({"weight_map": {"a": "m1"}})");
  folder_.write("m1", weights());
  const auto checkpoint = read();
  ASSERT_TRUE(checkpoint.ok()) << checkpoint.error().message();
  EXPECT_NE(checkpoint->tensors.find("a"), nullptr);
  EXPECT_EQ(checkpoint->weight_files, std::vector{folder_.path_of("m1")});
  EXPECT_EQ(checkpoint->notes, std::vector<std::string>{"model.safetensors.index.json: 1 files of weights"});
}

TEST_F(ReadCheckpoint, ReadsTheTinyGoldens) {
  for (const char* name : {"bert", "bert-cased", "bert-relu-untied"}) {
    const auto checkpoint = read_checkpoint(std::string(LL_TEST_DATA) + "/goldens/" + name);
    ASSERT_TRUE(checkpoint.ok()) << checkpoint.error().message();
    EXPECT_NE(checkpoint->tensors.find("bert.embeddings.word_embeddings.weight"), nullptr) << name;
    EXPECT_TRUE(checkpoint->tokenizer_files.contains("tokenizer.json"));
  }
}

TEST_F(ReadCheckpoint, TakesTheLicenceFromALicenceFile) {
  folder_.write("config.json", kConfig);
  folder_.write("model.safetensors", weights());
  folder_.write("README.md", "# No front matter\nlicense: of nothing\n");
  folder_.write("LICENSE", "\n\n   MIT Licen\x1b[1mce  \nmore");
  EXPECT_EQ(read()->licence, "MIT Licen\\x1b[1mce");
}

TEST_F(ReadCheckpoint, APathThatDoesNotExistIsBadInput) {
  expect_error(read_checkpoint("no/such/model"),
               {"no/such/model: found no such directory", "Check the path"});
}

TEST_F(ReadCheckpoint, AFileIsNoDirectory) {
  const std::string path = folder_.write("model.safetensors", weights());
  expect_error(read_checkpoint(path),
               {path, "a file, expected a checkpoint directory", "Give the directory"});
}

TEST_F(ReadCheckpoint, AnEmptyDirectoryIsToldWhatWasLookedFor) {
  expect_error(read(), {folder_.path().string(), "config.json", "model.safetensors.index.json",
                        "variables/variables.index", "bert_model.ckpt.index"});
}

TEST_F(ReadCheckpoint, WeightsNeedAConfiguration) {
  folder_.write("model.safetensors", weights());
  expect_error(read(),
               {folder_.path().string() + ": config.json: found no such file", "Download config.json"});
}

TEST_F(ReadCheckpoint, AConfigurationNeedsWeights) {
  folder_.write("config.json", kConfig);
  expect_error(read(), {": weights: found none beside config.json, expected model.safetensors",
                        "Download the weights"});
}

TEST_F(ReadCheckpoint, OtherFormatsAreRefusedWithTheWayToConvertThem) {
  for (const char* name :
       {"pytorch_model.bin", "pytorch_model.bin.index.json", "tf_model.h5", "flax_model.msgpack"}) {
    const TestFolder folder;
    folder.write("config.json", kConfig);
    folder.write(name, "x");
    expect_error(read_checkpoint(folder.path().string()),
                 {folder.path_of(name), "expected model.safetensors", "save_pretrained"});
  }
}

TEST_F(ReadCheckpoint, OtherFormatsBesideSafetensorsAreIgnored) {
  folder_.write("config.json", kConfig);
  folder_.write("model.safetensors", weights());
  folder_.write("pytorch_model.bin", "x");
  EXPECT_TRUE(read().ok());
}

TEST_F(ReadCheckpoint, ABadConfigurationIsNamed) {
  folder_.write("model.safetensors", weights());
  folder_.write("config.json", R"({"hidden_size": 2, "hidden_size": 3})");
  expect_error(read(), {folder_.path_of("config.json") + ": hidden_size: found the key twice"});
  folder_.write("config.json", std::string((16 << 20) + 1, ' '));
  expect_error(read(), {folder_.path_of("config.json") +
                        ": file size: found 16777217 bytes, expected at most 16777216"});
  fs::remove(folder_.path() / "config.json");
  fs::create_directory(folder_.path() / "config.json");
  expect_error(read(), {folder_.path_of("config.json") + ": found a directory, expected a regular file"});
}

TEST_F(ReadCheckpoint, WeightsMustBeARegularFile) {
  folder_.write("config.json", kConfig);
  ASSERT_EQ(::mkfifo(folder_.path_of("model.safetensors").c_str(), 0600), 0);
  expect_error(read(), {folder_.path_of("model.safetensors") + ": found a pipe"});
}

TEST_F(ReadCheckpoint, ABrokenWeightFileIsNamed) {
  folder_.write("config.json", kConfig);
  folder_.write("model.safetensors", "version https://git-lfs.github.com/spec/v1\n");
  expect_error(read(), {folder_.path_of("model.safetensors") + ": found a Git LFS pointer"});
}

// One block of width 64, as Google's variables.
BundleBuilder google_bert() {
  const auto zeros = [](std::size_t count) { return std::vector<float>(count); };
  BundleBuilder bundle;
  bundle.add_floats("module/bert/embeddings/word_embeddings", {8, 64}, zeros(512))
      .add_floats("module/bert/embeddings/position_embeddings", {4, 64}, zeros(256))
      .add_floats("module/bert/embeddings/token_type_embeddings", {2, 64}, zeros(128))
      .add_floats("module/bert/encoder/layer_0/intermediate/dense/kernel", {64, 256}, zeros(64 * 256));
  return bundle;
}

TEST_F(ReadCheckpoint, ReadsASavedModel) {
  google_bert().write(folder_.path_of("variables/variables"));
  folder_.write("assets/vocab.txt", "[PAD]\n");
  folder_.write("assets/model.json", R"({"doLowerCase": false, "maxSequenceLength": 128})");
  const auto checkpoint = read();
  ASSERT_TRUE(checkpoint.ok()) << checkpoint.error().message();
  EXPECT_EQ(checkpoint->format, "tensorflow saved model");
  EXPECT_EQ(checkpoint->config.find("hidden_size")->integer(), 64);
  EXPECT_EQ(checkpoint->config.find("num_attention_heads")->integer(), 1);
  EXPECT_TRUE(checkpoint->heads_assumed);
  ASSERT_EQ(checkpoint->notes.size(), 1u);
  EXPECT_NE(checkpoint->notes[0].find("1 assumed, hidden size / 64"), std::string::npos);
  EXPECT_NE(checkpoint->tensors.find("bert.encoder.layer.0.intermediate.dense.weight"), nullptr);
  EXPECT_EQ(checkpoint->tokenizer_files.at("vocab.txt")->text(), "[PAD]\n");
  const auto& tokenizer = checkpoint->tokenizer_files.at("tokenizer_config.json");
  EXPECT_EQ(tokenizer->text(), R"({"do_lower_case": false, "tokenizer_class": "BertTokenizer"})");
  EXPECT_EQ(tokenizer->path(), folder_.path_of("assets/model.json"));
  EXPECT_EQ(checkpoint->weight_files,
            (std::vector{folder_.path_of("variables/variables.index"),
                         folder_.path_of("variables/variables.data-00000-of-00001")}));
}

TEST_F(ReadCheckpoint, ASavedModelsConfigurationCanBeWrittenByHand) {
  google_bert().write(folder_.path_of("variables/variables"));
  folder_.write("config.json", R"({"num_attention_heads": 2})");
  const auto checkpoint = read();
  ASSERT_TRUE(checkpoint.ok()) << checkpoint.error().message();
  EXPECT_EQ(checkpoint->config.find("num_attention_heads")->integer(), 2);
  EXPECT_EQ(*checkpoint->config.find("model_type")->get<std::string>(), "bert");
  EXPECT_FALSE(checkpoint->heads_assumed);
}

TEST_F(ReadCheckpoint, ASavedModelMustSayItsCasingRight) {
  google_bert().write(folder_.path_of("variables/variables"));
  EXPECT_NE(read()->notes.back().find("assets/model.json is missing"), std::string::npos);
  folder_.write("assets/model.json", R"({"doLowerCase": "yes"})");
  expect_error(read(), {folder_.path_of("assets/model.json") +
                        ": doLowerCase: found \"yes\", expected true or false"});
}

TEST_F(ReadCheckpoint, ReadsAGoogleRelease) {
  for (const auto& [name, lower_case] : {std::pair{"uncased_L-1", "true"}, {"cased_L-1", "false"}}) {
    const std::string prefix = std::string(name) + "/";
    google_bert().write(folder_.path_of(prefix + "bert_model.ckpt"));
    folder_.write(prefix + "bert_config.json", R"({"hidden_size": 64})");
    folder_.write(prefix + "vocab.txt", "[PAD]\n");
    const auto checkpoint = read_checkpoint(folder_.path_of(name));
    ASSERT_TRUE(checkpoint.ok()) << checkpoint.error().message();
    EXPECT_EQ(checkpoint->format, "tensorflow checkpoint");
    EXPECT_EQ(checkpoint->config_file, folder_.path_of(prefix + "bert_config.json"));
    EXPECT_EQ(*checkpoint->config.find("model_type")->get<std::string>(), "bert");
    EXPECT_FALSE(checkpoint->heads_assumed);
    EXPECT_TRUE(checkpoint->tensors.find("bert.encoder.layer.0.intermediate.dense.weight")->in_out);
    const auto casing = checkpoint->tokenizer_files.at("tokenizer_config.json")->text();
    EXPECT_NE(casing.find(lower_case), std::string::npos);
  }
}

TEST_F(ReadCheckpoint, AReleasesTokenizerConfigurationIsKept) {
  google_bert().write(folder_.path_of("bert_model.ckpt"));
  folder_.write("bert_config.json", R"({"hidden_size": 64})");
  folder_.write("tokenizer_config.json", "{}");
  EXPECT_EQ(read()->tokenizer_files.at("tokenizer_config.json")->text(), "{}");
}

TEST_F(ReadCheckpoint, ASavedModelIsReadFromItsBundle) {
  folder_.write("variables/variables.index", "no bundle");
  expect_error(read(), {folder_.path_of("variables/variables.index")});
}

TEST_F(ReadCheckpoint, AGoogleReleaseNeedsExactlyOneCheckpoint) {
  folder_.write("bert_config.json", kConfig);
  expect_error(read(), {": weights: found bert_config.json without weights, expected bert_model.ckpt.index"});
  folder_.write("model.ckpt-1.index", "no bundle");
  expect_error(read(), {folder_.path_of("model.ckpt-1.index")});
  folder_.write("model.ckpt-2.index", "no bundle");
  expect_error(read(), {": weights: found 2 checkpoints", "\n  model.ckpt-1.index, model.ckpt-2.index"});
  folder_.write("bert_model.ckpt.index", "no bundle");
  expect_error(read(), {folder_.path_of("bert_model.ckpt.index")});
}

TEST(ReadEmbeddedCheckpoint, ReadsFilesInMemory) {
  const std::string model = weights(), vocab = "[PAD]\n";
  const auto bytes = [](const std::string& text) { return std::as_bytes(std::span(text)); };
  const auto checkpoint = read_embedded_checkpoint(
      "demo",
      {{"config.json", bytes(kConfig)}, {"model.safetensors", bytes(model)}, {"vocab.txt", bytes(vocab)}});
  ASSERT_TRUE(checkpoint.ok()) << checkpoint.error().message();
  EXPECT_EQ(checkpoint->path, "demo");
  EXPECT_EQ(checkpoint->format, "embedded");
  EXPECT_TRUE(checkpoint->weight_files.empty());
  EXPECT_EQ(checkpoint->tensors.find("a")->file, "demo/model.safetensors");
  EXPECT_EQ(checkpoint->tokenizer_files.at("vocab.txt")->text(), vocab);
}

TEST(ReadEmbeddedCheckpoint, BrokenFilesAreErrors) {
  const std::string broken = "1234567";
  const auto bytes = [](const std::string& text) { return std::as_bytes(std::span(text)); };
  expect_error(read_embedded_checkpoint(
                   "demo", {{"config.json", bytes(kConfig)}, {"model.safetensors", bytes(broken)}}),
               {"demo/model.safetensors: file size"});
  expect_error(read_embedded_checkpoint("demo", {}), {"demo/"}, Code::bad_input);
}

}  // namespace
}  // namespace logitlens::test
