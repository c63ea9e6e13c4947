#include "io/safetensors_header.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/checked.h"
#include "io/json.h"

namespace logitlens {

namespace {

constexpr std::string_view kMetadata = "__metadata__";

std::optional<std::size_t> as_size(const Json& value) {
  const auto integer = value.integer();
  if (!integer || *integer < 0) return std::nullopt;
  return static_cast<std::size_t>(*integer);
}

std::string describe_member(const Json* value) { return value ? value->describe() : "nothing"; }

// Reads one member of the header: {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}.
class EntryReader {
 public:
  EntryReader(const std::string& file, const std::string& name, const Json& value)
      : file_(file), name_(name), value_(value) {}

  Result<SafetensorsEntry> read() const {
    if (!value_.get<Json::Object>())
      return error("", value_.describe(), "an object with dtype, shape and data_offsets");
    SafetensorsEntry entry;
    entry.name = name_;
    LL_ASSIGN(entry.dtype, dtype());
    LL_ASSIGN(entry.shape, shape());
    LL_ASSIGN(std::tie(entry.begin, entry.end), offsets());
    LL_TRY(check_size(entry));
    return entry;
  }

 private:
  Error error(std::string_view key, std::string found, std::string expected,
              std::string remedy = "Download the file again") const {
    std::string field = key.empty() ? name_ : fmt::format("{}: {}", name_, key);
    return broken_file(file_, std::move(field), std::move(found), std::move(expected), std::move(remedy));
  }

  Result<const SafetensorsDType*> dtype() const {
    const Json* member = value_.find("dtype");
    const std::string* name = member ? member->get<std::string>() : nullptr;
    const SafetensorsDType* dtype = name ? find_safetensors_dtype(*name) : nullptr;
    if (!dtype)
      return error("dtype", describe_member(member), "one of " + safetensors_dtype_names(),
                   "Convert the tensor to one of these types");
    return dtype;
  }

  Result<std::vector<std::size_t>> shape() const {
    const Json* member = value_.find("shape");
    const Json::Array* sizes = member ? member->get<Json::Array>() : nullptr;
    if (!sizes) return error("shape", describe_member(member), "a list of integers");
    std::vector<std::size_t> shape;
    for (const Json& one : *sizes) {
      const auto size = as_size(one);
      if (!size) return error("shape", one.describe(), "integers from 0");
      shape.push_back(*size);
    }
    return shape;
  }

  Result<std::pair<std::size_t, std::size_t>> offsets() const {
    const Json* member = value_.find("data_offsets");
    const Json::Array* both = member ? member->get<Json::Array>() : nullptr;
    if (!both || both->size() != 2)
      return error("data_offsets", describe_member(member), "a list of two integers");
    const auto begin = as_size((*both)[0]), end = as_size((*both)[1]);
    if (!begin || !end)
      return error("data_offsets", (begin ? (*both)[1] : (*both)[0]).describe(), "integers from 0");
    if (*end < *begin)
      return error("data_offsets", fmt::format("an end {} before the begin {}", *end, *begin),
                   "an end that is not before the begin");
    return std::pair{*begin, *end};
  }

  Status check_size(const SafetensorsEntry& entry) const {
    const auto elements = checked_product(entry.shape);
    const auto bytes = elements ? byte_size(*entry.dtype, *elements) : std::nullopt;
    const std::string shape = fmt::format("[{}] of {}", fmt::join(entry.shape, ", "), entry.dtype->name);
    if (!bytes) return error("shape", shape, "a whole number of bytes, below 2^61");
    const std::uint64_t expected = *bytes;
    if (expected == entry.end - entry.begin) return ok_status();
    return error("data_offsets", fmt::format("{} bytes", entry.end - entry.begin),
                 fmt::format("{} bytes for {}", expected, shape));
  }

  const std::string& file_;
  const std::string& name_;
  const Json& value_;
};

Status check_metadata(const std::string& file, const Json& metadata) {
  const std::string field(kMetadata);
  const auto* members = metadata.get<Json::Object>();
  if (!members) return broken_file(file, field, metadata.describe(), "an object of strings");
  for (const auto& [key, value] : *members)
    if (!value.get<std::string>()) return broken_file(file, field + ": " + key, value.describe(), "a string");
  return ok_status();
}

// Sorted by their begin, each entry starts where the one before ends, and the last ends with the file.
Status check_coverage(const std::string& file, const std::vector<SafetensorsEntry>& entries,
                      std::size_t data_size) {
  std::size_t covered = 0;
  std::string_view before = "the header";
  for (const SafetensorsEntry& entry : entries) {
    const std::string field = entry.name + ": data_offsets";
    const std::string expected = fmt::format("begin {}, where {} ends", covered, before);
    if (entry.begin < covered)
      return broken_file(file, field, fmt::format("begin {}, an overlap with {}", entry.begin, before),
                         expected);
    if (entry.begin > covered)
      return broken_file(file, field,
                         fmt::format("begin {}, a hole of {} bytes", entry.begin, entry.begin - covered),
                         expected);
    if (entry.end > data_size)
      return broken_file(file, field, fmt::format("end {}, but {} bytes of data", entry.end, data_size),
                         "a complete file", "The file is truncated: download it again");
    covered = entry.end;
    before = entry.name;
  }
  if (covered == data_size) return ok_status();
  return broken_file(file, "trailing bytes",
                     fmt::format("{} bytes after the last tensor", data_size - covered), "none");
}

}  // namespace

Result<std::vector<SafetensorsEntry>> read_safetensors_header(const std::string& file,
                                                              std::string_view header,
                                                              std::size_t data_size) {
  LL_ASSIGN(const Json json, parse_json(file, header));
  const auto* members = json.get<Json::Object>();
  if (!members) return broken_file(file, "header", json.describe(), "an object");
  std::vector<SafetensorsEntry> entries;
  for (const auto& [name, value] : *members) {
    if (name == kMetadata) {
      LL_TRY(check_metadata(file, value));
      continue;
    }
    LL_ASSIGN(SafetensorsEntry entry, EntryReader(file, name, value).read());
    entries.push_back(std::move(entry));
  }
  // By the end too: a tensor of no bytes lies before the one that begins at the same place.
  std::ranges::stable_sort(entries, {},
                           [](const SafetensorsEntry& one) { return std::pair(one.begin, one.end); });
  LL_TRY(check_coverage(file, entries, data_size));
  return entries;
}

}  // namespace logitlens
