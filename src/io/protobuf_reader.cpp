#include "io/protobuf_reader.h"

#include <bit>

#include "io/varint.h"

namespace logitlens {

bool ProtobufReader::next() {
  if (!ok_ || rest_.empty()) return false;
  const auto tag = take_varint(rest_);
  constexpr std::uint64_t largest_number = (std::uint64_t{1} << 29) - 1;
  if (!tag || *tag >> 3 == 0 || *tag >> 3 > largest_number) return malformed();
  number_ = *tag >> 3;
  wire_ = static_cast<Wire>(*tag & 7);
  switch (wire_) {
    case Wire::varint: {
      const auto value = take_varint(rest_);
      value_ = value.value_or(0);
      return value || malformed();
    }
    case Wire::fixed64: return take_fixed(8);
    case Wire::bytes: return take_bytes();
    case Wire::fixed32: return take_fixed(4);
  }
  return malformed();
}

bool ProtobufReader::take_fixed(std::size_t width) {
  if (rest_.size() < width) return malformed();
  value_ = 0;
  for (std::size_t i = 0; i < width; ++i)
    value_ |= static_cast<std::uint64_t>(static_cast<unsigned char>(rest_[i])) << (8 * i);
  rest_.remove_prefix(width);
  return true;
}

bool ProtobufReader::take_bytes() {
  const auto size = take_varint(rest_);
  if (!size || *size > rest_.size()) return malformed();
  bytes_ = rest_.substr(0, *size);
  rest_.remove_prefix(*size);
  return true;
}

bool ProtobufReader::malformed() { return ok_ = false; }

bool ProtobufReader::expect(Wire wire) { return ok_ && wire_ == wire ? true : malformed(); }

std::int64_t ProtobufReader::integer() {
  return expect(Wire::varint) ? std::bit_cast<std::int64_t>(value_) : 0;
}

std::uint32_t ProtobufReader::fixed32() {
  return expect(Wire::fixed32) ? static_cast<std::uint32_t>(value_) : 0;
}

std::string_view ProtobufReader::bytes() { return expect(Wire::bytes) ? bytes_ : std::string_view(); }

}  // namespace logitlens
