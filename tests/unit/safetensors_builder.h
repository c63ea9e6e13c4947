// The bytes of safetensors files, valid ones and broken ones.
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace logitlens::test {

struct FileTensor {
  std::string name, dtype;
  std::vector<std::size_t> shape;
  std::string bytes;
};

// Any header length before any text: safetensors_bytes with a lie.
inline std::string with_header_length(std::uint64_t length, std::string_view rest) {
  std::string bytes;
  for (int i = 0; i < 8; ++i) bytes += static_cast<char>(length >> (8 * i) & 0xff);
  return bytes.append(rest);
}

inline std::string safetensors_bytes(std::string_view header, std::string_view data = "") {
  return with_header_length(header.size(), std::string(header).append(data));
}

// One member of the header: "name":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}. `name` and `shape` are
// JSON text.
inline std::string header_entry(std::string_view name, std::string_view dtype, std::string_view shape,
                                std::string_view begin, std::string_view end) {
  return fmt::format(R"("{}":{{"dtype":"{}","shape":{},"data_offsets":[{},{}]}})", name, dtype, shape, begin,
                     end);
}

// A valid file. Names must need no escapes in JSON.
inline std::string safetensors_bytes(const std::vector<FileTensor>& tensors) {
  std::string members, data;
  for (const FileTensor& tensor : tensors) {
    const std::size_t begin = data.size();
    data += tensor.bytes;
    members += members.empty() ? "" : ",";
    members += header_entry(tensor.name, tensor.dtype, fmt::format("[{}]", fmt::join(tensor.shape, ",")),
                            std::to_string(begin), std::to_string(data.size()));
  }
  return safetensors_bytes("{" + members + "}", data);
}

}  // namespace logitlens::test
