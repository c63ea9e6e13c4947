#include "io/json_text.h"

#include <nlohmann/json.hpp>

namespace logitlens {

namespace {

nlohmann::ordered_json convert(const Json& value) {
  if (const auto* array = value.get<Json::Array>()) {
    auto out = nlohmann::ordered_json::array();
    for (const Json& one : *array) out.push_back(convert(one));
    return out;
  }
  if (const auto* object = value.get<Json::Object>()) {
    auto out = nlohmann::ordered_json::object();
    for (const auto& [key, one] : *object) out[key] = convert(one);
    return out;
  }
  if (const auto* flag = value.get<bool>()) return *flag;
  if (const auto* integer = value.get<std::int64_t>()) return *integer;
  if (const auto* natural = value.get<std::uint64_t>()) return *natural;
  if (const auto* real = value.get<double>()) return *real;
  if (const auto* text = value.get<std::string>()) return *text;
  return nullptr;
}

}  // namespace

std::string json_text(const Json& value) { return convert(value).dump(2); }

}  // namespace logitlens
