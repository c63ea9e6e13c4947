#include "render/json_fields.h"

#include <fmt/format.h>

namespace logitlens {

Error JsonDocument::error(std::string field, std::string found, std::string expected) const {
  return {Code::bad_input,
          file,
          std::move(field),
          found.empty() ? "\"\"" : std::move(found),  // a value that is an empty string
          std::move(expected),
          "Write the table again with `logitlens sweep -o`",
          {}};
}

Result<JsonFields> JsonFields::open(JsonDocument& document, std::string path, const Json& value) {
  const auto* object = value.get<Json::Object>();
  if (object == nullptr)
    return document.error(path.empty() ? "document" : path, value.describe(), "an object");
  return JsonFields(document, std::move(path), *object);
}

std::string JsonFields::path_of(std::string_view key) const {
  return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
}

Error JsonFields::error(std::string_view key, std::string found, std::string expected) const {
  return document_->error(path_of(key), std::move(found), std::move(expected));
}

bool JsonFields::has(std::string_view key) const {
  for (const auto& [name, value] : *object_)
    if (name == key) return true;
  return false;
}

bool JsonFields::is_null(std::string_view key) const {
  for (const auto& [name, value] : *object_)
    if (name == key) return value.is_null();
  return false;
}

void JsonFields::skip(std::string_view key) { (void)find(key); }

std::vector<std::string_view> JsonFields::names() const {
  std::vector<std::string_view> all;
  for (const auto& [name, value] : *object_) all.push_back(name);
  return all;
}

Result<const Json*> JsonFields::find(std::string_view key) {
  for (const auto& [name, value] : *object_) {
    if (name != key) continue;
    asked_.insert(name);
    return &value;
  }
  return error(key, "nothing", "a value");
}

void JsonFields::finish() {
  for (const auto& [name, value] : *object_)
    if (!asked_.contains(name)) document_->unknown.insert(name);
}

Result<std::string> JsonFields::text(std::string_view key) {
  LL_ASSIGN(const Json* value, find(key));
  if (const auto* text = value->get<std::string>()) return *text;
  return error(key, value->describe(), "a text");
}

Result<bool> JsonFields::flag(std::string_view key) {
  LL_ASSIGN(const Json* value, find(key));
  if (const auto* flag = value->get<bool>()) return *flag;
  return error(key, value->describe(), "true or false");
}

Result<std::int64_t> JsonFields::integer(std::string_view key, std::int64_t low, std::int64_t high) {
  LL_ASSIGN(const Json* value, find(key));
  const auto number = value->integer();
  if (number && *number >= low && *number <= high) return *number;
  return error(key, value->describe(), fmt::format("an integer of {} to {}", low, high));
}

Result<int> JsonFields::number_from_0(std::string_view key, int high) {
  LL_ASSIGN(const std::int64_t number, integer(key, 0, high));
  return static_cast<int>(number);
}

Result<double> JsonFields::number(std::string_view key) {
  LL_ASSIGN(const Json* value, find(key));
  if (const auto number = value->number()) return *number;
  return error(key, value->describe(), "a number");
}

Result<JsonFields> JsonFields::object(std::string_view key) {
  LL_ASSIGN(const Json* value, find(key));
  return open(*document_, path_of(key), *value);
}

Result<const Json::Array*> JsonFields::list(std::string_view key) {
  LL_ASSIGN(const Json* value, find(key));
  const auto* list = value->get<Json::Array>();
  if (list == nullptr) return error(key, value->describe(), "a list");
  return list;
}

Result<const Json::Array*> JsonFields::list_of(std::string_view key, std::size_t size) {
  LL_ASSIGN(const Json::Array* items, list(key));
  if (items->size() != size)
    return error(key, fmt::format("a list of {}", items->size()), fmt::format("{}", size));
  return items;
}

Result<std::vector<std::string>> JsonFields::texts(std::string_view key) {
  LL_ASSIGN(const Json::Array* items, list(key));
  std::vector<std::string> texts;
  for (const Json& item : *items) {
    const auto* text = item.get<std::string>();
    if (text == nullptr) return error(fmt::format("{}[{}]", key, texts.size()), item.describe(), "a text");
    texts.push_back(*text);
  }
  return texts;
}

Result<std::vector<bool>> JsonFields::flags(std::string_view key) {
  LL_ASSIGN(const Json::Array* items, list(key));
  std::vector<bool> flags;
  for (const Json& item : *items) {
    const auto* flag = item.get<bool>();
    if (flag == nullptr)
      return error(fmt::format("{}[{}]", key, flags.size()), item.describe(), "true or false");
    flags.push_back(*flag);
  }
  return flags;
}

Result<std::vector<int>> JsonFields::integers(std::string_view key, int high) {
  LL_ASSIGN(const Json::Array* items, list(key));
  std::vector<int> numbers;
  for (const Json& item : *items) {
    const auto number = item.integer();
    if (!number || *number < 0 || *number > high) {
      return error(fmt::format("{}[{}]", key, numbers.size()), item.describe(),
                   fmt::format("an integer of 0 to {}", high));
    }
    numbers.push_back(static_cast<int>(*number));
  }
  return numbers;
}

Result<std::vector<double>> JsonFields::numbers(std::string_view key, std::size_t size) {
  LL_ASSIGN(const Json::Array* items, list_of(key, size));
  std::vector<double> numbers;
  for (const Json& item : *items) {
    const auto number = item.number();
    if (!number && !item.is_null())
      return error(fmt::format("{}[{}]", key, numbers.size()), item.describe(), "a number or null");
    numbers.push_back(number.value_or(std::numeric_limits<double>::quiet_NaN()));
  }
  return numbers;
}

Result<JsonFields> JsonFields::element(std::string_view key, std::size_t index, const Json& value) const {
  return open(*document_, fmt::format("{}[{}]", path_of(key), index), value);
}

}  // namespace logitlens
