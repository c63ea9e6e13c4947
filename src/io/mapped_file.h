// A file mapped read-only into memory, or a range of memory that lives as long as the program (embedded
// files).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/signal_list.h"
#include "logitlens/status.h"

namespace logitlens {

// Where a map lies, and its file's name as errors show it: what mapped_file_at (logitlens/signals.h) looks through.
struct MappedRange {
  std::span<const std::byte> bytes;
  std::string shown_name;
};

// Which file a path led to, and what a write to it changes.
struct FileVersion {
  std::uint64_t device = 0, inode = 0, size = 0;
  std::int64_t seconds = 0, nanoseconds = 0;  // of the last write

  bool same_file(const FileVersion& other) const { return device == other.device && inode == other.inode; }
  bool operator==(const FileVersion&) const = default;
};

class MappedFile {
 public:
  // Errors: io (cannot open or read), memory (cannot map), bad_input (a directory, a device). An empty file maps to no
  // bytes.
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

  // Whether the file was written to since it was opened: what was read of it may be of two versions. Error: io. A file that
  // another took the name of is unchanged, for the map is still of the old one.
  Status check_unchanged() const;

 private:
  MappedFile() = default;
  Status map(int descriptor, std::size_t size);

  std::string path_;
  std::span<const std::byte> bytes_;
  FileVersion version_;
  std::unique_ptr<const MappedRange> range_;  // of a map; its address stays when the owner moves
  SignalList<MappedRange>::Slot* slot_ = nullptr;
};

}  // namespace logitlens
