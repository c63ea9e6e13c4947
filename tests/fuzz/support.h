// What the fuzz targets share: a target's entry, parts of an input, files, and what must hold of every error.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/mapped_file.h"
#include "logitlens/logitlens.h"

namespace logitlens::fuzz {

// What an input must not do ends the process, which is how both libFuzzer and the replay program notice.
inline void check(bool holds, std::string_view what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %.*s\n", static_cast<int>(what.size()), what.data());
  std::abort();
}

// Time out of proportion to a few kilobytes. In processor time: the machine may be busy with something else.
class Stopwatch {
 public:
  static constexpr double most_seconds = 20;
  ~Stopwatch() { check(now() - begin_ < most_seconds, "an input takes less than 20 seconds"); }

 private:
  static double now() {
    std::timespec time = {};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
  }
  double begin_ = now();
};

// A target takes one input of libFuzzer's, or of the replay program, which knows all targets by name:
//   FUZZ_TARGET(vocabulary) { read_vocabulary("vocab.txt", input); }
#ifdef LL_REPLAY
using Target = void (*)(std::string_view input);
struct Registration {
  Registration(std::string_view name, Target target);
};
#define FUZZ_TARGET(name)                                                           \
  static void fuzz_##name(std::string_view input);                                  \
  static const ::logitlens::fuzz::Registration register_##name(#name, fuzz_##name); \
  static void fuzz_##name(std::string_view input)
#else
#define FUZZ_TARGET(name)                                                             \
  static void fuzz_##name(std::string_view input);                                    \
  extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) { \
    const ::logitlens::fuzz::Stopwatch watch;                                         \
    fuzz_##name({reinterpret_cast<const char*>(data), size});                         \
    return 0;                                                                         \
  }                                                                                   \
  static void fuzz_##name(std::string_view input)
#endif

// An input of several parts has this line between them. There are at least `count` parts, empty where it ends early.
inline std::vector<std::string> split(std::string_view input, std::size_t count) {
  constexpr std::string_view line = "\n====\n";
  std::vector<std::string> parts;
  while (parts.size() + 1 < count) {
    const std::size_t end = std::min(input.find(line), input.size());
    parts.emplace_back(input.substr(0, end));
    input.remove_prefix(std::min(end + line.size(), input.size()));
  }
  parts.emplace_back(input);
  return parts;
}

// Numbers taken off the front of an input; zeros when it is used up.
class Numbers {
 public:
  explicit Numbers(std::string_view& input) : input_(input) {}
  std::size_t below(std::size_t end) {
    const std::size_t byte = input_.empty() ? 0 : static_cast<unsigned char>(input_.front());
    if (!input_.empty()) input_.remove_prefix(1);
    return byte % end;
  }
  bool flag() { return below(2) == 1; }

 private:
  std::string_view& input_;
};

inline std::shared_ptr<const MappedFile> file_of(const std::string& name, const std::string& content) {
  return MappedFile::embedded("dir/" + name, std::as_bytes(std::span(content)));
}

// A folder of this process, in memory where that can be had.
inline const std::filesystem::path& scratch_folder() {
  static const struct Folder {
    Folder() {
      const std::filesystem::path memory = "/dev/shm";
      path = std::filesystem::is_directory(memory) ? memory : std::filesystem::temp_directory_path();
      path /= "logitlens-fuzz-" + std::to_string(getpid());
      std::filesystem::create_directories(path);
    }
    ~Folder() {
      std::error_code ignored;
      std::filesystem::remove_all(path, ignored);
    }
    std::filesystem::path path;
  } folder;
  return folder.path;
}

inline std::string write_file(const std::string& name, std::string_view content) {
  const std::string path = (scratch_folder() / name).string();
  std::ofstream(path, std::ios::binary).write(content.data(), static_cast<std::streamsize>(content.size()));
  return path;
}

// An error names where it is and what was found, in at most three lines that a terminal can show.
inline void check_error(const Error& error) {
  const std::string message = error.message(true);
  const auto holds = [&](bool condition, std::string_view what) {
    check(condition, std::string(what) + ": " + message);
  };
  holds(error.code != Code::internal, "an error is none of ours");
  holds(!error.file.empty() || !error.field.empty(), "an error says where");
  holds(!error.found.empty(), "an error says what was found");
  const std::string brief = error.message();
  holds(std::ranges::count(brief, '\n') <= 2, "an error has at most three lines");
  for (const char c : brief)
    holds(c == '\n' || !std::iscntrl(static_cast<unsigned char>(c)), "an error is printable");
}

template <class T>
bool succeeded(const Result<T>& result) {
  if (!result.ok()) check_error(result.error());
  return result.ok();
}

}  // namespace logitlens::fuzz
