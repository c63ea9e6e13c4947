#include "io/checkpoint_tensorflow.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "io/tensor_bundle.h"

namespace logitlens {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kLowerCase = R"({"do_lower_case": true, "tokenizer_class": "BertTokenizer"})";
constexpr std::string_view kKeepCase = R"({"do_lower_case": false, "tokenizer_class": "BertTokenizer"})";

// The tokenizer's own way of being told. `source`: the file that says so.
std::shared_ptr<const MappedFile> tokenizer_config(const std::string& source, bool lower_case) {
  return MappedFile::embedded(source, std::as_bytes(std::span(lower_case ? kLowerCase : kKeepCase)));
}

// Reads the bundle and gives its tensors the reference library's names.
Status read_tensors(const std::string& prefix, Checkpoint& checkpoint) {
  LL_TRY(read_tensor_bundle(prefix, checkpoint.tensors, checkpoint.weight_files));
  rename_google_bert(checkpoint.tensors);
  std::string duplicate;
  if (checkpoint.tensors.finish(&duplicate)) return ok_status();
  return checkpoint_error(prefix + ".index", duplicate, "two variables for this tensor", "one",
                          "Use the checkpoint of a single model");
}

// assets/model.json: {"doLowerCase": true, ...}
Status read_saved_model_casing(const CheckpointFolder& folder, Checkpoint& checkpoint) {
  constexpr std::string_view name = "assets/model.json";
  if (!folder.has(name)) {
    checkpoint.notes.push_back(
        "assets/model.json is missing: text is lower-cased, as the tokenizer's default is");
    return ok_status();
  }
  LL_ASSIGN(const Json json, folder.read_json(name));
  const Json* member = json.find("doLowerCase");
  const bool* lower_case = member ? member->get<bool>() : nullptr;
  if (!lower_case)
    return checkpoint_error(folder.path_of(name), "doLowerCase", member ? member->describe() : "nothing",
                            "true or false", "Say whether the vocabulary is lower-case");
  checkpoint.tokenizer_files["tokenizer_config.json"] = tokenizer_config(folder.path_of(name), *lower_case);
  return ok_status();
}

// A release says in its name alone whether its vocabulary keeps the case: cased_L-12_H-768_A-12.
void guess_release_casing(const CheckpointFolder& folder, Checkpoint& checkpoint) {
  if (checkpoint.tokenizer_files.contains("tokenizer_config.json") ||
      checkpoint.tokenizer_files.contains("tokenizer.json"))
    return;
  const std::string name = fs::absolute(folder.path()).lexically_normal().filename().string();
  const bool keeps_case = name.starts_with("cased_") || name.starts_with("multi_cased_");
  checkpoint.tokenizer_files["tokenizer_config.json"] =
      tokenizer_config(folder.path_of("vocab.txt"), !keeps_case);
  checkpoint.notes.push_back(fmt::format("no tokenizer_config.json: text {}, as the folder's name {}",
                                         keeps_case ? "keeps its case" : "is lower-cased",
                                         keeps_case ? "says" : "does not say \"cased\""));
}

// "PATH/bert_model.ckpt", of bert_model.ckpt.index; of another *.ckpt*.index if it is the only one.
Result<std::string> find_bundle_prefix(const CheckpointFolder& folder) {
  constexpr std::string_view suffix = ".index";
  std::vector<std::string> indices;
  std::error_code fault;
  for (const auto& entry : fs::directory_iterator(folder.path(), fault)) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with(suffix) && name.find(".ckpt") != std::string::npos) indices.push_back(name);
  }
  std::ranges::sort(indices);
  const auto usual = std::ranges::find(indices, "bert_model.ckpt.index");
  if (usual == indices.end() && indices.size() != 1) {
    Error error = checkpoint_error(
        folder.path(), "weights",
        indices.empty() ? "bert_config.json without weights" : fmt::format("{} checkpoints", indices.size()),
        "bert_model.ckpt.index",
        indices.empty() ? "Download the whole release"
                        : "Give a directory with one of them, and its data file");
    error.names = std::move(indices);
    return error;
  }
  const std::string& name = usual != indices.end() ? *usual : indices.front();
  return folder.path_of(name.substr(0, name.size() - suffix.size()));
}

// A configuration with the one key that this program asks for and Google's files lack.
Result<Json> read_bert_config(const CheckpointFolder& folder, std::string_view name) {
  LL_ASSIGN(Json json, folder.read_json(name));
  const auto* members = json.get<Json::Object>();
  if (!members || json.find("model_type")) return json;
  Json::Object completed = *members;
  completed.emplace_back("model_type", Json(std::string("bert")));
  return Json(std::move(completed));
}

// From config.json, if somebody wrote one; else sizes from the tensors, and heads by the rule all of Google's
// follow.
Status configure_saved_model(const CheckpointFolder& folder, Checkpoint& checkpoint) {
  if (folder.has("config.json")) {
    checkpoint.config_file = folder.path_of("config.json");
    LL_ASSIGN(checkpoint.config, read_bert_config(folder, "config.json"));
    return ok_status();
  }
  checkpoint.config_file = folder.path_of("variables/variables.index");
  LL_ASSIGN(checkpoint.config, config_from_google_bert(checkpoint.config_file, checkpoint.tensors));
  checkpoint.heads_assumed = true;
  const Json* heads = checkpoint.config.find("num_attention_heads");
  checkpoint.notes.push_back(
      fmt::format("a SavedModel does not say how many attention heads it has: {} assumed, hidden size / 64",
                  heads ? heads->describe() : "the default"));
  return ok_status();
}

}  // namespace

bool is_saved_model(const CheckpointFolder& folder) { return folder.has("variables/variables.index"); }

Result<Checkpoint> read_saved_model(const CheckpointFolder& folder) {
  Checkpoint checkpoint;
  checkpoint.path = folder.path();
  checkpoint.format = "tensorflow saved model";
  LL_TRY(read_tensors(folder.path_of("variables/variables"), checkpoint));
  LL_TRY(configure_saved_model(folder, checkpoint));
  LL_ASSIGN(checkpoint.tokenizer_files, open_tokenizer_files(CheckpointFolder(folder.path_of("assets"))));
  LL_TRY(read_saved_model_casing(folder, checkpoint));
  checkpoint.licence = find_licence(folder);
  return checkpoint;
}

bool is_google_release(const CheckpointFolder& folder) { return folder.has("bert_config.json"); }

Result<Checkpoint> read_google_release(const CheckpointFolder& folder) {
  Checkpoint checkpoint;
  checkpoint.path = folder.path();
  checkpoint.format = "tensorflow checkpoint";
  checkpoint.config_file = folder.path_of("bert_config.json");
  LL_ASSIGN(const std::string prefix, find_bundle_prefix(folder));
  LL_ASSIGN(checkpoint.config, read_bert_config(folder, "bert_config.json"));
  LL_TRY(read_tensors(prefix, checkpoint));
  LL_ASSIGN(checkpoint.tokenizer_files, open_tokenizer_files(folder));
  guess_release_casing(folder, checkpoint);
  checkpoint.licence = find_licence(folder);
  return checkpoint;
}

}  // namespace logitlens
