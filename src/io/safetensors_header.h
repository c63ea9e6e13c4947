// The JSON header of a safetensors file, checked in full before any tensor is believed.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "io/safetensors_dtypes.h"
#include "logitlens/status.h"

namespace logitlens {

struct SafetensorsEntry {
  std::string name;
  const SafetensorsDType* dtype = nullptr;
  std::vector<std::size_t> shape;
  std::size_t begin = 0, end = 0;  // within the data, end - begin = shape x dtype
};

// The entries in the order of their data, which they cover without gap or overlap. `file` is for messages;
// `data_size` is what follows the header.
Result<std::vector<SafetensorsEntry>> read_safetensors_header(const std::string& file,
                                                              std::string_view header, std::size_t data_size);

// An error in a weight file or its index. The usual remedy for a broken file is another download.
inline Error broken_file(const std::string& file, std::string field, std::string found, std::string expected,
                         std::string remedy = "Download the file again") {
  return {Code::bad_input,   file, std::move(field), std::move(found), std::move(expected),
          std::move(remedy), {}};
}

}  // namespace logitlens
