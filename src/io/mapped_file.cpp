#include "io/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "io/system_error.h"

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

Error open_error(const std::string& path, int number) {
  return system_error(path, number, "a readable file",
                      number == ENOENT ? "Check the path" : "Check the file's permissions and its disk");
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
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size > 0) {
    void* start = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.number, 0);
    if (start == MAP_FAILED) return open_error(path, errno);
    mapped->bytes_ = {static_cast<const std::byte*>(start), size};
    mapped->mapped_ = true;
  }
  return std::shared_ptr<const MappedFile>(std::move(mapped));
}

std::shared_ptr<const MappedFile> MappedFile::embedded(std::string name, std::span<const std::byte> bytes) {
  std::shared_ptr<MappedFile> file(new MappedFile());
  file->path_ = std::move(name);
  file->bytes_ = bytes;
  return file;
}

void MappedFile::drop_pages(std::span<const std::byte> part) const {
  if (!mapped_ || part.empty()) return;
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  const auto offset = static_cast<std::size_t>(part.data() - bytes_.data());
  const std::size_t first = (offset + page - 1) / page * page, last = (offset + part.size()) / page * page;
  if (first >= last) return;
  // Advice: where the system does not take it, the memory stays in use and nothing else changes.
  static_cast<void>(::madvise(const_cast<std::byte*>(bytes_.data()) + first, last - first, MADV_DONTNEED));
}

MappedFile::~MappedFile() {
  if (mapped_) ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

}  // namespace logitlens
