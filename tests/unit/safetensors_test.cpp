#include "io/safetensors.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>

#include "io/json.h"
#include "unit/safetensors_builder.h"
#include "unit/test_folder.h"

namespace logitlens::test {
namespace {

std::shared_ptr<const MappedFile> in_memory(const std::string& bytes) {
  return MappedFile::embedded("x.safetensors", std::as_bytes(std::span(bytes)));
}

TensorMap read(std::string bytes) {
  struct Owner {
    const std::string bytes;
    const std::shared_ptr<const MappedFile> file = in_memory(bytes);
  };
  const auto owner = std::make_shared<const Owner>(std::move(bytes));
  TensorMap tensors;
  const Status status = read_safetensors({owner, owner->file.get()}, tensors);
  EXPECT_TRUE(status.ok()) << status.error().message();
  EXPECT_TRUE(tensors.finish(nullptr));
  return tensors;
}

std::string_view text_of(const Tensor& tensor) {
  return {reinterpret_cast<const char*>(tensor.bytes.data()), tensor.bytes.size()};
}

TEST(ReadSafetensors, GivesViewsOfTheFile) {
  const std::string bytes =
      safetensors_bytes({{"b", "F32", {1, 2}, "abcdefgh"}, {"a", "I64", {}, "12345678"}});
  TensorMap tensors;
  ASSERT_TRUE(read_safetensors(in_memory(bytes), tensors).ok());
  ASSERT_EQ(tensors.all().size(), 2u);
  const Tensor* b = tensors.find("b");
  ASSERT_NE(b, nullptr);
  EXPECT_EQ(b->file, "x.safetensors");
  EXPECT_EQ(b->dtype_name, "F32");
  EXPECT_EQ(b->dtype, DType::f32);
  EXPECT_EQ(b->shape, (std::vector<std::size_t>{1, 2}));
  EXPECT_EQ(text_of(*b), "abcdefgh");
  EXPECT_EQ(text_of(*b).data(), bytes.data() + bytes.size() - 16);
  EXPECT_EQ(tensors.find("a")->dtype, DType::other);
  EXPECT_EQ(tensors.find("a")->shape.size(), 0u);
  EXPECT_EQ(tensors.find("c"), nullptr);
}

TEST(ReadSafetensors, AcceptsEveryTypeTheFormatKnows) {
  const std::vector<std::pair<std::string, std::size_t>> types = {
      // name, bytes of 8 elements
      {"BOOL", 8},        {"U8", 8},          {"I8", 8},    {"F8_E4M3", 8}, {"F8_E5M2", 8}, {"F8_E8M0", 8},
      {"F8_E4M3FNUZ", 8}, {"F8_E5M2FNUZ", 8}, {"F4", 4},    {"F6_E2M3", 6}, {"F6_E3M2", 6}, {"I16", 16},
      {"U16", 16},        {"F16", 16},        {"BF16", 16}, {"I32", 32},    {"U32", 32},    {"F32", 32},
      {"F64", 64},        {"I64", 64},        {"U64", 64},  {"C64", 64}};
  std::vector<FileTensor> file;
  for (const auto& [name, bytes] : types) file.push_back({name, name, {8}, std::string(bytes, 'x')});
  const TensorMap tensors = read(safetensors_bytes(file));
  EXPECT_EQ(tensors.all().size(), types.size());
  EXPECT_EQ(tensors.find("F16")->dtype, DType::f16);
  EXPECT_EQ(tensors.find("BF16")->dtype, DType::bf16);
  EXPECT_EQ(tensors.find("F32")->dtype, DType::f32);
  EXPECT_EQ(tensors.find("F64")->dtype, DType::f64);
  for (const char* name : {"I64", "F8_E4M3", "C64", "F4", "BOOL"})
    EXPECT_EQ(tensors.find(name)->dtype, DType::other) << name;
}

TEST(ReadSafetensors, AcceptsUnalignedData) {
  const TensorMap tensors = read(safetensors_bytes({{"a", "U8", {1}, "x"}, {"b", "F32", {1}, "abcd"}}));
  EXPECT_EQ(text_of(*tensors.find("b")), "abcd");
}

TEST(ReadSafetensors, AcceptsTensorsOfNoBytes) {
  const TensorMap tensors =
      read(safetensors_bytes({{"a", "F32", {0, 768}, ""}, {"b", "F32", {1}, "abcd"}, {"c", "F32", {0}, ""}}));
  EXPECT_EQ(tensors.find("a")->bytes.size(), 0u);
  EXPECT_EQ(tensors.find("b")->bytes.size(), 4u);
}

TEST(ReadSafetensors, AcceptsHeadersInAnyOrderWithMetadataAndPadding) {
  const std::string header = "{" + header_entry("b", "U8", "[2]", "1", "3") +
                             R"(,"__metadata__":{"format":"pt"},)" +
                             header_entry("a", "U8", "[1]", "0", "1") + "}     ";
  const TensorMap tensors = read(safetensors_bytes(header, "abc"));
  EXPECT_EQ(tensors.all().size(), 2u);
  EXPECT_EQ(text_of(*tensors.find("b")), "bc");
}

TEST(ReadSafetensors, AcceptsAFileWithoutTensors) {
  EXPECT_TRUE(read(safetensors_bytes("{}")).all().empty());
}

TEST(TensorMapTest, FindsBeforeAndAfterFinishAndNoticesDuplicates) {
  TensorMap tensors;
  for (const char* name : {"c", "a", "b"}) {
    Tensor tensor;
    tensor.name = name;
    tensors.add(tensor);
  }
  ASSERT_NE(tensors.find("a"), nullptr);
  EXPECT_TRUE(tensors.finish(nullptr));
  EXPECT_EQ(tensors.all().front().name, "a");
  EXPECT_EQ(tensors.find("c")->name, "c");
  EXPECT_EQ(tensors.find("bb"), nullptr);
  tensors.add(*tensors.find("b"));
  std::string duplicate;
  EXPECT_FALSE(tensors.finish(&duplicate));
  EXPECT_EQ(duplicate, "b");
}

TEST(WriteSafetensors, IsReadBackAsItWas) {
  const TestFolder folder;
  const std::vector<float> floats = {1.5f, -0.0f, 3e-40f, 7, 8, 9};
  const std::vector<std::int64_t> ids = {101, -1};
  const std::vector<OutTensor> out = {{"layer \"0\" ü", "F32", {2, 3}, std::as_bytes(std::span(floats))},
                                      {"ids", "I64", {2}, std::as_bytes(std::span(ids))},
                                      {"none", "F16", {0, 4}, {}}};
  const std::string path = folder.path_of("out.safetensors");
  ASSERT_TRUE(write_safetensors(path, out, {{"format", "pt"}, {"a", "\n"}}, false).ok());
  const auto file = MappedFile::open(path);
  ASSERT_TRUE(file.ok());
  TensorMap tensors;
  ASSERT_TRUE(read_safetensors(*file, tensors).ok());
  ASSERT_EQ(tensors.all().size(), 3u);
  for (const OutTensor& one : out) {
    const Tensor* tensor = tensors.find(one.name);
    ASSERT_NE(tensor, nullptr) << one.name;
    EXPECT_EQ(tensor->shape, one.shape);
    EXPECT_EQ(tensor->dtype_name, one.dtype);
    EXPECT_EQ(text_of(*tensor),
              std::string_view(reinterpret_cast<const char*>(one.bytes.data()), one.bytes.size()));
  }
  EXPECT_EQ(folder.entries(), 1u);
}

TEST(WriteSafetensors, PadsTheHeaderSoThatTheDataIsAligned) {
  const TestFolder folder;
  for (std::size_t length = 1; length <= 8; ++length) {
    const std::string name(length, 'n'), path = folder.path_of(name);
    ASSERT_TRUE(
        write_safetensors(path, {{name, "U8", {1}, std::as_bytes(std::span("x", 1))}}, {}, false).ok());
    EXPECT_EQ((std::filesystem::file_size(path) - 1) % 8, 0u);
  }
}

TEST(WriteSafetensors, StartsWithTheMetadataAsTheReferenceLibraryDoes) {
  const TestFolder folder;
  ASSERT_TRUE(write_safetensors(folder.path_of("x"), {}, {{"format", "pt"}}, false).ok());
  EXPECT_EQ(folder.read("x"), with_header_length(32, R"({"__metadata__":{"format":"pt"}})"));
}

TEST(WriteSafetensors, RefusesATensorWhoseBytesDoNotMatchItsShape) {
  const TestFolder folder;
  const Status status = write_safetensors(
      folder.path_of("x"), {{"a", "F32", {2}, std::as_bytes(std::span("abcd", 4))}}, {}, false);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, Code::internal);
  EXPECT_EQ(folder.entries(), 0u);
}

// Whatever one byte of a header becomes: an error, or tensors that lie within the file and have the size they
// claim.
TEST(SafetensorsProperty, OneCorruptByteIsAnErrorOrReadsInRange) {
  const std::string good = safetensors_bytes("{" + header_entry("emb", "F32", "[2,3]", "0", "24") + "," +
                                                 header_entry("norm", "BF16", "[4]", "24", "32") + "," +
                                                 header_entry("ids", "I64", "[]", "32", "40") + "}",
                                             std::string(40, 'x'));
  std::mt19937 random(20240607);
  const std::size_t header = good.size() - 40;
  int errors = 0, cases = 0;
  for (; cases < 5000; ++cases) {
    std::string bytes = good;
    const std::size_t at = random() % header;
    const char before = bytes[at];
    bytes[at] = static_cast<char>(random());
    if (bytes[at] == before) continue;
    TensorMap tensors;
    const Status status = read_safetensors(in_memory(bytes), tensors);
    if (!status.ok()) {
      ++errors;
      EXPECT_FALSE(status.error().message().empty());
      EXPECT_FALSE(status.error().remedy.empty());
      continue;
    }
    std::size_t covered = 0;
    for (const Tensor& tensor : tensors.all()) {
      EXPECT_GE(text_of(tensor).data(), bytes.data());
      EXPECT_LE(text_of(tensor).data() + tensor.bytes.size(), bytes.data() + bytes.size());
      covered += tensor.bytes.size();
    }
    EXPECT_EQ(covered, 40u);
  }
  EXPECT_GT(errors, cases / 2);  // most bytes of a header matter
}

TEST(SafetensorsProperty, EveryTruncationIsAnError) {
  const std::string good = safetensors_bytes({{"a", "F32", {2}, "12345678"}});
  for (std::size_t size = 0; size < good.size(); ++size) {
    TensorMap tensors;
    EXPECT_FALSE(read_safetensors(in_memory(good.substr(0, size)), tensors).ok()) << size;
  }
}

}  // namespace
}  // namespace logitlens::test
