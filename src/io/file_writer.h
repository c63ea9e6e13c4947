// The one way a file gets its final name: written under a temporary name beside it, fsynced, renamed, its
// folder fsynced.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/signal_list.h"
#include "logitlens/status.h"

namespace logitlens {

// The name of a file that is being written, on the list that remove_unfinished_files (logitlens/signals.h) goes by for as
// long as it lives.
class UnfinishedFile {
 public:
  explicit UnfinishedFile(std::string name);
  ~UnfinishedFile();
  UnfinishedFile(const UnfinishedFile&) = delete;
  UnfinishedFile& operator=(const UnfinishedFile&) = delete;

  const char* c_str() const { return name_.c_str(); }

 private:
  const std::string name_;
  SignalList<std::string>::Slot* slot_;
};

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
  std::string path_, folder_;
  std::string unreadable_;  // the file that what was to be written is of, and can no longer be read
  std::unique_ptr<const UnfinishedFile> temporary_;
  int fd_ = -1;
  bool force_ = false;
  int error_ = 0;
};

Status write_file(const std::string& path, std::string_view content, bool force);

}  // namespace logitlens
