#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "base/checked.h"
#include "io/file_writer.h"
#include "io/safetensors.h"
#include "io/safetensors_header.h"

namespace logitlens {

namespace {

constexpr std::size_t kAlignment = 8;  // the data starts at a multiple, as the reference library's does

// A JSON string; what is not UTF-8 in it is replaced, never thrown at.
std::string json_string(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string metadata_json(const std::map<std::string, std::string>& metadata) {
  std::string members;
  for (const auto& [key, value] : metadata)
    members += (members.empty() ? "" : ",") + json_string(key) + ":" + json_string(value);
  return "{" + members + "}";
}

std::string entry_json(const OutTensor& tensor, std::size_t begin) {
  return fmt::format(R"({{"dtype":{},"shape":[{}],"data_offsets":[{},{}]}})", json_string(tensor.dtype),
                     fmt::join(tensor.shape, ","), begin, begin + tensor.bytes.size());
}

std::string header_json(const std::vector<OutTensor>& tensors,
                        const std::map<std::string, std::string>& metadata) {
  std::string header = "{";
  if (!metadata.empty()) header += "\"__metadata__\":" + metadata_json(metadata);
  std::size_t begin = 0;
  for (const OutTensor& tensor : tensors) {
    header += (header.size() > 1 ? "," : "") + json_string(tensor.name) + ":" + entry_json(tensor, begin);
    begin += tensor.bytes.size();
  }
  header += "}";
  header.resize(round_up(header.size(), kAlignment), ' ');
  return header;
}

std::array<std::byte, 8> little_endian(std::uint64_t value) {
  std::array<std::byte, 8> bytes;
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(value >> (8 * i));
  return bytes;
}

// A tensor whose bytes do not match its shape would make a file that no reader takes: a mistake of the
// caller.
Status check_out_tensor(const std::string& path, const OutTensor& tensor) {
  const SafetensorsDType* dtype = find_safetensors_dtype(tensor.dtype);
  const auto elements = checked_product(tensor.shape);
  const auto bytes = dtype && elements ? byte_size(*dtype, *elements) : std::nullopt;
  if (bytes && *bytes == tensor.bytes.size()) return ok_status();
  Error error = broken_file(path, tensor.name, std::to_string(tensor.bytes.size()) + " bytes",
                            bytes ? std::to_string(*bytes) : "a known dtype and a shape that fits",
                            "Report this as a bug");
  error.code = Code::internal;
  return error;
}

}  // namespace

Status write_safetensors(const std::string& path, const std::vector<OutTensor>& tensors,
                         const std::map<std::string, std::string>& metadata, bool force,
                         const std::function<Status()>& check) {
  for (const OutTensor& tensor : tensors) LL_TRY(check_out_tensor(path, tensor));
  LL_ASSIGN(FileWriter file, FileWriter::create(path, force));
  const std::string header = header_json(tensors, metadata);
  file.write(little_endian(header.size()));
  file.write(header);
  for (const OutTensor& tensor : tensors) file.write(tensor.bytes);
  LL_TRY(check());
  return file.commit();
}

}  // namespace logitlens
