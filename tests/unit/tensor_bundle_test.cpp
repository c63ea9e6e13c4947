#include "io/tensor_bundle.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "io/protobuf_reader.h"
#include "io/varint.h"
#include "unit/bundle_builder.h"
#include "unit/test_folder.h"

namespace logitlens {
namespace {

using namespace test;

std::string bytes_of(const Tensor& tensor) {
  return {reinterpret_cast<const char*>(tensor.bytes.data()), tensor.bytes.size()};
}

// Reads checkpoints that a test writes, right or wrong.
class TensorBundle : public testing::Test {
 protected:
  Status read() {
    tensors_ = TensorMap();
    weight_files_.clear();
    return read_tensor_bundle(prefix_, tensors_, weight_files_);
  }
  Status read_index(std::string_view index, std::string_view data = std::string(64, '\0')) {
    write_bytes(prefix_ + ".index", index);
    write_bytes(prefix_ + ".data-00000-of-00001", data);
    return read();
  }
  Status read_records(const Records& records) { return read_index(table_of_records(records)); }
  // One right tensor of 64 bytes but for what `change` does to it.
  template <class Change>
  Status read_changed(const Change& change) {
    Entry entry{.shape = {4, 4}, .size = 64, .crc = masked_crc(std::string(64, '\0'))};
    change(entry);
    return read_records({{"", header_message()}, {"matrix", entry.message()}});
  }
  const Tensor& tensor(const std::string& name) {
    const auto at = std::ranges::find(tensors_.all(), name, &Tensor::name);
    if (at == tensors_.all().end()) ADD_FAILURE() << name << " was not read";
    return *at;
  }
  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const Tensor& tensor : tensors_.all()) names.push_back(tensor.name);
    return names;
  }
  // The error, for a test to look at more of it.
  Error expect_error(const Status& status, Code code, const std::string& field, const std::string& found,
                     const std::string& file = "") {
    EXPECT_FALSE(status.ok());
    const Error error = status.ok() ? Error{} : status.error();
    EXPECT_EQ(error.code, code);
    EXPECT_EQ(error.file, file.empty() ? prefix_ + ".index" : file);
    EXPECT_EQ(error.field, field);
    EXPECT_NE(error.found.find(found), std::string::npos) << "found: " << error.found;
    EXPECT_NE(error.expected, "");
    EXPECT_NE(error.remedy, "");
    return error;
  }

  TestFolder folder_;
  const std::string prefix_ = folder_.path_of("model.ckpt");
  TensorMap tensors_;
  std::vector<std::string> weight_files_;
};

