#include "io/tensor_bundle.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <bit>
#include <filesystem>
#include <map>

#include "base/checked.h"
#include "io/crc32c.h"
#include "io/leveldb_table.h"
#include "io/mapped_file.h"
#include "io/tensor_bundle_entry.h"

namespace logitlens {

static_assert(std::endian::native == std::endian::little,
              "tensors are used in place: the files are little-endian");

namespace {

constexpr std::int64_t known_version = 1;
constexpr std::size_t most_dims = 254;         // TensorFlow's own limit
constexpr std::size_t most_tensors = 100'000;  // of real models, the largest have some thousands
constexpr const char* download_again = "Download the checkpoint again";
constexpr const char* save_again =
    "Load the checkpoint in TensorFlow on a little-endian machine and save it again";
constexpr const char* save_whole =
    "Load the checkpoint in TensorFlow and save its variables whole, without a partitioner";

// What training leaves beside the model's own variables: the optimizer's slots end a variable's name,
// counters stand alone.
bool is_training_state(std::string_view name) {
  constexpr std::array<std::string_view, 9> slots = {"adam_m", "adam_v", "Adam",     "Adam_1", "lamb_m",
                                                     "lamb_v", "lars_m", "Momentum", "RMSProp"};
  constexpr std::array<std::string_view, 7> counters = {"global_step", "beta1_power", "beta2_power",
                                                        "loss_scale",  "good_steps",  "current_loss_scale",
                                                        "save_counter"};
  const std::string_view last = name.substr(name.rfind('/') + 1);
  return std::ranges::find(slots, last) != slots.end() || std::ranges::find(counters, last) != counters.end();
}

class BundleReader {
 public:
  BundleReader(const std::string& prefix, TensorMap& tensors, std::vector<std::string>& weight_files)
      : prefix_(prefix), file_(prefix + ".index"), tensors_(tensors), weight_files_(weight_files) {}

  Status read() {
    LL_ASSIGN(const auto index, MappedFile::open(file_));
    weight_files_.push_back(file_);
    LL_TRY(read_leveldb_table(file_, index->text(), [this](std::string_view key, std::string_view value) {
      return have_header_ ? read_entry(std::string(key), value) : read_header(key, value);
    }));
    if (!have_header_) return error("header", "a table without records", "a header and tensors");
    for (const auto& [number, shard] : shards_) weight_files_.push_back(shard->path());
    return ok_status();
  }

 private:
  Error error(std::string field, std::string found, std::string expected,
              std::string remedy = download_again) const {
    return {Code::bad_input,   file_, std::move(field), std::move(found), std::move(expected),
            std::move(remedy), {}};
  }

  Status read_header(std::string_view key, std::string_view value) {
    if (!key.empty())
      return error("header", fmt::format("the first key {}", key), "the empty key of the header");
    const auto header = parse_bundle_header(value);
    if (!header) return error("header", "a malformed message", "a BundleHeaderProto");
    if (header->oldest_reader > known_version)
      return error("header: min_consumer", std::to_string(header->oldest_reader),
                   fmt::format("at most {}: later formats are unsupported", known_version),
                   "Save the checkpoint in format V2, as TensorFlow 1 and 2 do");
    if (header->big_endian)
      return error("header: endianness", "big-endian tensors, which are unsupported", "little-endian",
                   save_again);
    if (header->shards < 1 || header->shards > INT32_MAX)
      return error("header: num_shards", std::to_string(header->shards), "a number from 1");
    shard_count_ = header->shards;
    have_header_ = true;
    return ok_status();
  }

  Status read_entry(const std::string& name, std::string_view value) {
    const auto entry = parse_bundle_entry(value);
    if (!entry) return error(name, "a malformed message", "a BundleEntryProto");
    // The pieces of a variable have keys that begin with a zero byte.
    if (entry->sliced || name.front() == '\0')
      return error(name, "a variable in slices, which are unsupported", "whole variables", save_whole);
    const BundleDType* dtype = find_bundle_dtype(entry->dtype);
    if (!dtype)
      return error(name, fmt::format("element type {}", entry->dtype), "a type of TensorFlow's, 1 to 25");
    if (dtype->size == 0 || is_training_state(name)) return ok_status();
    return add_tensor(name, *entry, *dtype);
  }

