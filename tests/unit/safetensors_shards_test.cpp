#include <gtest/gtest.h>

#include <algorithm>

#include "io/safetensors.h"
#include "unit/safetensors_builder.h"
#include "unit/test_folder.h"

namespace logitlens::test {
namespace {

const std::string kFirst = "model-1-of-2.safetensors", kSecond = "model-2-of-2.safetensors";

// A checkpoint of tensors a and b in two files.
class Shards : public testing::Test {
 protected:
  Shards() {
    folder_.write(kFirst, safetensors_bytes({{"a", "U8", {1}, "x"}}));
    folder_.write(kSecond, safetensors_bytes({{"b", "U8", {2}, "yz"}}));
  }

  Status read(std::string_view index) {
    const auto file = MappedFile::open(folder_.write("model.safetensors.index.json", index));
    EXPECT_TRUE(file.ok());
    return read_sharded_safetensors(**file, folder_.path().string(), tensors_, weight_files_);
  }

  Status read_weight_map(std::string_view members) {
    return read(fmt::format(R"({{"weight_map": {{{}}}}})", members));
  }
  static std::string entry(std::string_view tensor, std::string_view file) {
    return fmt::format(R"("{}":"{}")", tensor, file);
  }

  void expect_error(const Status& status, std::string_view file, std::string_view field,
                    std::string_view found) {
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.error().code, Code::bad_input);
    const std::string message = status.error().message();
    EXPECT_TRUE(message.starts_with(folder_.path_of(file) + ": ")) << message;
    EXPECT_NE(status.error().field.find(field), std::string::npos) << message;
    EXPECT_NE(status.error().found.find(found), std::string::npos) << message;
    EXPECT_FALSE(status.error().remedy.empty());
  }

  const std::string index_ = "model.safetensors.index.json";
  TestFolder folder_;
  TensorMap tensors_;
  std::vector<std::string> weight_files_;
};

TEST_F(Shards, AreOneSetOfTensors) {
  ASSERT_TRUE(read_weight_map(entry("b", kSecond) + "," + entry("a", kFirst)).ok());
  EXPECT_EQ(weight_files_, (std::vector{folder_.path_of(kFirst), folder_.path_of(kSecond)}));
  ASSERT_NE(tensors_.find("a"), nullptr);
  ASSERT_NE(tensors_.find("b"), nullptr);
  EXPECT_EQ(tensors_.find("b")->file, folder_.path_of(kSecond));
  EXPECT_EQ(tensors_.find("b")->bytes.size(), 2u);
}

TEST_F(Shards, MayLieInAFolderBelow) {
  folder_.write("parts/c.safetensors", safetensors_bytes({{"c", "U8", {1}, "x"}}));
  EXPECT_TRUE(read_weight_map(entry("c", "parts/c.safetensors")).ok());
}

TEST_F(Shards, NamedOutsideTheFolderAreRefused) {
  const auto outside = {"../x.safetensors",
                        "/etc/passwd",
                        "parts/../../x",
                        "C:\\\\x.safetensors",
                        "C:x.safetensors",
                        "..\\\\x.safetensors",
                        "",
                        "..",
                        "a\\u0000b"};
  for (const char* shard : outside) {
    SCOPED_TRACE(shard);
    expect_error(read_weight_map(entry("a", shard)), index_, "weight_map: a", "\"");
    EXPECT_TRUE(weight_files_.empty());
  }
}

TEST_F(Shards, MissingAreAllNamed) {
  const Status status =
      read_weight_map(entry("a", kFirst) + "," + entry("b", "gone-1") + "," + entry("c", "gone-2"));
  expect_error(status, index_, "weight_map", "2 of 3 files missing");
  EXPECT_EQ(status.error().names, (std::vector<std::string>{"gone-1", "gone-2"}));
}

TEST_F(Shards, MustHoldWhatTheIndexSays) {
  expect_error(read_weight_map(entry("a", kFirst) + "," + entry("c", kSecond)), kSecond, "c",
               "no such tensor");
}

TEST_F(Shards, MustHoldItThemselves) {
  expect_error(read_weight_map(entry("a", kSecond) + "," + entry("b", kFirst)), kSecond, "a", "in " + kFirst);
}

TEST_F(Shards, MustNotHoldATensorTwice) {
  folder_.write(kSecond, safetensors_bytes({{"b", "U8", {1}, "x"}, {"a", "U8", {1}, "x"}}));
  expect_error(read_weight_map(entry("a", kFirst) + "," + entry("b", kSecond)), kSecond, "a", "in " + kFirst);
}

TEST_F(Shards, OfBadFormAreNamed) {
  folder_.write(kSecond, "1234567");
  expect_error(read_weight_map(entry("a", kFirst) + "," + entry("b", kSecond)), kSecond, "file size",
               "7 bytes");
}

TEST_F(Shards, NeedAnIndexOfTheRightForm) {
  expect_error(read("{"), index_, "byte", "unexpected end of input");
  expect_error(read("[]"), index_, "weight_map", "nothing");
  expect_error(read(R"({"weight_map": []})"), index_, "weight_map", "a list of 0");
  expect_error(read(R"({"weight_map": {"a": 1}})"), index_, "weight_map: a", "1");
  expect_error(read(R"({"weight_map": {"a": "x", "a": "y"}})"), index_, "weight_map.a", "twice");
}

TEST_F(Shards, CannotBeDirectories) {
  std::filesystem::create_directory(folder_.path() / "d");
  expect_error(read_weight_map(entry("a", "d")), "d", "", "a directory");
}

}  // namespace
}  // namespace logitlens::test
