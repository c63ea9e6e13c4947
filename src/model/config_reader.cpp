#include "model/config_reader.h"

#include <fmt/format.h>

#include <limits>

namespace logitlens {

ConfigReader::Found ConfigReader::find(const Keys& keys) const {
  for (std::string_view key : keys) {
    const Json* value = &config_;
    for (std::string_view path = key; value && !path.empty();) {
      const std::size_t dot = path.find('.');
      value = value->find(path.substr(0, dot));
      path.remove_prefix(dot == std::string_view::npos ? path.size() : dot + 1);
    }
    if (value && !value->is_null()) return {value, key};
  }
  return {nullptr, keys.empty() ? "" : keys.front()};
}

Error ConfigReader::error(std::string_view key, std::string found, std::string expected,
                          std::string remedy) const {
  return {.code = Code::bad_input,
          .file = file_,
          .field = std::string(key),
          .found = std::move(found),
          .expected = std::move(expected),
          .remedy = std::move(remedy),
          .names = {}};
}

Result<std::optional<std::size_t>> ConfigReader::size(const Keys& keys, std::size_t limit) const {
  const auto [value, key] = find(keys);
  if (!value) return std::optional<std::size_t>();
  const auto integer = value->integer();
  if (!integer || *integer < 1 || static_cast<std::uint64_t>(*integer) > limit)
    return error(key, value->describe(), fmt::format("an integer from 1 to {}", limit));
  return std::optional(static_cast<std::size_t>(*integer));
}

Result<std::optional<std::int64_t>> ConfigReader::integer(const Keys& keys) const {
  const auto [value, key] = find(keys);
  if (!value) return std::optional<std::int64_t>();
  const auto integer = value->integer();
  if (!integer) return error(key, value->describe(), "an integer");
  return integer;
}

Result<double> ConfigReader::number(const Keys& keys, double fallback, double above, double most) const {
  const auto [value, key] = find(keys);
  if (!value) return fallback;
  const auto number = value->number();
  if (!number || !(*number > above) || *number > most)
    return error(key, value->describe(), fmt::format("a number above {} and at most {}", above, most));
  return *number;
}

Result<float> ConfigReader::eps(const Keys& keys, double fallback) const {
  const Json* value = nullptr;  // null is no number here: nothing would be said of what was meant
  std::string_view key = keys.empty() ? "" : keys.front();
  for (std::string_view one : keys) {
    if (value) break;
    value = config_.find(one);
    if (value) key = one;
  }
  const auto number = value ? value->number() : std::optional<double>(fallback);
  if (!number || !(*number > 0) || *number > 1 ||
      static_cast<float>(*number) < std::numeric_limits<float>::min())
    return error(key, value ? value->describe() : "nothing", "a number above 0 and at most 1");
  return static_cast<float>(*number);
}

Result<Activation> ConfigReader::activation(const Keys& keys, std::string_view fallback) const {
  const auto [value, key] = find(keys);
  const std::string* text = value ? value->get<std::string>() : nullptr;
  if (value && !text) return error(key, value->describe(), "the name of an activation");
  const auto activation = activation_by_name(text ? std::string_view(*text) : fallback);
  if (!activation)
    return error(key, value ? value->describe() : "nothing", fmt::format("one of {}", activation_names()));
  return *activation;
}

Result<bool> ConfigReader::boolean(std::string_view key, bool fallback) const {
  const Json* value = find({key}).value;
  if (!value) return fallback;
  const bool* flag = value->get<bool>();
  if (!flag) return error(key, value->describe(), "true or false");
  return *flag;
}

Status ConfigReader::require(const Requirement& requirement) const {
  const auto [value, key] = find(requirement.keys);
  if (!value) return ok_status();
  struct Holds {
    const Json& value;
    bool operator()(bool wanted) const { return value.get<bool>() && *value.get<bool>() == wanted; }
    bool operator()(std::int64_t wanted) const { return value.integer() == wanted; }
    bool operator()(std::string_view wanted) const {
      return value.get<std::string>() && *value.get<std::string>() == wanted;
    }
  };
  struct Shown {
    std::string operator()(bool wanted) const { return wanted ? "true" : "false"; }
    std::string operator()(std::int64_t wanted) const { return std::to_string(wanted); }
    std::string operator()(std::string_view wanted) const { return fmt::format("\"{}\"", wanted); }
  };
  if (std::visit(Holds{*value}, requirement.value)) return ok_status();
  return error(key, value->describe(), std::visit(Shown{}, requirement.value),
               std::string(requirement.remedy));
}

}  // namespace logitlens