  Status add_tensor(const std::string& name, const BundleEntry& entry, const BundleDType& dtype) {
    if (tensors_.all().size() >= most_tensors)
      return error(name, fmt::format("more than {} tensors", most_tensors), "fewer",
                   "Use a checkpoint of one model");
    Tensor tensor;
    LL_ASSIGN(tensor.shape, checked_shape(name, entry));
    LL_ASSIGN(const auto shard, open_shard(name, entry.shard));
    LL_ASSIGN(tensor.bytes, checked_bytes(name, entry, *shard));
    const auto elements = checked_product(tensor.shape);
    const auto bytes = elements ? checked_mul(*elements, dtype.size) : std::nullopt;
    if (!bytes)
      return error(name, fmt::format("shape [{}]", fmt::join(entry.shape, ", ")), "a size that fits 64 bits");
    if (*bytes != tensor.bytes.size())
      return error(name, fmt::format("{} bytes", tensor.bytes.size()),
                   fmt::format("{}, as {} [{}] takes", *bytes, dtype.name, fmt::join(entry.shape, ", ")));
    tensor.name = name;
    tensor.file = shard->path();
    tensor.map = shard.get();
    tensor.dtype_name = dtype.name;
    tensor.dtype = dtype.dtype;
    tensor.masked_crc32c = entry.masked_crc32c;
    tensors_.add(std::move(tensor));
    return ok_status();
  }

  Result<std::vector<std::size_t>> checked_shape(const std::string& name, const BundleEntry& entry) const {
    if (entry.unknown_rank) return error(name, "a shape of unknown rank", "a known shape");
    if (entry.shape.size() > most_dims)
      return error(name, fmt::format("{} dimensions", entry.shape.size()),
                   fmt::format("at most {}", most_dims));
    std::vector<std::size_t> shape;
    for (std::int64_t dim : entry.shape) {
      if (dim < 0) return error(name, fmt::format("dimension {}", dim), "dimensions of 0 or more");
      shape.push_back(static_cast<std::size_t>(dim));
    }
    return shape;
  }

  // Only files that a tensor lies in are opened.
  Result<std::shared_ptr<const MappedFile>> open_shard(const std::string& name, std::int64_t number) {
    if (number < 0 || number >= shard_count_)
      return error(name, fmt::format("shard_id {}", number), fmt::format("0 to {}", shard_count_ - 1));
    if (const auto known = shards_.find(number); known != shards_.end()) return known->second;
    const std::string path = fmt::format("{}.data-{:05}-of-{:05}", prefix_, number, shard_count_);
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored) && !ignored)
      return Error{.code = Code::bad_input,
                   .file = path,
                   .field = name,
                   .found = "no such file",
                   .expected = fmt::format("the tensors of shard {}", number),
                   .remedy = "Download the checkpoint's missing data file, and put it beside its .index",
                   .names = {}};
    LL_ASSIGN(auto shard, MappedFile::open(path));
    tensors_.keep_alive(shard);
    shards_.emplace(number, shard);
    return shard;
  }

  Result<std::span<const std::byte>> checked_bytes(const std::string& name, const BundleEntry& entry,
                                                   const MappedFile& shard) const {
    const std::size_t length = shard.bytes().size();
    const auto offset = static_cast<std::size_t>(entry.offset), size = static_cast<std::size_t>(entry.size);
    if (entry.offset < 0 || entry.size < 0 || offset > length || size > length - offset)
      return Error{.code = Code::bad_input,
                   .file = shard.path(),
                   .field = name,
                   .found = fmt::format("{} bytes at byte {}", entry.size, entry.offset),
                   .expected = fmt::format("an end within the file's {} bytes", length),
                   .remedy = download_again,
                   .names = {}};
    return shard.bytes().subspan(offset, size);
  }

  const std::string prefix_, file_;
  TensorMap& tensors_;
  std::vector<std::string>& weight_files_;
  bool have_header_ = false;
  std::int64_t shard_count_ = 0;
  std::map<std::int64_t, std::shared_ptr<const MappedFile>> shards_;
};

}  // namespace

Status read_tensor_bundle(const std::string& prefix, TensorMap& tensors,
                          std::vector<std::string>& weight_files) {
  return BundleReader(prefix, tensors, weight_files).read();
}

Status check_tensor_crc(const Tensor& tensor) {
  if (!tensor.masked_crc32c) return ok_status();
  const std::uint32_t stored = unmask_crc32c(*tensor.masked_crc32c), computed = crc32c(tensor.bytes);
  if (stored == computed) return ok_status();
  return Error{.code = Code::checksum,
               .file = tensor.file,
               .field = tensor.stored_name.empty() ? tensor.name : tensor.stored_name,
               .found = fmt::format("CRC-32C {:08x}", computed),
               .expected = fmt::format("{:08x}, as stored", stored),
               .remedy = download_again,
               .names = {}};
}

}  // namespace logitlens
