// Members of a JSON object read one by one, each checked, with the path of what is wrong in the error.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "io/json.h"

namespace logitlens {

// What is said about a whole document: its name, and the members that nobody asked for.
struct JsonDocument {
  std::string file;
  std::set<std::string> unknown;
  Error error(std::string field, std::string found, std::string expected) const;
};

class JsonFields {
 public:
  // `path` of the object within the document, "" for the document itself.
  static Result<JsonFields> open(JsonDocument& document, std::string path, const Json& value);

  // Each is an error if the member is missing or of another kind.
  Result<std::string> text(std::string_view key);
  Result<bool> flag(std::string_view key);
  Result<std::int64_t> integer(std::string_view key, std::int64_t low, std::int64_t high);
  Result<int> number_from_0(std::string_view key, int high = std::numeric_limits<int>::max());
  Result<double> number(std::string_view key);
  Result<JsonFields> object(std::string_view key);
  Result<const Json::Array*> list(std::string_view key);
  Result<const Json::Array*> list_of(std::string_view key, std::size_t size);

  // The member's elements.
  Result<std::vector<std::string>> texts(std::string_view key);
  Result<std::vector<bool>> flags(std::string_view key);
  Result<std::vector<int>> integers(std::string_view key, int high);
  // null: NaN
  Result<std::vector<double>> numbers(std::string_view key, std::size_t size);

  bool is_null(std::string_view key) const;  // there, and null
  bool has(std::string_view key) const;
  void skip(std::string_view key);  // counts as asked for

  Result<JsonFields> element(std::string_view key, std::size_t index, const Json& value) const;
  std::string path_of(std::string_view key) const;
  Error error(std::string_view key, std::string found, std::string expected) const;

  std::vector<std::string_view> names() const;  // in the file's order
  void finish();                                // enters what was never asked for in the document's list

 private:
  JsonFields(JsonDocument& document, std::string path, const Json::Object& object)
      : document_(&document), path_(std::move(path)), object_(&object) {}
  Result<const Json*> find(std::string_view key);

  JsonDocument* document_;
  std::string path_;
  const Json::Object* object_;
  std::set<std::string_view> asked_;
};

}  // namespace logitlens
