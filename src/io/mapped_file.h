// A file mapped read-only into memory, or a range of memory that lives as long as the program (embedded
// files).
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "logitlens/status.h"

namespace logitlens {

class MappedFile {
 public:
  // Errors: io (cannot open, read or map), bad_input (a directory, a device). An empty file maps to no bytes.
  static Result<std::shared_ptr<const MappedFile>> open(const std::string& path);
  static std::shared_ptr<const MappedFile> embedded(std::string name, std::span<const std::byte> bytes);

  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  const std::string& path() const { return path_; }
  std::span<const std::byte> bytes() const { return bytes_; }
  // Gives the memory of a part of it back to the system, to be read from the file again if it is looked at once more.
  void drop_pages(std::span<const std::byte> part) const;
  std::string_view text() const { return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()}; }

 private:
  MappedFile() = default;
  std::string path_;
  std::span<const std::byte> bytes_;
  bool mapped_ = false;
};

}  // namespace logitlens
