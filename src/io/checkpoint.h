// A checkpoint directory, of whatever format, as one shape: configuration, tensors under the reference
// library's names, the tokenizer's files.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/json.h"
#include "io/mapped_file.h"
#include "io/tensor.h"
#include "logitlens/status.h"

namespace logitlens {

struct Checkpoint {
  std::string path;    // the directory as given, or "demo"
  std::string format;  // "safetensors", "tensorflow checkpoint", "tensorflow saved model", "embedded"
  Json config;         // config.json, or what a TensorFlow directory says in the same keys
  std::string config_file;
  bool heads_assumed = false;  // a SavedModel holds no number of heads: hidden / 64 was taken
  TensorMap tensors;
  // Tokenizer files that exist, by name: "tokenizer.json", "vocab.txt", "tokenizer_config.json",
  // "special_tokens_map.json", "vocab.json", "merges.txt", "added_tokens.json", "spiece.model",
  // "sentencepiece.bpe.model", "spm.model".
  std::map<std::string, std::shared_ptr<const MappedFile>> tokenizer_files;
  std::vector<std::string> weight_files;
  std::string licence;  // from a README.md front matter `license:` or a LICENSE file's first line; "" if none
  Status check_unchanged() const;  // of the files that are still read: MappedFile's
  std::vector<std::string> notes;  // shown to the user: "model.safetensors.index.json: 3 shards", ...
};

// Errors name the file; an absent directory, config.json or weight file is bad_input with the remedy. A
// directory with only tf_model.h5, flax_model.msgpack or pytorch_model.bin is refused with the way to convert
// it.
Result<Checkpoint> read_checkpoint(const std::string& directory);

// The same from files in memory (the embedded model): name in the directory -> bytes. It has no weight_files.
Result<Checkpoint> read_embedded_checkpoint(const std::string& id,
                                            const std::map<std::string, std::span<const std::byte>>& files);

// SHA-256 of the weights, lower-case hex. One file: of that file, as a hub names its blob. Several: of the
// lines "<sha256>  <file name>\n" sorted by name. Looks first at the name of the blob a hub's snapshot links
// to, then at a stamp (size, times, inode) under cache_folder(); computes, and stamps, only with `compute`.
// Nothing for no files.
Result<std::optional<std::string>> weights_sha256(const std::vector<std::string>& files, bool compute);

}  // namespace logitlens
