// Protobuf's wire format, read field by field: enough for messages of numbers, strings and messages.
#pragma once

#include <cstdint>
#include <string_view>

namespace logitlens {

//   ProtobufReader reader(bytes);
//   while (reader.next()) {
//     if (reader.number() == 1) size = reader.integer();
//   }
//   if (!reader.ok()) ...
//
// Fields that nobody asks for are skipped, as the format demands. Groups, long deprecated, are malformed
// here.
class ProtobufReader {
 public:
  explicit ProtobufReader(std::string_view message) : rest_(message) {}

  // On to the next field. False at the end of the message, or where it is malformed.
  bool next();
  std::uint64_t number() const { return number_; }

  // The current field's value. One of another wire type is malformed: zero, or no bytes.
  std::int64_t integer();  // int32, int64, enum, bool
  std::uint32_t fixed32();
  std::string_view bytes();  // string, bytes, message

  bool ok() const { return ok_; }

 private:
  enum class Wire : std::uint8_t { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

  bool take_fixed(std::size_t width);
  bool take_bytes();
  bool malformed();
  bool expect(Wire wire);

  std::string_view rest_, bytes_;
  std::uint64_t number_ = 0, value_ = 0;
  Wire wire_ = Wire::varint;
  bool ok_ = true;
};

}  // namespace logitlens
