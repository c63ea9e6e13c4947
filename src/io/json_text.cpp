#include "io/json_text.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace logitlens {

namespace {

// nlohmann writes single values only: where memory runs out, its lists and objects end the program in their destructors.
std::string scalar_text(const Json& value) {
  if (const auto* flag = value.get<bool>()) return *flag ? "true" : "false";
  if (const auto* integer = value.get<std::int64_t>()) return fmt::format("{}", *integer);
  if (const auto* natural = value.get<std::uint64_t>()) return fmt::format("{}", *natural);
  if (const auto* real = value.get<double>()) return nlohmann::json(*real).dump();
  if (const auto* text = value.get<std::string>()) return nlohmann::json(*text).dump();
  return "null";
}

// What stands between brackets, a line each; nothing for nothing.
class Lines {
 public:
  Lines(std::string& text, std::size_t indent) : text_(text), indent_(indent) {}
  void begin() {
    text_ += is_first_ ? "\n" : ",\n";
    text_.append(indent_ + 2, ' ');
    is_first_ = false;
  }
  void end() {
    if (!is_first_) text_ += "\n" + std::string(indent_, ' ');
  }

 private:
  std::string& text_;
  const std::size_t indent_;
  bool is_first_ = true;
};

void append(std::string& text, const Json& value, std::size_t indent) {
  Lines lines(text, indent);
  if (const auto* array = value.get<Json::Array>()) {
    text += "[";
    for (const Json& one : *array) {
      lines.begin();
      append(text, one, indent + 2);
    }
    lines.end();
    text += "]";
  } else if (const auto* object = value.get<Json::Object>()) {
    text += "{";
    for (const auto& [key, one] : *object) {
      lines.begin();
      text += nlohmann::json(key).dump() + ": ";
      append(text, one, indent + 2);
    }
    lines.end();
    text += "}";
  } else {
    text += scalar_text(value);
  }
}

}  // namespace

std::string json_text(const Json& value) {
  std::string text;
  append(text, value, 0);
  return text;
}

}  // namespace logitlens
