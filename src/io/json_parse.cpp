// The strict parser: nlohmann's tokens, our own rules about what they may build.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "io/json.h"

namespace logitlens {

namespace {

constexpr std::size_t kDepthLimit = 64;

Error json_error(const std::string& file, std::string field, std::string found, std::string expected) {
  return {.code = Code::bad_input,
          .file = file,
          .field = std::move(field),
          .found = std::move(found),
          .expected = std::move(expected),
          .remedy = "Download or write the file again",
          .names = {}};
}

// "[json.exception.parse_error.101] parse error at line 1, column 2: syntax error while parsing value -
// invalid literal; last read: 'x'; expected ..." -> "invalid literal".
std::string reason(std::string_view what) {
  const auto drop_through = [&what](std::string_view mark) {
    if (const std::size_t at = what.find(mark); at != std::string_view::npos)
      what.remove_prefix(at + mark.size());
  };
  drop_through("] ");
  drop_through("syntax error");
  drop_through(" - ");
  return std::string(what.substr(0, what.find(';')));
}

// Receives nlohmann's events and builds the value. A handler that returns false ends the parse. The open
// containers are a list, not a recursion, and a bounded one, so no document can exhaust the stack; neither
// can the destructor of what was built.
class JsonBuilder {
 public:
  explicit JsonBuilder(const std::string& file) : file_(file) {}

  bool null() { return add(Json()); }
  bool boolean(bool value) { return add(Json(value)); }
  bool number_integer(std::int64_t value) { return add(Json(value)); }
  bool number_unsigned(std::uint64_t value) {
    const bool fits = value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    return add(fits ? Json(static_cast<std::int64_t>(value)) : Json(value));
  }
  // Integers beyond 64 bits come here too: many tokenizer_config.json hold 1000000000000000019884624838656,
  // which nobody reads. They are kept as doubles, which integer() refuses. Doubles that overflow are parse
  // errors.
  bool number_float(double value, const std::string& /*digits*/) { return add(Json(value)); }
  bool string(std::string& value) { return add(Json(std::move(value))); }
  bool binary(nlohmann::json::binary_t&) { return false; }  // not in text

  bool start_object(std::size_t) { return open(Json::Object{}); }
  bool start_array(std::size_t) { return open(Json::Array{}); }
  bool key(std::string& name) {
    open_.back().key = std::move(name);
    return true;
  }
  bool end_object() { return has_unique_keys() && close(); }
  bool end_array() { return close(); }

  bool parse_error(std::size_t position, const std::string&, const nlohmann::json::exception& fault) {
    error_ = json_error(file_, fmt::format("byte {}", position), reason(fault.what()), "valid JSON");
    return false;
  }

  Result<Json> take(bool parsed) {
    if (parsed) return std::move(root_);
    return std::move(error_);
  }

 private:
  struct Open {
    std::variant<Json::Object, Json::Array> container;
    std::string key;  // of the member that is being read
  };

  bool add(Json value) {
    if (open_.empty()) {
      root_ = std::move(value);
    } else if (auto* array = std::get_if<Json::Array>(&open_.back().container)) {
      array->push_back(std::move(value));
    } else {
      std::get<Json::Object>(open_.back().container)
          .emplace_back(std::move(open_.back().key), std::move(value));
    }
    return true;
  }

  bool open(std::variant<Json::Object, Json::Array> container) {
    if (open_.size() == kDepthLimit) {
      error_ = json_error(file_, "nesting", fmt::format("more than {} levels", kDepthLimit),
                          fmt::format("at most {}", kDepthLimit));
      return false;
    }
    open_.push_back({std::move(container), ""});
    return true;
  }

  bool close() {
    auto container = std::move(open_.back().container);
    open_.pop_back();
    return std::visit([this](auto& members) { return add(Json(std::move(members))); }, container);
  }

  // Looked for once an object is complete: by sorting, for a vocabulary or a header has tens of thousands of
  // keys.
  bool has_unique_keys() {
    std::vector<std::string_view> keys;
    for (const auto& [name, value] : std::get<Json::Object>(open_.back().container)) keys.push_back(name);
    std::ranges::sort(keys);
    const auto twice = std::ranges::adjacent_find(keys);
    if (twice == keys.end()) return true;
    error_ = json_error(file_, path_of(*twice), "the key twice", "every key once");
    return false;
  }

  // "a.b[3].key", for a key of the innermost open object.
  std::string path_of(std::string_view key) const {
    std::string path;
    for (std::size_t i = 0; i + 1 < open_.size(); ++i) {
      if (const auto* array = std::get_if<Json::Array>(&open_[i].container))
        path += fmt::format("[{}]", array->size());
      else
        path += (path.empty() ? "" : ".") + open_[i].key;
    }
    return path + (path.empty() ? "" : ".") + std::string(key);
  }

  const std::string& file_;
  std::vector<Open> open_;
  Json root_;
  Error error_;
};

}  // namespace

Result<Json> parse_json(const std::string& file, std::string_view text) {
  // nlohmann takes a NUL byte for the end of the text; no JSON holds one.
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos)
    return json_error(file, fmt::format("byte {}", nul + 1), "a NUL byte", "valid JSON");
  JsonBuilder builder(file);
  const bool parsed = nlohmann::json::sax_parse(text.begin(), text.end(), &builder);
  return builder.take(parsed);
}

}  // namespace logitlens
