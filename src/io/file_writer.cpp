#include "io/file_writer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <utility>

#include "io/system_error.h"
#include "logitlens/signals.h"

namespace logitlens {

namespace {

namespace fs = std::filesystem;

Error exists_error(const std::string& path) {
  return {.code = Code::usage,
          .file = path,
          .field = "",
          .found = "a file that exists already",
          .expected = "a new name",
          .remedy = "Choose another name, or use --force to replace it",
          .names = {}};
}

Error write_error(const std::string& path, int number) {
  const bool is_full = number == ENOSPC || number == EDQUOT || number == EFBIG;
  return system_error(path, number, is_full ? "room for the file" : "a place that can be written to",
                      is_full ? "Free some space, or choose another folder" : "Choose another folder");
}

// What was to be written lies in a map of this file, which has become shorter.
Error unreadable_error(const std::string& source) {
  return system_error(source, EIO, "the file as it was when it was opened",
                      "It was truncated, or its disk fails: try again when it is complete");
}

std::string folder_of(const std::string& path) {
  const fs::path parent = fs::path(path).parent_path();
  return parent.empty() ? "." : parent.string();
}

// Only a file may be replaced: a rename over a device or a directory would fail late, or do harm.
Status check_target(const std::string& path, bool force) {
  std::error_code fault;
  const fs::file_status itself = fs::symlink_status(path, fault);
  if (fs::exists(itself) && !fs::is_directory(itself) && !force) return exists_error(path);
  const fs::file_status status = fs::status(path, fault);
  if (!fs::exists(status) || fs::is_regular_file(status)) return ok_status();
  return Error{.code = Code::io,
               .file = path,
               .field = "",
               .found = fs::is_directory(status) ? "a directory" : "a device or a pipe",
               .expected = "the name of a file",
               .remedy = "Choose another name",
               .names = {}};
}

// All files that this process is writing.
constinit SignalList<std::string> unfinished_files;

// Unique in this process; O_EXCL settles the rest.
std::string temporary_name(const std::string& folder) {
  static std::atomic<unsigned> count{0};
  return fmt::format("{}/.logitlens-{}-{}.tmp", folder, ::getpid(), count++);
}

// Moves the complete file to its name. Without `force` a file that appeared meanwhile is not replaced:
// renameat2 does that in one step, and where the file system cannot, a link does.
int publish(const UnfinishedFile& temporary, const std::string& path, bool force) {
  if (force) return ::rename(temporary.c_str(), path.c_str()) == 0 ? 0 : errno;
  if (::renameat2(AT_FDCWD, temporary.c_str(), AT_FDCWD, path.c_str(), RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return errno;
  if (::link(temporary.c_str(), path.c_str()) != 0) return errno;
  ::unlink(temporary.c_str());
  return 0;
}

// The new name is safe from a power cut once its folder is on the disk. Some file systems cannot sync
// folders.
int sync_folder(const std::string& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return errno == EACCES ? 0 : errno;
  const int error = ::fsync(fd) == 0 || errno == EINVAL ? 0 : errno;
  ::close(fd);
  return error;
}

}  // namespace

UnfinishedFile::UnfinishedFile(std::string name)
    : name_(std::move(name)), slot_(unfinished_files.add(&name_)) {}

UnfinishedFile::~UnfinishedFile() { unfinished_files.remove(slot_); }

void remove_unfinished_files() noexcept {
  const int number = errno;
  unfinished_files.each([](const std::string& name) { ::unlink(name.c_str()); });
  errno = number;
}

Result<FileWriter> FileWriter::create(const std::string& path, bool force) {
  LL_TRY(check_target(path, force));
  FileWriter writer;
  writer.path_ = path;
  writer.folder_ = folder_of(path);
  writer.force_ = force;
  for (int attempt = 0; attempt < 100; ++attempt) {
    writer.temporary_ = std::make_unique<UnfinishedFile>(temporary_name(writer.folder_));
    writer.fd_ = ::open(writer.temporary_->c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (writer.fd_ >= 0) return writer;
    if (errno != EEXIST) break;
  }
  return write_error(path, errno);
}

FileWriter::FileWriter(FileWriter&& other) noexcept
    : path_(std::move(other.path_)),
      folder_(std::move(other.folder_)),
      unreadable_(std::move(other.unreadable_)),
      temporary_(std::move(other.temporary_)),
      fd_(std::exchange(other.fd_, -1)),
      force_(other.force_),
      error_(other.error_) {}

FileWriter::~FileWriter() {
  if (fd_ < 0) return;
  ::close(fd_);
  ::unlink(temporary_->c_str());
}

void FileWriter::write(std::span<const std::byte> bytes) {
  while (!bytes.empty() && error_ == 0) {
    const ssize_t written = ::write(fd_, bytes.data(), bytes.size());
    if (written >= 0)
      bytes = bytes.subspan(static_cast<std::size_t>(written));
    else if (errno != EINTR)
      error_ = errno;
  }
  const char* source = error_ == EFAULT ? mapped_file_at(bytes.data()) : nullptr;
  if (source) unreadable_ = source;
}

void FileWriter::write(std::string_view text) { write(std::as_bytes(std::span(text))); }

Status FileWriter::commit() {
  // After a failed fsync the kernel may have dropped the data: it is never tried again.
  if (error_ == 0 && ::fsync(fd_) != 0) error_ = errno;
  if (::close(std::exchange(fd_, -1)) != 0 && error_ == 0) error_ = errno;
  const bool is_published = error_ == 0 && (error_ = publish(*temporary_, path_, force_)) == 0;
  if (!is_published) ::unlink(temporary_->c_str());
  if (is_published) error_ = sync_folder(folder_);
  if (error_ == 0) return ok_status();
  if (!unreadable_.empty()) return unreadable_error(unreadable_);
  return error_ == EEXIST ? exists_error(path_) : write_error(path_, error_);
}

Status write_file(const std::string& path, std::string_view content, bool force) {
  LL_ASSIGN(FileWriter file, FileWriter::create(path, force));
  file.write(content);
  return file.commit();
}

}  // namespace logitlens
