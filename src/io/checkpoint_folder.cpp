#include "io/checkpoint_folder.h"

#include <fmt/format.h>

#include <filesystem>

#include "base/escape.h"

namespace logitlens {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kConfigLimit = std::size_t{16} << 20;  // bytes
constexpr std::size_t kLicenceLimit = std::size_t{64}
                                      << 10;  // bytes of a README or a licence that are looked at
constexpr std::size_t kLongestLicence = 100;

constexpr std::string_view kTokenizerFiles[] = {
    "tokenizer.json",          "vocab.txt",    "tokenizer_config.json",
    "special_tokens_map.json", "vocab.json",   "merges.txt",
    "added_tokens.json",       "spiece.model", "spm.model",
    "sentencepiece.bpe.model"};

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\"'");
  if (first == std::string_view::npos) return "";
  return text.substr(first, text.find_last_not_of(" \t\r\"'") - first + 1);
}

std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return trimmed(line);
}

std::string shown_licence(std::string_view line) { return escaped(utf8_prefix(line, kLongestLicence)); }

// ---
// license: apache-2.0
// ---
std::string licence_in_front_matter(std::string_view text) {
  if (take_line(text) != "---") return "";
  while (!text.empty()) {
    std::string_view line = take_line(text);
    if (line == "---") break;
    if (!line.starts_with("license:")) continue;
    line.remove_prefix(std::string_view("license:").size());
    return shown_licence(trimmed(line));
  }
  return "";
}

std::string first_line(std::string_view text) {
  while (!text.empty())
    if (const std::string_view line = take_line(text); !line.empty()) return shown_licence(line);
  return "";
}

}  // namespace

std::string CheckpointFolder::path_of(std::string_view name) const {
  return (fs::path(path_) / name).string();
}

bool CheckpointFolder::has(std::string_view name) const {
  if (embedded_) return embedded_->contains(std::string(name));
  std::error_code fault;
  return fs::exists(path_of(name), fault);
}

Result<std::shared_ptr<const MappedFile>> CheckpointFolder::open(std::string_view name) const {
  if (!embedded_) return MappedFile::open(path_of(name));
  const auto at = embedded_->find(std::string(name));
  if (at != embedded_->end()) return MappedFile::embedded(path_of(name), at->second);
  return checkpoint_error(path_of(name), "", "no such embedded file", "a complete program",
                          "Build the program again");
}

Result<Json> CheckpointFolder::read_json(std::string_view name) const {
  LL_ASSIGN(const auto file, open(name));
  if (file->bytes().size() > kConfigLimit)
    return checkpoint_error(file->path(), "file size", fmt::format("{} bytes", file->bytes().size()),
                            fmt::format("at most {}", kConfigLimit), "Download the file again");
  return parse_json(file->path(), file->text());
}

Result<std::map<std::string, std::shared_ptr<const MappedFile>>> open_tokenizer_files(
    const CheckpointFolder& folder) {
  std::map<std::string, std::shared_ptr<const MappedFile>> files;
  for (std::string_view name : kTokenizerFiles) {
    if (!folder.has(name)) continue;
    LL_ASSIGN(files[std::string(name)], folder.open(name));
  }
  return files;
}

std::string find_licence(const CheckpointFolder& folder) {
  const auto text_of = [&folder](std::string_view name, auto&& read) -> std::string {
    if (!folder.has(name)) return "";
    const auto file = folder.open(name);
    return file.ok() ? read((*file)->text().substr(0, kLicenceLimit)) : "";
  };
  if (std::string licence = text_of("README.md", licence_in_front_matter); !licence.empty()) return licence;
  for (std::string_view name : {"LICENSE", "LICENSE.txt", "LICENSE.md"})
    if (std::string licence = text_of(name, first_line); !licence.empty()) return licence;
  return "";
}

}  // namespace logitlens
