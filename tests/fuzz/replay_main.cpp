// Runs the inputs that lie in folders through a target, without libFuzzer: `logitlens_replay TARGET FOLDER...`.
#include <cstdio>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "support.h"

namespace logitlens::fuzz {
namespace {

std::map<std::string_view, Target>& targets() {
  static std::map<std::string_view, Target> all;
  return all;
}

void run(Target target, const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string input{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  std::fprintf(stderr, "%s\n", path.c_str());  // the last line names what did not come back
  const Stopwatch watch;
  target(input);
}

// Files of folders that exist; a file counts as itself.
std::set<std::filesystem::path> files_in(std::span<char*> paths) {
  std::set<std::filesystem::path> files;
  for (const std::filesystem::path path : paths) {
    if (std::filesystem::is_regular_file(path)) files.insert(path);
    if (!std::filesystem::is_directory(path)) continue;
    for (const auto& entry : std::filesystem::directory_iterator(path)) files.insert(entry.path());
  }
  return files;
}

}  // namespace

Registration::Registration(std::string_view name, Target target) { targets()[name] = target; }

int replay(std::span<char*> arguments) {
  const auto target = arguments.size() > 1 ? targets().find(arguments[1]) : targets().end();
  if (target == targets().end()) {
    std::fputs("usage: logitlens_replay TARGET FOLDER_OR_FILE...\n", stderr);
    return 2;
  }
  const auto files = files_in(arguments.subspan(2));
  for (const std::filesystem::path& path : files) run(target->second, path);
  std::fprintf(stderr, "%zu inputs\n", files.size());
  return files.empty() ? 1 : 0;
}

}  // namespace logitlens::fuzz

int main(int argc, char** argv) { return logitlens::fuzz::replay({argv, static_cast<std::size_t>(argc)}); }
