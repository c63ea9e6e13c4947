#include "io/leveldb_table.h"

#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <span>

#include "io/crc32c.h"
#include "io/varint.h"

namespace logitlens {

namespace {

constexpr std::size_t footer_size = 48, trailer_size = 5;
constexpr std::uint64_t table_magic = 0xdb4775248b80fb57;
// A record of a few bytes can stand for a key as long as the one before: this bounds what a small file
// unfolds to.
constexpr std::size_t longest_key = 4096;
constexpr const char* download_again = "Download the checkpoint again";

struct BlockHandle {
  std::uint64_t offset = 0, size = 0;  // without the trailer
};

std::optional<BlockHandle> take_handle(std::string_view& input) {
  const auto offset = take_varint(input);
  const auto size = offset ? take_varint(input) : std::nullopt;
  if (!size) return std::nullopt;
  return BlockHandle{*offset, *size};
}

std::uint32_t load32(std::string_view bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = 4; i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

std::uint64_t load64(std::string_view bytes) {
  return load32(bytes) | static_cast<std::uint64_t>(load32(bytes.substr(4))) << 32;
}

class TableReader {
 public:
  TableReader(const std::string& file, std::string_view bytes, const VisitRecord& visit)
      : file_(file), bytes_(bytes), visit_(visit) {}

  Status read() {
    BlockHandle meta_index, index;
    LL_TRY(read_footer(meta_index, index));
    if (auto unused = block(meta_index); !unused.ok())
      return std::move(unused).error();  // no meta block concerns us
    LL_ASSIGN(const std::string_view index_records, block(index));
    return walk(index_records, index,
                [this](std::string_view, std::string_view value) { return data_block(value); });
  }

 private:
  Error error(std::string field, std::string found, std::string expected, Code code = Code::bad_input,
              std::string remedy = download_again) const {
    return {code, file_, std::move(field), std::move(found), std::move(expected), std::move(remedy), {}};
  }
  static std::string block_name(const BlockHandle& handle) {
    return fmt::format("block at byte {}", handle.offset);
  }

  Status read_footer(BlockHandle& meta_index, BlockHandle& index) const {
    if (bytes_.size() < footer_size)
      return error("footer", fmt::format("a file of {} bytes", bytes_.size()),
                   fmt::format("at least {} bytes", footer_size));
    std::string_view footer = bytes_.substr(bytes_.size() - footer_size);
    const std::uint64_t magic = load64(footer.substr(footer_size - 8));
    if (magic != table_magic)
      return error("footer", fmt::format("magic number {:016x}", magic),
                   fmt::format("{:016x}, the end of a TensorFlow checkpoint's index", table_magic));
    footer.remove_suffix(8);
    const auto first = take_handle(footer);
    const auto second = first ? take_handle(footer) : std::nullopt;
    if (!second)
      return error("footer", "a block's place in more than 10 bytes", "two places, each a pair of varints");
    meta_index = *first;
    index = *second;
    return ok_status();
  }

  // The records of a block: without its trailer, which is verified, and without the places of whole keys.
  Result<std::string_view> block(const BlockHandle& handle) const {
    const std::size_t end = bytes_.size() - footer_size;
    if (handle.offset > end || handle.size > end - handle.offset ||
        trailer_size > end - handle.offset - handle.size)
      return error(block_name(handle), fmt::format("a size of {} bytes", handle.size),
                   fmt::format("an end before byte {}, where the footer begins", end));
    const std::string_view with_type = bytes_.substr(handle.offset, handle.size + 1);
    const std::uint32_t stored = unmask_crc32c(load32(bytes_.substr(handle.offset + handle.size + 1)));
    const std::uint32_t computed = crc32c(std::as_bytes(std::span(with_type)));
    if (stored != computed)
      return error(block_name(handle), fmt::format("CRC-32C {:08x}", computed),
                   fmt::format("{:08x}, as stored", stored), Code::checksum);
    if (const char type = with_type.back(); type != 0)
      return error(block_name(handle),
                   type == 1 ? "snappy compression" : fmt::format("compression {}", int{type}),
                   "no compression: others are unsupported", Code::bad_input,
                   "Load the checkpoint in TensorFlow and save it again, which writes it uncompressed");
    return without_restarts(handle, with_type.substr(0, handle.size));
  }

  // Walking from start to end needs no whole keys to start at: only how much room their places take.
  Result<std::string_view> without_restarts(const BlockHandle& handle, std::string_view contents) const {
    const std::uint64_t count = contents.size() < 4 ? 0 : load32(contents.substr(contents.size() - 4));
    if (contents.size() < 4 || count > (contents.size() - 4) / 4)
      return error(block_name(handle), fmt::format("{} restart points in {} bytes", count, contents.size()),
                   "restart points within the block");
    return contents.substr(0, contents.size() - 4 - 4 * count);
  }

  Status walk(std::string_view records, const BlockHandle& handle, const VisitRecord& visit) const {
    std::string key;
    while (!records.empty()) {
      const auto shared = take_varint(records);
      const auto own = shared ? take_varint(records) : std::nullopt;
      const auto value_size = own ? take_varint(records) : std::nullopt;
      if (!value_size)
        return error(block_name(handle), "a varint that is cut off or over 10 bytes",
                     "varints that fit 64 bits");
      if (*shared > key.size())
        return error(block_name(handle),
                     fmt::format("a key that shares {} bytes with the one before", *shared),
                     fmt::format("at most its {} bytes", key.size()));
      if (*own > records.size() || *value_size > records.size() - *own)
        return error(block_name(handle), fmt::format("a record of {} and {} bytes", *own, *value_size),
                     fmt::format("at most the {} bytes left in the block", records.size()));
      if (*own > longest_key - *shared)
        return error(block_name(handle), fmt::format("a key of {} bytes", *shared + *own),
                     fmt::format("at most {}", longest_key));
      key.resize(*shared);
      key.append(records.substr(0, *own));
      LL_TRY(visit(key, records.substr(*own, *value_size)));
      records.remove_prefix(*own + *value_size);
    }
    return ok_status();
  }

  Status data_block(std::string_view place) {
    const auto handle = take_handle(place);
    if (!handle) return error("index block", "a block's place that is no pair of varints", "two varints");
    // Each byte of the file is read once at most, however many blocks the index names.
    if (handle->offset < end_of_last_block_)
      return error(block_name(*handle), "an overlap with the block before",
                   fmt::format("a start at byte {} or later", end_of_last_block_));
    LL_ASSIGN(const std::string_view records, block(*handle));
    end_of_last_block_ = handle->offset + handle->size + trailer_size;
    return walk(records, *handle, [&](std::string_view key, std::string_view value) -> Status {
      if (last_key_ && key <= *last_key_)
        return error(std::string(key),
                     key == *last_key_ ? "a second record" : fmt::format("it after {}", *last_key_),
                     "keys in strictly ascending order");
      last_key_ = key;
      return visit_(key, value);
    });
  }

  const std::string& file_;
  std::string_view bytes_;
  const VisitRecord& visit_;
  std::uint64_t end_of_last_block_ = 0;
  std::optional<std::string> last_key_;
};

}  // namespace

Status read_leveldb_table(const std::string& file, std::string_view bytes, const VisitRecord& visit) {
  return TableReader(file, bytes, visit).read();
}

}  // namespace logitlens