TEST_F(TensorBundle, TensorsAreViewsIntoTheirShards) {
  BundleBuilder bundle(2);
  bundle.add("odd/offset", {3}, "abc", 4).add_floats("a/matrix", {2, 3}, {1, 2, 3, 4, 5, 6});
  bundle.add_floats("b/vector", {2}, {7, 8}, 1)
      .add_floats("c/scalar", {}, {9}, 1)
      .add_floats("d/empty", {0, 5}, {});
  bundle.add("e/half", {2}, "abcd", 19)
      .add("f/bfloat16", {2}, "abcd", 14)
      .add("g/double", {1}, "abcdefgh", 2);
  bundle.write(prefix_);
  ASSERT_TRUE(read().ok());
  EXPECT_EQ(weight_files_,
            (std::vector{prefix_ + ".index", bundle.shard_path(prefix_, 0), bundle.shard_path(prefix_, 1)}));
  EXPECT_EQ(tensors_.all().size(), 8u);
  const Tensor& matrix = tensor("a/matrix");
  EXPECT_EQ(matrix.shape, (std::vector<std::size_t>{2, 3}));
  EXPECT_EQ(matrix.dtype, DType::f32);
  EXPECT_EQ(matrix.dtype_name, "DT_FLOAT");
  EXPECT_EQ(matrix.file, bundle.shard_path(prefix_, 0));
  EXPECT_FALSE(matrix.in_out);
  EXPECT_EQ(bytes_of(matrix), float_bytes({1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(bytes_of(tensor("b/vector")), float_bytes({7, 8}));
  EXPECT_EQ(tensor("b/vector").file, bundle.shard_path(prefix_, 1));
  EXPECT_TRUE(tensor("c/scalar").shape.empty());
  EXPECT_TRUE(tensor("d/empty").bytes.empty());
  EXPECT_EQ(tensor("e/half").dtype, DType::f16);
  EXPECT_EQ(tensor("f/bfloat16").dtype, DType::bf16);
  EXPECT_EQ(tensor("g/double").dtype, DType::f64);
  EXPECT_EQ(tensor("odd/offset").dtype, DType::other);
  EXPECT_EQ(tensor("odd/offset").dtype_name, "DT_UINT8");
  for (const Tensor& each : tensors_.all()) EXPECT_TRUE(check_tensor_crc(each).ok()) << each.name;
}

TEST_F(TensorBundle, KeysOfAnyBlockAndRestartLayoutAreUnfolded) {
  BundleBuilder bundle;
  std::vector<std::string> expected;
  for (int i = 100; i < 300; ++i) {
    expected.push_back("bert/encoder/layer_" + std::to_string(i) + "/kernel");
    bundle.add_floats(expected.back(), {1}, {static_cast<float>(i)});
  }
  bundle.write(prefix_);
  for (std::size_t records_per_block : {1u, 7u, 1000u})
    for (std::size_t restart_interval : {1u, 2u, 16u, 1000u}) {
      write_bytes(prefix_ + ".index",
                  table_of_records(bundle.records(), records_per_block, restart_interval));
      ASSERT_TRUE(read().ok());
      EXPECT_EQ(names(), expected);
      EXPECT_EQ(bytes_of(tensor(expected[50])), float_bytes({150}));
    }
}

TEST_F(TensorBundle, TrainingStateAndStringsAreLeftOut) {
  BundleBuilder bundle;
  bundle.add_floats("bert/w", {1}, {1})
      .add_floats("bert/w/adam_m", {1}, {1})
      .add_floats("bert/w/adam_v", {1}, {1});
  bundle.add("global_step", {}, "12345678", 9).add_floats("beta1_power", {}, {1}).add("graph", {}, "text", 7);
  bundle.write(prefix_);
  ASSERT_TRUE(read().ok());
  EXPECT_EQ(names(), std::vector<std::string>{"bert/w"});
}

TEST_F(TensorBundle, FieldsOfLaterVersionsAreSkipped) {
  const std::string unknown = varint_field(100, -1) + bytes_field(101, "x") + fixed32_field(102, 1) +
                              varint(103 << 3 | 1) + "12345678";
  const Entry entry{.shape = {4, 4}, .size = 64};
  const Status status =
      read_records({{"", unknown + header_message()}, {"matrix", unknown + entry.message() + unknown}});
  ASSERT_TRUE(status.ok());
  EXPECT_EQ(tensor("matrix").bytes.size(), 64u);
}

TEST_F(TensorBundle, DamagedDataIsAChecksumError) {
  BundleBuilder bundle;
  bundle.add_floats("a", {2}, {1, 2}).add_floats("b", {2}, {3, 4}).write(prefix_);
  std::string data = bundle.data();
  data[9] ^= 1;
  write_bytes(bundle.shard_path(prefix_), data);
  ASSERT_TRUE(read().ok());  // opening reads no tensor
  EXPECT_TRUE(check_tensor_crc(tensor("a")).ok());
  const Error error =
      expect_error(check_tensor_crc(tensor("b")), Code::checksum, "b", "CRC-32C", bundle.shard_path(prefix_));
  EXPECT_NE(error.expected.find("as stored"), std::string::npos);
  EXPECT_TRUE(check_tensor_crc(Tensor{}).ok());  // none stored
}

// --- the table

TEST_F(TensorBundle, AbsentIndex) {
  const Status status = read();
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().file, prefix_ + ".index");
}

TEST_F(TensorBundle, NoTable) {
  expect_error(read_index(""), Code::bad_input, "footer", "a file of 0 bytes");
  expect_error(read_index(std::string(47, 'x')), Code::bad_input, "footer", "47 bytes");
  expect_error(read_index(std::string(500, 'x')), Code::bad_input, "footer", "magic number 7878787878787878");
  std::string index = BundleBuilder().index();
  index.back() ^= 1;
  expect_error(read_index(index), Code::bad_input, "footer", "magic number");
  index.pop_back();
  expect_error(read_index(index), Code::bad_input, "footer", "magic number");
}

TEST_F(TensorBundle, BlockPastTheEnd) {
  const std::string block = block_contents({}) + block_trailer(block_contents({}));
  const std::string good = varint(0) + varint(block.size() - 5);
  for (std::uint64_t offset : {std::uint64_t{1}, std::uint64_t{1000}, ~std::uint64_t{0}}) {
    const std::string bad = varint(offset) + varint(block.size() - 5);
    const std::string field = "block at byte " + std::to_string(offset);
    expect_error(read_index(block + table_footer(good, bad)), Code::bad_input, field, "a size of 8 bytes");
    expect_error(read_index(block + table_footer(bad, good)), Code::bad_input, field, "a size of 8 bytes");
  }
  for (std::uint64_t size :
       {std::uint64_t{9}, std::uint64_t{1} << 40, ~std::uint64_t{0}, ~std::uint64_t{0} - 4})
    expect_error(read_index(block + table_footer(good, varint(0) + varint(size))), Code::bad_input,
                 "block at byte 0", "a size of " + std::to_string(size));
}

TEST_F(TensorBundle, BlocksThatOverlap) {
  const std::string block = block_contents({{"", header_message()}});
  std::string table = block + block_trailer(block);
  const std::string handle = varint(0) + varint(block.size());
  const std::string index = block_contents({{"a", handle}, {"b", handle}});
  const std::string index_handle = varint(table.size()) + varint(index.size());
  table += index + block_trailer(index) + table_footer(index_handle, index_handle);
  expect_error(read_index(table), Code::bad_input, "block at byte 0", "an overlap");
}

TEST_F(TensorBundle, VarintOfElevenBytes) {
  const std::string eleven = std::string(10, '\x80') + '\x01';
  const std::string too_large = std::string(9, '\xff') + '\x02';
  for (const std::string& varint : {eleven, too_large, std::string(3, '\x80')}) {
    // The restart count, one restart at byte 0, follows what a cut-off varint runs into.
    const std::string contents = varint == std::string(3, '\x80')
                                     ? varint + little_endian(0, 4)
                                     : varint + little_endian(0, 4) + little_endian(1, 4);
    expect_error(read_index(table_of_blocks({contents})), Code::bad_input, "block at byte 0", "a varint");
  }
  expect_error(read_index(table_footer(eleven, varint(0) + varint(8))), Code::bad_input, "footer",
               "more than 10 bytes");
  // As a data block's place.
  const std::string meta = block_contents({}), index = block_contents({{"a", eleven + eleven}});
  const std::string table = meta + block_trailer(meta) + index + block_trailer(index);
  expect_error(read_index(table + table_footer(varint(0) + varint(meta.size()),
                                               varint(meta.size() + 5) + varint(index.size()))),
               Code::bad_input, "index block", "no pair of varints");
}

TEST_F(TensorBundle, PrefixLongerThanTheKeyBefore) {
  const std::string restarts = little_endian(0, 4) + little_endian(1, 4);
  const std::string header = table_record(0, "", header_message());
  const Entry entry{.shape = {4, 4}, .size = 64};
  for (const std::string& records :
       {table_record(1, "a", "v"), header + table_record(1, "a", entry.message()),
        header + table_record(0, "abc", entry.message()) + table_record(4, "d", entry.message())})
    expect_error(read_index(table_of_blocks({records + restarts})), Code::bad_input, "block at byte 0",
                 "a key that shares");
  // The first key of a block has nothing before it, whatever the last block ended with.
  expect_error(
      read_index(table_of_blocks({block_contents({{"", header_message()}, {"abc", entry.message()}}),
                                  table_record(3, "d", entry.message()) + restarts})),
      Code::bad_input,
      "block at byte " +
          std::to_string(block_contents({{"", header_message()}, {"abc", entry.message()}}).size() + 5),
      "a key that shares 3 bytes");
}

TEST_F(TensorBundle, RecordPastItsBlock) {
  const std::string restarts = little_endian(0, 4) + little_endian(1, 4);
  for (const std::string& record :
       {varint(0) + varint(5) + varint(0) + "abc", varint(0) + varint(1) + varint(9) + "abc",
        varint(0) + varint(~std::uint64_t{0}) + varint(1) + "abc",
        varint(0) + varint(1) + varint(~std::uint64_t{0}) + "abc"})
    expect_error(read_index(table_of_blocks({record + restarts})), Code::bad_input, "block at byte 0",
                 "a record of");
}

TEST_F(TensorBundle, RestartPointsPastTheirBlock) {
  for (const std::string& contents :
       {std::string(), std::string("abc"), little_endian(1, 4), little_endian(~0u, 4)})
    expect_error(read_index(table_of_blocks({contents})), Code::bad_input, "block at byte 0",
                 "restart points");
}

TEST_F(TensorBundle, KeyOfManyBytes) {
  expect_error(read_records({{"", header_message()}, {std::string(5000, 'k'), "v"}}), Code::bad_input,
               "block at byte 0", "a key of 5000 bytes");
}

TEST_F(TensorBundle, ChecksumOfEveryBlock) {
  BundleBuilder bundle;
  bundle.add_floats("a", {1}, {1}).add_floats("b", {1}, {2}).write(prefix_);
  const std::string right = table_of_records(bundle.records(), 1);  // three data blocks, meta index, index
  ASSERT_TRUE(read_index(right, bundle.data()).ok());
  for (std::size_t at = 0; at + 48 < right.size(); ++at) {
    std::string index = right;
    index[at] ^= 0x10;
    const Status status = read_index(index, bundle.data());
    ASSERT_FALSE(status.ok()) << "byte " << at;
    EXPECT_EQ(status.error().code, Code::checksum) << "byte " << at;
    EXPECT_EQ(status.error().field.find("block at byte "), 0u) << status.error().field;
  }
}

TEST_F(TensorBundle, CompressedBlocks) {
  const std::string contents = block_contents({{"", header_message()}});
  expect_error(read_index(table_of_blocks({contents}, 1)), Code::bad_input, "block at byte 0",
               "snappy compression");
  const Error error = expect_error(read_index(table_of_blocks({contents}, 2)), Code::bad_input,
                                   "block at byte 0", "compression 2");
  EXPECT_NE(error.expected.find("unsupported"), std::string::npos);
  EXPECT_NE(error.remedy.find("TensorFlow"), std::string::npos);
}

TEST_F(TensorBundle, KeysOutOfOrder) {
  const std::string entry = Entry{.shape = {4, 4}, .size = 64}.message();
  expect_error(read_records({{"", header_message()}, {"b", entry}, {"a", entry}}), Code::bad_input, "a",
               "it after b");
  expect_error(read_records({{"", header_message()}, {"a", entry}, {"a", entry}}), Code::bad_input, "a",
               "a second record");
  expect_error(read_index(table_of_records({{"", header_message()}, {"b", entry}, {"a", entry}}, 1)),
               Code::bad_input, "a", "it after b");
  // Bytes above 127 come after the letters.
  EXPECT_TRUE(read_records({{"", header_message()}, {"a", entry}, {"\xc3\xa4", entry}}).ok());
}

// --- the header

TEST_F(TensorBundle, NoHeader) {
  expect_error(read_records({}), Code::bad_input, "header", "without records");
  expect_error(read_records({{"matrix", Entry{}.message()}}), Code::bad_input, "header",
               "the first key matrix");
  expect_error(read_records({{"", "\x08"}}), Code::bad_input, "header", "a malformed message");
  expect_error(read_records({{"", bytes_field(3, "\x10")}}), Code::bad_input, "header",
               "a malformed message");
}

TEST_F(TensorBundle, NumberOfShards) {
  for (std::int64_t shards : {std::int64_t{0}, std::int64_t{-1}, std::int64_t{1} << 31})
    expect_error(read_records({{"", header_message(shards)}}), Code::bad_input, "header: num_shards",
                 std::to_string(shards));
}

TEST_F(TensorBundle, BigEndian) {
  const Error error = expect_error(read_records({{"", header_message() + varint_field(2, 1)}}),
                                   Code::bad_input, "header: endianness", "unsupported");
  EXPECT_NE(error.remedy.find("little-endian machine"), std::string::npos);
}

TEST_F(TensorBundle, LaterFormat) {
  expect_error(read_records({{"", varint_field(1, 1) + bytes_field(3, varint_field(2, 2))}}), Code::bad_input,
               "header: min_consumer", "2");
}

// --- the entries

TEST_F(TensorBundle, MalformedEntry) {
  const std::string right = Entry{.shape = {4, 4}, .size = 64}.message();
  const std::string group = "\x0b", sixth_wire_type = "\x0e", number_zero("\0\0", 2);
  const std::string number_too_large = varint(std::uint64_t{1} << 32) + "\1";
  for (const std::string& message :
       {std::string("\x08"), right.substr(0, right.size() - 1), right + group, right + sixth_wire_type,
        right + number_zero, right + number_too_large, right + "\x09only 7", right + "\x0a\x7f",
        right + bytes_field(2, "\x12"), right + bytes_field(2, bytes_field(2, "\x08")),
        // Right fields of the wrong types.
        varint_field(6, 1), bytes_field(1, "x"), varint_field(2, 1), fixed32_field(4, 1)}) {
    SCOPED_TRACE(testing::PrintToString(message));
    expect_error(read_records({{"", header_message()}, {"matrix", message}}), Code::bad_input, "matrix",
                 "a malformed message");
  }
}

TEST_F(TensorBundle, WrongShapes) {
  ASSERT_TRUE(read_changed([](Entry&) {}).ok());
  expect_error(read_changed([](Entry& entry) { entry.shape = {4, -4}; }), Code::bad_input, "matrix",
               "dimension -4");
  expect_error(read_changed([](Entry& entry) { entry.shape = {INT64_MIN}; }), Code::bad_input, "matrix",
               "dimension -9");
  expect_error(read_changed([](Entry& entry) { entry.shape.assign(255, 1); }), Code::bad_input, "matrix",
               "255 dimensions");
  expect_error(
      read_changed([](Entry& entry) { entry.shape = {std::int64_t{1} << 32, std::int64_t{1} << 32}; }),
      Code::bad_input, "matrix", "shape [4294967296, 4294967296]");
  expect_error(read_changed([](Entry& entry) { entry.shape = {std::int64_t{1} << 62}; }), Code::bad_input,
               "matrix", "shape [4611686018427387904]");
  const std::string message = Entry{.size = 64}.message() + bytes_field(2, varint_field(3, 1));
  expect_error(read_records({{"", header_message()}, {"matrix", message}}), Code::bad_input, "matrix",
               "a shape of unknown rank");
}

TEST_F(TensorBundle, SizeThatIsNotTheShapes) {
  const Error error = expect_error(read_changed([](Entry& entry) { entry.shape = {4, 3}; }), Code::bad_input,
                                   "matrix", "64 bytes");
  EXPECT_EQ(error.expected, "48, as DT_FLOAT [4, 3] takes");
  expect_error(read_changed([](Entry& entry) { entry.dtype = 19; }), Code::bad_input, "matrix", "64 bytes");
  expect_error(read_changed([](Entry& entry) { entry.size = 60; }), Code::bad_input, "matrix", "60 bytes");
}

TEST_F(TensorBundle, UnknownElementType) {
  for (std::int64_t dtype :
       {std::int64_t{0}, std::int64_t{26}, std::int64_t{101}, std::int64_t{-1}, INT64_MAX})
    expect_error(read_changed([&](Entry& entry) { entry.dtype = dtype; }), Code::bad_input, "matrix",
                 "element type " + std::to_string(dtype));
}

TEST_F(TensorBundle, ShardOutOfRange) {
  for (std::int64_t shard : {std::int64_t{1}, std::int64_t{-1}, INT64_MAX})
    expect_error(read_changed([&](Entry& entry) { entry.shard = shard; }), Code::bad_input, "matrix",
                 "shard_id " + std::to_string(shard));
}

TEST_F(TensorBundle, BytesPastTheShard) {
  const std::string shard = prefix_ + ".data-00000-of-00001";
  const auto at = [&](std::int64_t offset, std::int64_t size) {
    return read_changed([&](Entry& entry) { entry.offset = offset, entry.size = size; });
  };
  for (const auto& [offset, size] : {std::pair<std::int64_t, std::int64_t>{1, 64},
                                     {65, 0},
                                     {0, 65},
                                     {-1, 64},
                                     {0, -64},
                                     {INT64_MAX, INT64_MAX},
                                     {INT64_MIN, 64},
                                     {64, INT64_MAX}})
    expect_error(at(offset, size), Code::bad_input, "matrix",
                 std::to_string(size) + " bytes at byte " + std::to_string(offset), shard);
  // A data file that the download cut short.
  BundleBuilder bundle;
  bundle.add_floats("matrix", {2}, {1, 2}).write(prefix_);
  expect_error(read_index(bundle.index(), "1234567"), Code::bad_input, "matrix", "8 bytes at byte 0", shard);
}

TEST_F(TensorBundle, MissingShard) {
  BundleBuilder bundle(3);
  bundle.add_floats("a", {1}, {1}, 0).add_floats("b", {1}, {2}, 2).write(prefix_);
  std::filesystem::remove(bundle.shard_path(prefix_, 1));  // no tensor lies in it
  EXPECT_TRUE(read().ok());
  std::filesystem::remove(bundle.shard_path(prefix_, 2));
  const Error error =
      expect_error(read(), Code::bad_input, "b", "no such file", prefix_ + ".data-00002-of-00003");
  EXPECT_NE(error.remedy.find("missing data file"), std::string::npos);
}

TEST_F(TensorBundle, Slices) {
  const std::string entry = Entry{.shape = {4, 4}, .size = 64}.message();
  const Error error =
      expect_error(read_records({{"", header_message()}, {"matrix", entry + bytes_field(7, "")}}),
                   Code::bad_input, "matrix", "slices, which are unsupported");
  EXPECT_NE(error.remedy.find("without a partitioner"), std::string::npos);
  const std::string piece("\0piece", 6);
  expect_error(read_records({{"", header_message()}, {piece, entry}}), Code::bad_input, piece, "slices");
}

TEST_F(TensorBundle, MessagesShowNoControlCharacters) {
  const Status status = read_records({{"", header_message()}, {"a\x1b[31m", "\x08"}});
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().message().find('\x1b'), std::string::npos);
}

TEST(Varint, RoundTripAndLimits) {
  for (unsigned bits = 0; bits < 64; ++bits)
    for (std::uint64_t value :
         {std::uint64_t{1} << bits, (std::uint64_t{1} << bits) - 1, ~std::uint64_t{0} >> bits}) {
      const std::string bytes = varint(value) + "rest";
      std::string_view input = bytes;
      EXPECT_EQ(take_varint(input), value);
      EXPECT_EQ(input, "rest");
      input = std::string_view(bytes).substr(0, bytes.size() - 5);
      EXPECT_EQ(take_varint(input), std::nullopt);
    }
}

TEST(ProtobufReader, AskingForAnotherTypeIsMalformed) {
  const std::string message = varint_field(1, 7);
  ProtobufReader reader(message);
  ASSERT_TRUE(reader.next());
  EXPECT_EQ(reader.integer(), 7);
  EXPECT_EQ(reader.bytes(), "");
  EXPECT_FALSE(reader.ok());
  EXPECT_EQ(reader.integer(), 0);
  EXPECT_FALSE(reader.next());
}

}  // namespace
}  // namespace logitlens
