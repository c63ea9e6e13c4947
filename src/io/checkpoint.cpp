#include "io/checkpoint.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>

#include "io/checkpoint_folder.h"
#include "io/checkpoint_tensorflow.h"
#include "io/safetensors.h"
#include "io/system_error.h"

namespace logitlens {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kConfig = "config.json", kWeights = "model.safetensors",
                           kIndex = "model.safetensors.index.json";

// Weights that others read. pytorch_model.bin is a program in disguise (pickle): it is not run.
constexpr std::array<std::string_view, 4> kOtherWeights = {
    "pytorch_model.bin", "pytorch_model.bin.index.json", "tf_model.h5", "flax_model.msgpack"};

Status check_directory(const std::string& path) {
  std::error_code fault;
  const fs::file_status status = fs::status(path, fault);
  if (status.type() == fs::file_type::not_found)
    return checkpoint_error(path, "", "no such directory", "a checkpoint directory", "Check the path");
  if (fault)
    return system_error(path, fault.value(), "a readable directory", "Check the path and its permissions");
  if (!fs::is_directory(status))
    return checkpoint_error(path, "", "a file", "a checkpoint directory",
                            "Give the directory that the file lies in");
  if (::access(path.c_str(), R_OK | X_OK) != 0)
    return system_error(path, errno, "a readable directory", "Check its permissions");
  return ok_status();
}

bool has_safetensors(const CheckpointFolder& folder) { return folder.has(kWeights) || folder.has(kIndex); }

// A directory none of the readers takes: says what is there and what was looked for.
Error unreadable(const CheckpointFolder& folder) {
  if (has_safetensors(folder))
    return checkpoint_error(folder.path(), std::string(kConfig), "no such file", "the model's configuration",
                            "Download config.json into the same directory");
  for (std::string_view name : kOtherWeights)
    if (folder.has(name))
      return checkpoint_error(folder.path_of(name), "", "weights in a format that is not read",
                              "model.safetensors",
                              "Convert them: load the model in transformers and call "
                              "save_pretrained(directory, safe_serialization=True)");
  if (folder.has(kConfig))
    return checkpoint_error(folder.path(), "weights", "none beside config.json",
                            "model.safetensors or model.safetensors.index.json", "Download the weights");
  return checkpoint_error(
      folder.path(), "", "no checkpoint",
      "config.json with model.safetensors or model.safetensors.index.json, variables/variables.index "
      "(a SavedModel), or bert_config.json with bert_model.ckpt.index",
      "Give the directory that holds them");
}

// config.json, weights and tokenizer files under the reference library's names.
Result<Checkpoint> read_reference_layout(const CheckpointFolder& folder) {
  Checkpoint checkpoint;
  checkpoint.path = folder.path();
  checkpoint.format = "safetensors";
  checkpoint.config_file = folder.path_of(kConfig);
  LL_ASSIGN(checkpoint.config, folder.read_json(kConfig));
  if (folder.has(kWeights)) {
    LL_ASSIGN(auto file, folder.open(kWeights));
    LL_TRY(read_safetensors(std::move(file), checkpoint.tensors));
    checkpoint.weight_files = {folder.path_of(kWeights)};
  } else {
    LL_ASSIGN(const auto index, folder.open(kIndex));
    LL_TRY(read_sharded_safetensors(*index, folder.path(), checkpoint.tensors, checkpoint.weight_files));
    checkpoint.notes.push_back(
        fmt::format("{}: {} files of weights", kIndex, checkpoint.weight_files.size()));
  }
  std::string duplicate;
  if (!checkpoint.tensors.finish(&duplicate))
    return checkpoint_error(folder.path(), duplicate, "the tensor twice", "every tensor once",
                            "Download the weights again");
  LL_ASSIGN(checkpoint.tokenizer_files, open_tokenizer_files(folder));
  checkpoint.licence = find_licence(folder);
  return checkpoint;
}

}  // namespace

Status Checkpoint::check_unchanged() const {
  LL_TRY(tensors.check_unchanged());
  for (const auto& [name, file] : tokenizer_files) LL_TRY(file->check_unchanged());
  return ok_status();
}

Result<Checkpoint> read_checkpoint(const std::string& directory) {
  LL_TRY(check_directory(directory));
  const CheckpointFolder folder(directory);
  if (folder.has(kConfig) && has_safetensors(folder)) return read_reference_layout(folder);
  if (is_saved_model(folder)) return read_saved_model(folder);
  if (is_google_release(folder)) return read_google_release(folder);
  return unreadable(folder);
}

Result<Checkpoint> read_embedded_checkpoint(const std::string& id, const EmbeddedFiles& files) {
  LL_ASSIGN(Checkpoint checkpoint, read_reference_layout(CheckpointFolder(id, files)));
  checkpoint.path = id;
  checkpoint.format = "embedded";
  checkpoint.weight_files.clear();  // there is no file that could be hashed or listed
  return checkpoint;
}

}  // namespace logitlens
