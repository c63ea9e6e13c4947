// JSON documents from files, read strictly: bounded depth, no duplicate keys, numbers kept by kind.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "logitlens/status.h"

namespace logitlens {

class Json {
 public:
  using Array = std::vector<Json>;
  using Object = std::vector<std::pair<std::string, Json>>;  // in the file's order; keys are unique
  using Value =
      std::variant<std::nullptr_t, bool, std::int64_t, std::uint64_t, double, std::string, Array, Object>;

  Json() : value_(nullptr) {}
  explicit Json(Value value) : value_(std::move(value)) {}

  template <class T>
  const T* get() const {
    return std::get_if<T>(&value_);
  }
  bool is_null() const { return get<std::nullptr_t>() != nullptr; }
  const Json* find(std::string_view key) const;  // nullptr: not an object, or no such key
  std::string describe() const;  // the value shortened for a message: `"abc"`, 12, an object, ...

  // An integer of 64 bits, signed, never from a double (1.0 is refused: say so in the message).
  std::optional<std::int64_t> integer() const;
  std::optional<double> number() const;  // any number kind, finite

  const Value& value() const { return value_; }

 private:
  Value value_;
};

// Parses one whole document. `file` names it in errors (code bad_input; field "byte N", "nesting" or the
// duplicate key's path). Limits: depth 64; invalid UTF-8, trailing bytes, NaN and numbers no double holds are
// errors. An integer beyond 64 bits is kept as a double: integer() refuses it. A leading UTF-8 byte order
// mark is accepted.
Result<Json> parse_json(const std::string& file, std::string_view text);

}  // namespace logitlens
