// The SHA-256 of a checkpoint's weights: read off a hub's blob name, remembered in a stamp, or computed.
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "io/cache_folder.h"
#include "io/checkpoint.h"
#include "io/file_writer.h"
#include "io/hash.h"
#include "io/mapped_file.h"
#include "io/system_error.h"

namespace logitlens {

namespace {

namespace fs = std::filesystem;

// models--org--name/snapshots/<commit>/model.safetensors -> ../../blobs/<sha256>
std::optional<std::string> hash_in_hub_cache(const fs::path& file) {
  std::error_code fault;
  const fs::path link = fs::read_symlink(file, fault);
  if (fault) return std::nullopt;
  const fs::path blob = (fs::absolute(file, fault).parent_path() / link).lexically_normal();
  const fs::path blobs = blob.parent_path();
  const bool is_hub_cache =
      blobs.filename() == "blobs" && blobs.parent_path().filename().string().starts_with("models--");
  std::string name = blob.filename().string();
  if (!is_hub_cache || !is_sha256_hex(name)) return std::nullopt;
  return name;
}

// What identifies a file's content without reading it. The change time notices a write that set the old time
// back.
Result<std::string> identity(const std::string& file) {
  struct stat status = {};
  if (::stat(file.c_str(), &status) != 0)
    return system_error(file, errno, "a readable file", "Check the path");
  const auto nanoseconds = [](const timespec& time) {
    return fmt::format("{}.{:09}", time.tv_sec, time.tv_nsec);
  };
  return fmt::format("size {} mtime {} ctime {} inode {} device {}", status.st_size,
                     nanoseconds(status.st_mtim), nanoseconds(status.st_ctim), status.st_ino, status.st_dev);
}

// A stamp is a file of two lines: identity and hash.
std::string stamp_text(const std::string& identity, const std::string& hash) {
  return identity + "\n" + hash + "\n";
}

std::optional<std::string> stamp_path(const std::string& file) {
  std::error_code fault;
  const std::string resolved = fs::canonical(file, fault).string();
  const fs::path cache = cache_folder();
  if (fault || cache.empty()) return std::nullopt;
  return (cache / "sha256" / sha256_hex(std::as_bytes(std::span(resolved)))).string();
}

std::optional<std::string> read_stamp(const std::string& stamp, const std::string& identity) {
  const auto file = MappedFile::open(stamp);
  if (!file.ok()) return std::nullopt;
  const std::string_view text = (*file)->text();
  const std::string_view hash =
      text.size() > identity.size() + 64 ? text.substr(identity.size() + 1, 64) : "";
  if (!is_sha256_hex(hash) || text != stamp_text(identity, std::string(hash))) return std::nullopt;
  return std::string(hash);
}

// A hash that cannot be remembered is computed again the next time, no more.
void try_to_stamp(const std::string& stamp, const std::string& identity, const std::string& hash) {
  std::error_code fault;
  fs::create_directories(fs::path(stamp).parent_path(), fault);
  const Status written = write_file(stamp, stamp_text(identity, hash), true);
  static_cast<void>(written);
}

Result<std::optional<std::string>> file_sha256(const std::string& file, bool compute) {
  if (auto hash = hash_in_hub_cache(file)) return hash;
  LL_ASSIGN(const std::string before, identity(file));
  const auto stamp = stamp_path(file);
  if (stamp)
    if (auto hash = read_stamp(*stamp, before)) return hash;
  if (!compute) return std::optional<std::string>();

  LL_ASSIGN(const auto mapped, MappedFile::open(file));
  const std::string hash = sha256_hex(mapped->bytes());
  if (hash.empty()) return std::optional<std::string>();
  LL_ASSIGN(const std::string after, identity(file));
  if (before != after) return system_error(file, EBUSY, "a file that nobody writes to", "Try again");
  if (stamp) try_to_stamp(*stamp, before, hash);
  return std::optional(hash);
}

}  // namespace

Result<std::optional<std::string>> weights_sha256(const std::vector<std::string>& files, bool compute) {
  std::vector<std::pair<std::string, std::string>> hashes;  // file name, hash
  for (const std::string& file : files) {
    LL_ASSIGN(const auto hash, file_sha256(file, compute));
    if (!hash) return std::optional<std::string>();
    hashes.emplace_back(fs::path(file).filename().string(), *hash);
  }
  if (hashes.empty()) return std::optional<std::string>();
  if (hashes.size() == 1) return std::optional(hashes.front().second);
  std::ranges::sort(hashes);
  std::string lines;
  for (const auto& [name, hash] : hashes) lines += fmt::format("{}  {}\n", hash, name);
  return std::optional(sha256_hex(std::as_bytes(std::span(lines))));
}

}  // namespace logitlens
