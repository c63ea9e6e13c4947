// A sharded checkpoint: model.safetensors.index.json says which file beside it holds which tensor.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <map>
#include <set>

#include "io/json.h"
#include "io/safetensors.h"
#include "io/safetensors_header.h"

namespace logitlens {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kIndexLimit = 100'000'000;  // bytes, as a header

using WeightMap = std::map<std::string, std::string>;  // tensor -> shard

// An index may name files below its own folder only, whatever the system that reads it.
bool stays_in_folder(std::string_view shard) {
  const bool has_drive = shard.size() >= 2 && shard[1] == ':';
  const bool has_odd_character = shard.find_first_of(std::string_view("\\\0", 2)) != std::string_view::npos;
  if (shard.empty() || has_drive || has_odd_character) return false;
  const fs::path path(shard);
  return path.is_relative() && std::ranges::none_of(path, [](const fs::path& part) { return part == ".."; });
}

Result<WeightMap> read_weight_map(const MappedFile& index) {
  if (index.bytes().size() > kIndexLimit)
    return broken_file(index.path(), "file size", fmt::format("{} bytes", index.bytes().size()),
                       fmt::format("at most {}", kIndexLimit));
  LL_ASSIGN(const Json json, parse_json(index.path(), index.text()));
  const Json* member = json.find("weight_map");
  const auto* entries = member ? member->get<Json::Object>() : nullptr;
  if (!entries)
    return broken_file(index.path(), "weight_map", member ? member->describe() : "nothing",
                       "an object of tensor names and files");
  WeightMap shard_of;
  for (const auto& [tensor, shard] : *entries) {
    const auto* name = shard.get<std::string>();
    if (!name || !stays_in_folder(*name))
      return broken_file(index.path(), "weight_map: " + tensor, shard.describe(),
                         "the name of a file in the same folder",
                         "Use an index that names files beside itself");
    shard_of.emplace(tensor, *name);
  }
  return shard_of;
}

Status check_shards_exist(const MappedFile& index, const std::string& directory,
                          const std::set<std::string>& shards) {
  std::vector<std::string> missing;
  for (const std::string& shard : shards) {
    std::error_code fault;
    if (!fs::exists(fs::path(directory) / shard, fault)) missing.push_back(shard);
  }
  if (missing.empty()) return ok_status();
  Error error = broken_file(index.path(), "weight_map",
                            fmt::format("{} of {} files missing", missing.size(), shards.size()),
                            "every file it names", "Download the missing files into the same folder");
  error.names = std::move(missing);
  return error;
}

// Appends the tensors of one shard. `seen`: tensor -> the shard it was found in.
Status add_shard(const std::string& path, const std::string& shard, WeightMap& seen, TensorMap& tensors) {
  LL_ASSIGN(auto file, MappedFile::open(path));
  TensorMap own;
  LL_TRY(read_safetensors(file, own));
  for (Tensor& tensor : own.all_before_finish()) {
    const auto [at, is_new] = seen.emplace(tensor.name, shard);
    if (!is_new)
      return broken_file(path, tensor.name, "the tensor in " + at->second + " too",
                         "every tensor in one file",
                         "Remove files of another checkpoint, or download this one again");
    tensors.add(std::move(tensor));
  }
  tensors.keep_alive(std::move(file));
  return ok_status();
}

// Every tensor lies where the index says.
Status check_promises(const std::string& directory, const WeightMap& shard_of, const WeightMap& seen) {
  for (const auto& [tensor, shard] : shard_of) {
    const auto at = seen.find(tensor);
    if (at != seen.end() && at->second == shard) continue;
    return broken_file((fs::path(directory) / shard).string(), tensor,
                       at == seen.end() ? "no such tensor" : "the tensor in " + at->second,
                       "the tensor here, as the index says", "Download the index and its files again");
  }
  return ok_status();
}

}  // namespace

Status read_sharded_safetensors(const MappedFile& index, const std::string& directory, TensorMap& tensors,
                                std::vector<std::string>& weight_files) {
  LL_ASSIGN(const WeightMap shard_of, read_weight_map(index));
  std::set<std::string> shards;
  for (const auto& [tensor, shard] : shard_of) shards.insert(shard);
  LL_TRY(check_shards_exist(index, directory, shards));
  WeightMap seen;
  for (const std::string& shard : shards) {
    const std::string path = (fs::path(directory) / shard).string();
    LL_TRY(add_shard(path, shard, seen, tensors));
    weight_files.push_back(path);
  }
  return check_promises(directory, shard_of, seen);
}

}  // namespace logitlens
