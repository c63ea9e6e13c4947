// The files of a checkpoint by name, whether they lie in a directory or in the program itself.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "io/json.h"
#include "io/mapped_file.h"
#include "logitlens/status.h"

namespace logitlens {

using EmbeddedFiles = std::map<std::string, std::span<const std::byte>>;

class CheckpointFolder {
 public:
  explicit CheckpointFolder(std::string directory) : path_(std::move(directory)) {}
  CheckpointFolder(std::string id, const EmbeddedFiles& files) : path_(std::move(id)), embedded_(&files) {}

  const std::string& path() const { return path_; }
  std::string path_of(std::string_view name) const;  // for messages too
  bool has(std::string_view name) const;

  Result<std::shared_ptr<const MappedFile>> open(std::string_view name) const;

  // A configuration file, of bounded size.
  Result<Json> read_json(std::string_view name) const;

 private:
  std::string path_;
  const EmbeddedFiles* embedded_ = nullptr;
};

// The tokenizer files that exist, by name.
Result<std::map<std::string, std::shared_ptr<const MappedFile>>> open_tokenizer_files(
    const CheckpointFolder& folder);

// The `license:` of the README's front matter, or the first line of a licence file; "" if there is neither.
std::string find_licence(const CheckpointFolder& folder);

// Errors about a checkpoint directory as a whole.
inline Error checkpoint_error(const std::string& file, std::string field, std::string found,
                              std::string expected, std::string remedy) {
  return {Code::bad_input,   file, std::move(field), std::move(found), std::move(expected),
          std::move(remedy), {}};
}

}  // namespace logitlens
