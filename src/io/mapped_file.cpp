#include "io/mapped_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <optional>

#include "base/escape.h"
#include "io/system_error.h"
#include "logitlens/signals.h"

namespace logitlens {

namespace {

// A mapping needs its descriptor only while it is made.
struct Descriptor {
  int number;
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
};

std::string_view kind_of(mode_t mode) {
  if (S_ISDIR(mode)) return "a directory";
  if (S_ISFIFO(mode)) return "a pipe";
  if (S_ISSOCK(mode)) return "a socket";
  return "a device";
}

// All maps of the process.
constinit SignalList<MappedRange> maps;

FileVersion version_of(const struct stat& status) {
  return {.device = status.st_dev,
          .inode = status.st_ino,
          .size = static_cast<std::uint64_t>(status.st_size),
          .seconds = status.st_mtim.tv_sec,
          .nanoseconds = status.st_mtim.tv_nsec};
}

Error open_error(const std::string& path, int number) {
  return system_error(path, number, "a readable file",
                      number == ENOENT ? "Check the path" : "Check the file's permissions and its disk");
}

Error no_room_error(const std::string& path, std::size_t bytes) {
  return {.code = Code::memory,
          .file = path,
          .field = "memory",
          .found = fmt::format("no room to map {} bytes", bytes),
          .expected = "",
          .remedy = "Use a smaller model, or raise the limit (ulimit -v)",
          .names = {}};
}

}  // namespace

Result<std::shared_ptr<const MappedFile>> MappedFile::open(const std::string& path) {
  // Without O_NONBLOCK the open of a pipe would wait for a writer.
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)};
  if (file.number < 0) return open_error(path, errno);
  struct stat status = {};
  if (::fstat(file.number, &status) != 0) return open_error(path, errno);
  if (!S_ISREG(status.st_mode))
    return Error{.code = Code::bad_input,
                 .file = path,
                 .field = "",
                 .found = std::string(kind_of(status.st_mode)),
                 .expected = "a regular file",
                 .remedy = "Put the file itself in its place",
                 .names = {}};

  std::shared_ptr<MappedFile> mapped(new MappedFile());
  mapped->path_ = path;
  mapped->version_ = version_of(status);
  LL_TRY(mapped->map(file.number, static_cast<std::size_t>(status.st_size)));
  return std::shared_ptr<const MappedFile>(std::move(mapped));
}

Status MappedFile::map(int descriptor, std::size_t size) {
  if (size == 0) return ok_status();
  auto range = std::make_unique<MappedRange>();
  range->shown_name = escaped(path_);
  void* start = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
  if (start == MAP_FAILED) return errno == ENOMEM ? no_room_error(path_, size) : open_error(path_, errno);
  bytes_ = range->bytes = {static_cast<const std::byte*>(start), size};
  range_ = std::move(range);  // from here on the destructor unmaps it
  slot_ = maps.add(range_.get());
  return ok_status();
}

Status MappedFile::check_unchanged() const {
  struct stat status = {};
  if (!range_ || ::stat(path_.c_str(), &status) != 0) return ok_status();
  const FileVersion now = version_of(status);
  if (now == version_ || !now.same_file(version_)) return ok_status();
  return Error{.code = Code::io,
               .file = path_,
               .field = "",
               .found = "a file that was written to while it was read",
               .expected = "one that nobody writes to",
               .remedy = "Try again when it is complete",
               .names = {}};
}

std::shared_ptr<const MappedFile> MappedFile::embedded(std::string name, std::span<const std::byte> bytes) {
  std::shared_ptr<MappedFile> file(new MappedFile());
  file->path_ = std::move(name);
  file->bytes_ = bytes;
  return file;
}

void MappedFile::drop_pages(std::span<const std::byte> part) const {
  if (!range_ || part.empty()) return;
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  const auto offset = static_cast<std::size_t>(part.data() - bytes_.data());
  const std::size_t first = (offset + page - 1) / page * page, last = (offset + part.size()) / page * page;
  if (first >= last) return;
  // Advice: where the system does not take it, the memory stays in use and nothing else changes. Not in huge pages again: a
  // bias beside the part would bring 2 MiB back.
  std::byte* const begin = const_cast<std::byte*>(bytes_.data()) + first;
  static_cast<void>(::madvise(begin, last - first, MADV_NOHUGEPAGE));
  static_cast<void>(::madvise(begin, last - first, MADV_DONTNEED));
}

MappedFile::~MappedFile() {
  if (slot_) maps.remove(slot_);
  if (range_) ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

const char* mapped_file_at(const void* address) noexcept {
  const char* name = nullptr;
  maps.each([&](const MappedRange& range) {
    const auto* at = static_cast<const std::byte*>(address);
    if (at >= range.bytes.data() && at < range.bytes.data() + range.bytes.size())
      name = range.shown_name.c_str();
  });
  return name;
}

}  // namespace logitlens
