#include "io/json.h"

#include <fmt/format.h>

#include <cmath>

#include "base/escape.h"

namespace logitlens {

namespace {

constexpr std::size_t kLongestString = 60;  // bytes of a string that a message shows

std::string quoted(std::string_view text) {
  const std::string_view kept = utf8_prefix(text, kLongestString);
  return fmt::format("\"{}{}\"", kept, kept.size() < text.size() ? "..." : "");
}

}  // namespace

const Json* Json::find(std::string_view key) const {
  const Object* object = get<Object>();
  if (!object) return nullptr;
  for (const auto& [name, value] : *object)
    if (name == key) return &value;
  return nullptr;
}

std::string Json::describe() const {
  if (const auto* flag = get<bool>()) return *flag ? "true" : "false";
  if (const auto* number = get<std::int64_t>()) return fmt::format("{}", *number);
  if (const auto* number = get<std::uint64_t>()) return fmt::format("{}", *number);
  if (const auto* number = get<double>()) {
    const std::string text = fmt::format("{}", *number);
    const bool looks_integer = text.find_first_of(".e") == std::string::npos;
    return looks_integer ? text + ".0" : text;  // so that "found 12.0" explains why it is no integer
  }
  if (const auto* text = get<std::string>()) return quoted(*text);
  if (const auto* array = get<Array>()) return fmt::format("a list of {}", array->size());
  if (get<Object>()) return "an object";
  return "null";
}

std::optional<std::int64_t> Json::integer() const {
  if (const auto* number = get<std::int64_t>()) return *number;
  return std::nullopt;  // the parser keeps every integer that fits as std::int64_t
}

std::optional<double> Json::number() const {
  if (const auto* number = get<std::int64_t>()) return static_cast<double>(*number);
  if (const auto* number = get<std::uint64_t>()) return static_cast<double>(*number);
  if (const auto* number = get<double>(); number && std::isfinite(*number)) return *number;
  return std::nullopt;
}

}  // namespace logitlens
