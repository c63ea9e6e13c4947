// Writes TensorFlow checkpoints for the tests, right ones and, by way of its parts, wrong ones.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "io/crc32c.h"

namespace logitlens::test {

// --- the wire formats' parts

inline std::string varint(std::uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes += static_cast<char>((value & 0x7f) | 0x80);
  return bytes + static_cast<char>(value);
}

inline std::string little_endian(std::uint64_t value, std::size_t width) {
  std::string bytes;
  for (std::size_t i = 0; i < width; ++i) bytes += static_cast<char>(value >> (8 * i) & 0xff);
  return bytes;
}

inline std::string varint_field(std::uint64_t number, std::int64_t value) {
  return varint(number << 3) + varint(static_cast<std::uint64_t>(value));
}
inline std::string bytes_field(std::uint64_t number, std::string_view bytes) {
  return varint(number << 3 | 2) + varint(bytes.size()) + std::string(bytes);
}
inline std::string fixed32_field(std::uint64_t number, std::uint32_t value) {
  return varint(number << 3 | 5) + little_endian(value, 4);
}

inline std::uint32_t masked_crc(std::string_view bytes) {
  return mask_crc32c(crc32c(std::as_bytes(std::span(bytes))));
}

// --- a LevelDB table

using Records = std::vector<std::pair<std::string, std::string>>;

// One record, of whose key `shared` bytes are the previous key's.
inline std::string table_record(std::uint64_t shared, std::string_view own_key, std::string_view value) {
  return varint(shared) + varint(own_key.size()) + varint(value.size()) + std::string(own_key) +
         std::string(value);
}

// Records, their restart points and the number of those: what comes before a block's trailer.
inline std::string block_contents(const Records& records, std::size_t restart_interval = 16) {
  std::string bytes, previous, restarts;
  std::uint32_t restart_count = 0;
  for (std::size_t i = 0; i < records.size(); ++i) {
    const std::string& key = records[i].first;
    std::size_t shared = 0;
    if (i % restart_interval == 0) {
      restarts += little_endian(bytes.size(), 4);
      ++restart_count;
    } else {
      while (shared < key.size() && shared < previous.size() && key[shared] == previous[shared]) ++shared;
    }
    bytes += table_record(shared, key.substr(shared), records[i].second);
    previous = key;
  }
  if (records.empty()) {  // as LevelDB writes it
    restarts = little_endian(0, 4);
    restart_count = 1;
  }
  return bytes + restarts + little_endian(restart_count, 4);
}

inline std::string block_trailer(std::string_view contents, char type = 0) {
  return type + little_endian(masked_crc(std::string(contents) + type), 4);
}

inline std::string table_footer(std::string_view meta_index_handle, std::string_view index_handle) {
  std::string footer = std::string(meta_index_handle) + std::string(index_handle);
  footer.resize(40);
  return footer + little_endian(0xdb4775248b80fb57, 8);
}

// A table of the given data blocks, all else right. `type` is every data block's compression mark.
inline std::string table_of_blocks(const std::vector<std::string>& data_blocks, char type = 0) {
  std::string table;
  const auto add_block = [&table](const std::string& contents, char mark) {
    const std::string handle = varint(table.size()) + varint(contents.size());
    table += contents + block_trailer(contents, mark);
    return handle;
  };
  Records index;
  for (const std::string& contents : data_blocks) {
    const std::string handle = add_block(contents, type);
    index.emplace_back("separator " + std::to_string(1000 + index.size()), handle);
  }
  const std::string meta_index_handle = add_block(block_contents({}), 0);
  const std::string index_handle = add_block(block_contents(index, 1), 0);
  return table + table_footer(meta_index_handle, index_handle);
}

inline std::string table_of_records(const Records& records, std::size_t records_per_block = 40,
                                    std::size_t restart_interval = 16) {
  std::vector<std::string> blocks;
  for (std::size_t first = 0; first < records.size(); first += records_per_block) {
    const std::size_t last = std::min(records.size(), first + records_per_block);
    const auto begin = records.begin() + static_cast<std::ptrdiff_t>(first);
    blocks.push_back(block_contents(Records(begin, records.begin() + static_cast<std::ptrdiff_t>(last)),
                                    restart_interval));
  }
  return table_of_blocks(blocks);
}

// --- a tensor bundle

inline std::string shape_message(const std::vector<std::int64_t>& shape) {
  std::string message;
  for (std::int64_t size : shape) message += bytes_field(2, varint_field(1, size));
  return message;
}

inline std::string header_message(std::int64_t shards = 1) {
  return varint_field(1, shards) + bytes_field(3, varint_field(1, 1));
}

// A BundleEntryProto; members are set to what a test wants.
struct Entry {
  std::int64_t dtype = 1;
  std::vector<std::int64_t> shape = {};
  std::int64_t shard = 0, offset = 0, size = 0;
  std::uint32_t crc = 0;  // masked

  std::string message() const {
    return varint_field(1, dtype) + bytes_field(2, shape_message(shape)) + varint_field(3, shard) +
           varint_field(4, offset) + varint_field(5, size) + fixed32_field(6, crc);
  }
};

inline void write_bytes(const std::string& path, std::string_view bytes) {
  std::filesystem::remove(path);  // rewriting in place makes some file systems wait for the disk
  std::ofstream file(path, std::ios::binary);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  ASSERT_TRUE(file.good()) << path;
}

inline std::string float_bytes(const std::vector<float>& values) {
  std::string bytes(values.size() * sizeof(float), '\0');
  if (!values.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

// Tensors one after another; write() puts PREFIX.index and PREFIX.data-* in place.
class BundleBuilder {
 public:
  explicit BundleBuilder(std::size_t shards = 1) : data_(shards) {}

  BundleBuilder& add(const std::string& name, const std::vector<std::int64_t>& shape, std::string_view bytes,
                     std::int64_t dtype = 1, std::size_t shard = 0) {
    std::string& data = data_[shard];
    entries_[name] = {dtype,
                      shape,
                      static_cast<std::int64_t>(shard),
                      static_cast<std::int64_t>(data.size()),
                      static_cast<std::int64_t>(bytes.size()),
                      masked_crc(bytes)};
    data += bytes;
    return *this;
  }
  BundleBuilder& add_floats(const std::string& name, const std::vector<std::int64_t>& shape,
                            const std::vector<float>& values, std::size_t shard = 0) {
    return add(name, shape, float_bytes(values), 1, shard);
  }

  Records records() const {
    Records records{{"", header_message(static_cast<std::int64_t>(data_.size()))}};
    for (const auto& [name, entry] : entries_) records.emplace_back(name, entry.message());
    return records;
  }
  std::string index() const { return table_of_records(records()); }
  const std::string& data(std::size_t shard = 0) const { return data_[shard]; }
  Entry& entry(const std::string& name) { return entries_.at(name); }

  std::string shard_path(const std::string& prefix, std::size_t shard = 0) const {
    char suffix[40];
    std::snprintf(suffix, sizeof suffix, ".data-%05zu-of-%05zu", shard, data_.size());
    return prefix + suffix;
  }
  void write(const std::string& prefix) const {
    std::filesystem::create_directories(std::filesystem::path(prefix).parent_path());
    write_bytes(prefix + ".index", index());
    for (std::size_t shard = 0; shard < data_.size(); ++shard)
      write_bytes(shard_path(prefix, shard), data_[shard]);
  }

 private:
  std::vector<std::string> data_;
  std::map<std::string, Entry> entries_;  // in the order of the keys
};

}  // namespace logitlens::test
