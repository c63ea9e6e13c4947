// The one way a file gets its final name: written under a temporary name beside it, fsynced, renamed, its
// folder fsynced.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "logitlens/status.h"

namespace logitlens {

// A file being written. Errors of write() are kept and returned by commit(). Without a commit nothing is left
// behind.
class FileWriter {
 public:
  // Refuses an existing `path` without `force` (usage); an unwritable folder is an io error here, before any
  // work.
  static Result<FileWriter> create(const std::string& path, bool force);
  ~FileWriter();
  FileWriter(FileWriter&& other) noexcept;
  FileWriter& operator=(FileWriter&&) = delete;

  void write(std::span<const std::byte> bytes);
  void write(std::string_view text);
  Status commit();

 private:
  FileWriter() = default;
  std::string path_, temporary_;
  int fd_ = -1;
  bool force_ = false;
  int error_ = 0;
};

Status write_file(const std::string& path, std::string_view content, bool force);

}  // namespace logitlens
