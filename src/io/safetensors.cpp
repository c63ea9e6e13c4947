#include "io/safetensors.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>

#include "io/safetensors_header.h"

namespace logitlens {

namespace {

constexpr std::size_t kLengthBytes = 8;
constexpr std::uint64_t kHeaderLimit = 100'000'000;  // the reference library's

bool starts_with_ignoring_case(std::string_view text, std::string_view lower_case) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return text.size() >= lower_case.size() &&
         std::ranges::equal(text.substr(0, lower_case.size()), lower_case, {}, lower);
}

// What downloads leave in place of a file. None can be mistaken: as a header length their first bytes are
// huge.
std::optional<Error> find_impostor(const MappedFile& file) {
  std::string_view text = file.text();
  if (text.starts_with("version https://git-lfs"))
    return broken_file(file.path(), "", "a Git LFS pointer", "the weights it points to",
                       "Run `git lfs pull`, or download the file itself");
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  const std::size_t start = text.substr(0, 1024).find_first_not_of(" \t\r\n");
  if (start != std::string_view::npos) text.remove_prefix(start);
  for (std::string_view opening : {"<!doctype", "<html", "<head", "<?xml"})
    if (starts_with_ignoring_case(text, opening))
      return broken_file(file.path(), "", "an HTML page", "a safetensors file",
                         "Download the file itself, not the page that shows it");
  return std::nullopt;
}

std::uint64_t little_endian_u64(std::span<const std::byte> bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < kLengthBytes; ++i) value |= std::to_integer<std::uint64_t>(bytes[i]) << (8 * i);
  return value;
}

// Length of the header, which lies wholly in the file.
Result<std::size_t> header_length(const MappedFile& file) {
  if (auto impostor = find_impostor(file)) return std::move(*impostor);
  const std::size_t size = file.bytes().size();
  if (size < kLengthBytes)
    return broken_file(file.path(), "file size", fmt::format("{} bytes", size), "at least 8",
                       "The file is truncated: download it again");
  const std::uint64_t length = little_endian_u64(file.bytes());
  if (length > kHeaderLimit)
    return broken_file(file.path(), "header length", fmt::format("{} bytes", length),
                       fmt::format("at most {}", kHeaderLimit),
                       "Use a safetensors file; this is none, or a damaged one");
  if (length > size - kLengthBytes)
    return broken_file(file.path(), "header length", fmt::format("{} bytes, but a file of {}", length, size),
                       "a complete file", "The file is truncated: download it again");
  return static_cast<std::size_t>(length);
}

}  // namespace

Status read_safetensors(std::shared_ptr<const MappedFile> file, TensorMap& tensors) {
  LL_ASSIGN(const std::size_t length, header_length(*file));
  const std::span<const std::byte> data = file->bytes().subspan(kLengthBytes + length);
  LL_ASSIGN(const auto entries,
            read_safetensors_header(file->path(), file->text().substr(kLengthBytes, length), data.size()));
  for (const SafetensorsEntry& entry : entries) {
    Tensor tensor;
    tensor.name = entry.name;
    tensor.file = file->path();
    tensor.dtype_name = entry.dtype->name;
    tensor.dtype = entry.dtype->dtype;
    tensor.shape = entry.shape;
    tensor.bytes = data.subspan(entry.begin, entry.end - entry.begin);
    tensor.map = file.get();
    tensors.add(std::move(tensor));
  }
  tensors.keep_alive(std::move(file));
  return ok_status();
}

}  // namespace logitlens
