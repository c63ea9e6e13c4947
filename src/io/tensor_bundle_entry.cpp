#include "io/tensor_bundle_entry.h"

#include <array>

#include "io/protobuf_reader.h"

namespace logitlens {

namespace {

// VersionDef: producer = 1, min_consumer = 2, bad_consumers = 3.
bool parse_version(std::string_view message, BundleHeader& header) {
  ProtobufReader reader(message);
  while (reader.next())
    if (reader.number() == 2) header.oldest_reader = reader.integer();
  return reader.ok();
}

// TensorShapeProto.Dim: size = 1, name = 2.
std::optional<std::int64_t> parse_dim(std::string_view message) {
  std::int64_t size = 0;
  ProtobufReader reader(message);
  while (reader.next())
    if (reader.number() == 1) size = reader.integer();
  if (!reader.ok()) return std::nullopt;
  return size;
}

// TensorShapeProto: dim = 2 (repeated), unknown_rank = 3.
bool parse_shape(std::string_view message, BundleEntry& entry) {
  ProtobufReader reader(message);
  while (reader.next()) {
    if (reader.number() == 2) {
      const auto size = parse_dim(reader.bytes());
      if (!size) return false;
      entry.shape.push_back(*size);
    } else if (reader.number() == 3) {
      entry.unknown_rank = reader.integer() != 0;
    }
  }
  return reader.ok();
}

}  // namespace

std::optional<BundleHeader> parse_bundle_header(std::string_view message) {
  BundleHeader header;
  ProtobufReader reader(message);
  while (reader.next()) {
    switch (reader.number()) {
      case 1: header.shards = reader.integer(); break;
      case 2: header.big_endian = reader.integer() != 0; break;
      case 3:
        if (!parse_version(reader.bytes(), header)) return std::nullopt;
        break;
      default: break;
    }
  }
  if (!reader.ok()) return std::nullopt;
  return header;
}

std::optional<BundleEntry> parse_bundle_entry(std::string_view message) {
  BundleEntry entry;
  ProtobufReader reader(message);
  while (reader.next()) {
    switch (reader.number()) {
      case 1: entry.dtype = reader.integer(); break;
      case 2:
        if (!parse_shape(reader.bytes(), entry)) return std::nullopt;
        break;
      case 3: entry.shard = reader.integer(); break;
      case 4: entry.offset = reader.integer(); break;
      case 5: entry.size = reader.integer(); break;
      case 6: entry.masked_crc32c = reader.fixed32(); break;
      case 7: entry.sliced = true; break;
      default: break;
    }
  }
  if (!reader.ok()) return std::nullopt;
  return entry;
}

const BundleDType* find_bundle_dtype(std::int64_t number) {
  static constexpr std::array<BundleDType, 26> types = {{
      {"DT_INVALID", 0, DType::other},  // never stored
      {"DT_FLOAT", 4, DType::f32},
      {"DT_DOUBLE", 8, DType::f64},
      {"DT_INT32", 4, DType::other},
      {"DT_UINT8", 1, DType::other},
      {"DT_INT16", 2, DType::other},
      {"DT_INT8", 1, DType::other},
      {"DT_STRING", 0, DType::other},
      {"DT_COMPLEX64", 8, DType::other},
      {"DT_INT64", 8, DType::other},
      {"DT_BOOL", 1, DType::other},
      {"DT_QINT8", 1, DType::other},
      {"DT_QUINT8", 1, DType::other},
      {"DT_QINT32", 4, DType::other},
      {"DT_BFLOAT16", 2, DType::bf16},
      {"DT_QINT16", 2, DType::other},
      {"DT_QUINT16", 2, DType::other},
      {"DT_UINT16", 2, DType::other},
      {"DT_COMPLEX128", 16, DType::other},
      {"DT_HALF", 2, DType::f16},
      {"DT_RESOURCE", 0, DType::other},
      {"DT_VARIANT", 0, DType::other},
      {"DT_UINT32", 4, DType::other},
      {"DT_UINT64", 8, DType::other},
      {"DT_FLOAT8_E5M2", 1, DType::other},
      {"DT_FLOAT8_E4M3FN", 1, DType::other},
  }};
  if (number < 1 || number >= static_cast<std::int64_t>(types.size())) return nullptr;
  return &types[static_cast<std::size_t>(number)];
}

}  // namespace logitlens
