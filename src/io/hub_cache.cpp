#include "io/hub_cache.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>

#include "base/escape.h"

namespace logitlens {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view prefix = "models--", main_revision = "main";
constexpr std::size_t longest_reference = 256;  // bytes

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

std::string folder_name(std::string_view name) {
  std::string folder(prefix);
  for (const char c : name) folder += c == '/' ? "--" : std::string(1, c);
  return folder;
}

std::string get_it(const HubId& id) {
  return fmt::format("Get it with `huggingface-cli download {}{}`", id.name,
                     id.revision.empty() ? "" : " --revision " + id.revision);
}

Error hub_error(const fs::path& file, std::string field, std::string found, std::string expected,
                std::string remedy, std::vector<std::string> names = {}) {
  return {Code::bad_input,     file.string(),     std::move(field), std::move(found),
          std::move(expected), std::move(remedy), std::move(names)};
}

std::vector<fs::path> entries_of(const fs::path& folder) {
  std::vector<fs::path> entries;
  std::error_code fault;
  for (fs::directory_iterator at(folder, fault), end; !fault && at != end; at.increment(fault))
    entries.push_back(at->path());
  std::ranges::sort(entries);
  return entries;
}

std::vector<std::string> snapshots_of(const fs::path& model) {
  std::vector<std::string> commits;
  std::error_code fault;
  for (const fs::path& path : entries_of(model / "snapshots"))
    if (is_commit_hash(path.filename().string()) && fs::is_directory(path, fault))
      commits.push_back(path.filename().string());
  return commits;
}

// The commit in a reference, which another program wrote: 40 hexadecimal digits, white space after them.
Result<std::string> read_reference(const HubId& id, const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::string text(longest_reference, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  const std::size_t end = text.find_last_not_of(" \t\r\n");
  text.resize(end == std::string::npos ? 0 : end + 1);
  if (is_commit_hash(text)) return text;
  return hub_error(file, "", text.empty() ? "nothing" : fmt::format("\"{}\"", escaped(utf8_prefix(text, 60))),
                   "a commit, 40 hexadecimal digits", get_it(id));
}

// Models of the same name under any organisation: "bert-base-uncased" may lie there as
// "google-bert/bert-base-uncased".
std::vector<std::string> namesakes(const fs::path& hub, std::string_view name) {
  std::vector<std::string> found;
  const std::string ending = "--" + std::string(name);
  for (const fs::path& path : entries_of(hub)) {
    const std::string folder = path.filename().string();
    if (folder.size() <= prefix.size() + ending.size() || !folder.starts_with(prefix) ||
        !folder.ends_with(ending))
      continue;
    const std::string organisation =
        folder.substr(prefix.size(), folder.size() - prefix.size() - ending.size());
    std::string full = organisation + "/" + std::string(name);
    if (parse_hub_id(full)) found.push_back(std::move(full));
  }
  return found;
}

Error not_in_cache(const HubId& id, const fs::path& hub) {
  std::string remedy = get_it(id);
  if (const auto others = namesakes(hub, id.name); !others.empty())
    remedy = fmt::format("Name it in full: {}", others.front());
  return hub_error(
      id.name, "", "no such directory, and no such model in the hub cache",
      fmt::format("a directory of that name, or {}",
                  hub.empty() ? "a hub cache (set HF_HOME or HOME)" : (hub / folder_name(id.name)).string()),
      std::move(remedy));
}

// Which commit the id asks for.
Result<std::string> find_commit(const HubId& id, const fs::path& model) {
  const std::vector<std::string> commits = snapshots_of(model);
  const auto there = [&](const std::string& commit) {
    return std::ranges::find(commits, commit) != commits.end();
  };
  const std::string revision = id.revision.empty() ? std::string(main_revision) : id.revision;
  std::error_code fault;
  if (const fs::path reference = model / "refs" / revision; fs::is_regular_file(reference, fault)) {
    LL_ASSIGN(const std::string commit, read_reference(id, reference));
    if (there(commit)) return commit;
    return hub_error(model / "snapshots" / commit, "",
                     "no such directory, though refs/" + revision + " names it", "the snapshot", get_it(id),
                     commits);
  }
  if (there(revision)) return revision;
  if (id.revision.empty() && commits.size() == 1) return commits.front();
  if (commits.empty()) return hub_error(model, "snapshots", "none", "a snapshot", get_it(id));
  if (id.revision.empty())
    return hub_error(model, "refs/main", fmt::format("no such file, and {} snapshots", commits.size()),
                     "one that is the current one", fmt::format("Name one: {}@{}", id.name, commits.front()),
                     commits);
  return hub_error(model, "revision", id.revision, "a branch or tag in refs, or a commit in snapshots",
                   get_it(id), commits);
}

// Configuration, tokenizer and weights: what an opened model may read.
bool may_be_read(const std::string& file) {
  constexpr std::string_view endings[] = {".json", ".txt", ".model", ".safetensors"};
  return std::ranges::any_of(endings, [&](std::string_view ending) { return file.ends_with(ending); });
}

bool broken_off(const fs::path& model) {
  return std::ranges::any_of(entries_of(model / "blobs"),
                             [](const fs::path& path) { return path.extension() == ".incomplete"; });
}

Status check_snapshot(const HubId& id, const fs::path& model, const fs::path& snapshot) {
  const std::string again = fmt::format("Download it again with `huggingface-cli download {}{}`", id.name,
                                        id.revision.empty() ? "" : " --revision " + id.revision);
  const std::string why = broken_off(model) ? ", the download was broken off (blobs/*.incomplete)" : "";
  bool has_config = false, has_weights = false;
  std::error_code fault;
  for (const fs::path& path : entries_of(snapshot)) {
    const std::string file = path.filename().string();
    if (!may_be_read(file)) continue;
    if (fs::is_symlink(path, fault) && !fs::exists(path, fault))
      return hub_error(
          path, "",
          fmt::format("a link to {}, which is not there{}", fs::read_symlink(path, fault).string(), why),
          "a complete snapshot", again);
    has_config = has_config || file == "config.json";
    has_weights = has_weights || file.ends_with(".safetensors");
  }
  if (!why.empty() && (!has_config || !has_weights))
    return hub_error(snapshot, "", fmt::format("no {}{}", has_config ? "weights" : "config.json", why),
                     "a complete snapshot", again);
  return ok_status();
}

}  // namespace

fs::path hub_cache_folder() {
  for (const char* name : {"HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"})
    if (const std::string folder = environment(name); !folder.empty()) return folder;
  if (const std::string home = environment("HF_HOME"); !home.empty()) return fs::path(home) / "hub";
  if (const std::string cache = environment("XDG_CACHE_HOME"); !cache.empty())
    return fs::path(cache) / "huggingface" / "hub";
  if (const std::string home = environment("HOME"); !home.empty())
    return fs::path(home) / ".cache" / "huggingface" / "hub";
  return {};
}

Result<std::string> find_in_hub_cache(const HubId& id) {
  const fs::path hub = hub_cache_folder();
  std::error_code fault;
  const fs::path model = hub / folder_name(id.name);
  if (hub.empty() || !fs::is_directory(model, fault)) return not_in_cache(id, hub);
  LL_ASSIGN(const std::string commit, find_commit(id, model));
  const fs::path snapshot = model / "snapshots" / commit;
  LL_TRY(check_snapshot(id, model, snapshot));
  return snapshot.string();
}

namespace {

// "models--org--name" -> "org/name"; nothing for datasets, spaces, and names the hub does not allow.
std::optional<std::string> name_of(std::string folder) {
  if (!folder.starts_with(prefix)) return std::nullopt;
  folder.erase(0, prefix.size());
  if (const std::size_t at = folder.find("--"); at != std::string::npos) folder.replace(at, 2, "/");
  const auto id = parse_hub_id(folder);
  return id && id->revision.empty() ? std::optional(id->name) : std::nullopt;
}

// commit -> the revision that stands at it, main before others.
std::map<std::string, std::string> revisions_of(const fs::path& model) {
  std::map<std::string, std::string> revisions;
  std::error_code fault;
  const fs::path refs = model / "refs";
  for (fs::recursive_directory_iterator at(refs, fault), end; !fault && at != end; at.increment(fault)) {
    std::error_code no_file;
    const std::string revision = at->path().lexically_relative(refs).generic_string();
    if (!at->is_regular_file(no_file) || !is_hub_revision(revision)) continue;
    const auto commit = read_reference({}, at->path());
    if (!commit.ok()) continue;
    std::string& known = revisions[*commit];
    if (known.empty() || revision == main_revision || (known != main_revision && revision < known))
      known = revision;
  }
  return revisions;
}

}  // namespace

std::vector<HubSnapshot> list_hub_cache() {
  std::vector<HubSnapshot> snapshots;
  const fs::path hub = hub_cache_folder();
  if (hub.empty()) return snapshots;
  for (const fs::path& model : entries_of(hub)) {
    const auto name = name_of(model.filename().string());
    if (!name) continue;
    const auto revisions = revisions_of(model);
    for (const std::string& commit : snapshots_of(model)) {
      const auto at = revisions.find(commit);
      const std::string revision = at == revisions.end() ? commit : at->second;
      snapshots.push_back({revision == main_revision ? *name : *name + "@" + revision, commit,
                           (model / "snapshots" / commit).string()});
    }
  }
  std::ranges::sort(snapshots, {}, &HubSnapshot::id);
  return snapshots;
}

}  // namespace logitlens
