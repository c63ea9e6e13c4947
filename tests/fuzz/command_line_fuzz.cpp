// The program's arguments, a line each, from an empty folder. All commands run but with the embedded model, the only one
// that is there: so no run gets further than finding no model, or no table.
#include <unistd.h>

#include "support.h"

int logitlens_main(int argc, char** argv);

namespace logitlens::fuzz {
namespace {

// Nothing to read, nothing to find.
void leave_home() {
  const std::filesystem::path folder = scratch_folder() / "empty";
  std::filesystem::create_directories(folder);
  std::filesystem::current_path(folder);
  for (const char* name : {"HF_HOME", "HF_HUB_CACHE", "XDG_CACHE_HOME", "HOME"})
    setenv(name, folder.c_str(), 1);
  if (std::freopen("/dev/null", "r", stdin) == nullptr) std::abort();
}

std::vector<std::string> arguments_of(std::string_view input) {
  std::vector<std::string> arguments = {"logitlens"};
  for (std::size_t at = 0; at < input.size() && arguments.size() < 64;) {
    const std::size_t end = std::min(input.find('\n', at), input.size());
    arguments.emplace_back(input.substr(at, end - at));
    std::erase(arguments.back(), '\0');  // an argument ends there
    at = end + 1;
  }
  return arguments;
}

// Paths of the machine, or the model that would run.
bool is_harmless(const std::vector<std::string>& arguments) {
  return std::ranges::none_of(arguments, [](const std::string& argument) {
    return argument.find("demo") != std::string::npos || argument.find('/') != std::string::npos ||
           argument.find("..") != std::string::npos;
  });
}

}  // namespace

FUZZ_TARGET(command_line) {
  static const bool away = (leave_home(), true);
  std::vector<std::string> arguments = arguments_of(input);
  if (!away || !is_harmless(arguments)) return;
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  const int code = logitlens_main(static_cast<int>(arguments.size()), pointers.data());
  check(code == 0 || (code >= 2 && code <= 8), "the exit code is one of the documented, and no bug of ours");
  check(std::filesystem::is_empty("."), "nothing is written");
}

}  // namespace logitlens::fuzz
