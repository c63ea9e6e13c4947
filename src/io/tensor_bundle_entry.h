// The two protobuf messages of a tensor bundle's index.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "io/tensor.h"

namespace logitlens {

// BundleHeaderProto, under the empty key.
struct BundleHeader {
  std::int64_t shards = 0;
  bool big_endian = false;
  std::int64_t oldest_reader = 0;  // the version of the format that a reader must know
};

// BundleEntryProto, under a tensor's name. Numbers as stored: not yet checked.
struct BundleEntry {
  std::int64_t dtype = 0;
  std::vector<std::int64_t> shape;
  bool unknown_rank = false;
  std::int64_t shard = 0, offset = 0, size = 0;
  std::uint32_t masked_crc32c = 0;
  bool sliced = false;  // a variable in pieces, each under a key of its own
};

// Nothing if the message is malformed.
std::optional<BundleHeader> parse_bundle_header(std::string_view message);
std::optional<BundleEntry> parse_bundle_entry(std::string_view message);

// An element type by TensorFlow's number. Types of no fixed size (strings, resources, variants) have size 0.
struct BundleDType {
  std::string_view name;
  std::size_t size;
  DType dtype;
};
const BundleDType* find_bundle_dtype(std::int64_t number);

}  // namespace logitlens
