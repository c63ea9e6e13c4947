// The safetensors format: u64 little-endian header length, a JSON header, tightly packed tensors.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "io/mapped_file.h"
#include "io/tensor.h"
#include "logitlens/status.h"

namespace logitlens {

// Appends the file's tensors to `tensors`, as views: nothing is copied. Validates the whole header first.
Status read_safetensors(std::shared_ptr<const MappedFile> file, TensorMap& tensors);

// A sharded checkpoint: `index` is model.safetensors.index.json, its shards lie beside it. `weight_files`
// gets their paths.
Status read_sharded_safetensors(const MappedFile& index, const std::string& directory, TensorMap& tensors,
                                std::vector<std::string>& weight_files);

// A file to write: header and data in the order given.
struct OutTensor {
  std::string name;
  std::string dtype;  // "F32", "I64"
  std::vector<std::size_t> shape;
  std::span<const std::byte> bytes;
};
// `check` is asked before the file gets its name: whether what was written is still what it was taken for.
Status write_safetensors(const std::string& path, const std::vector<OutTensor>& tensors,
                         const std::map<std::string, std::string>& metadata, bool force,
                         const std::function<Status()>& check = ok_status);

}  // namespace logitlens
