#include "options.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

namespace logitlens {
namespace {

// The library refuses longer texts; one byte more, and the newline that is dropped, are enough to let it.
constexpr std::size_t kMostText = (std::size_t{16} << 20) + 2;

// A file's name, or nothing for standard input.
Error unreadable_text(const std::string& path) {
  return {.code = Code::io,
          .file = path.empty() ? "standard input" : path,
          .field = path.empty() ? "text" : "--file",
          .found = std::strerror(errno),
          .expected = path.empty() ? "a text that can be read" : "a file that can be read",
          .remedy = path.empty() ? "Name a file with --file, or give the text itself"
                                 : "Check the path and its permissions",
          .names = {}};
}

Result<std::string> read_all(std::FILE* stream, const std::string& path) {
  std::string text;
  std::array<char, 65536> block;
  while (text.size() < kMostText) {
    const std::size_t wanted = std::min(block.size(), kMostText - text.size());
    const std::size_t got = std::fread(block.data(), 1, wanted, stream);
    text.append(block.data(), got);
    if (got < wanted) break;
  }
  if (std::ferror(stream)) return unreadable_text(path);
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

Result<std::string> read_file(const std::string& path) {
  std::FILE* stream = std::fopen(path.c_str(), "rb");
  if (stream == nullptr) return unreadable_text(path);
  Result<std::string> text = read_all(stream, path);
  std::fclose(stream);
  return text;
}

std::optional<int> parse_number(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

// "5", "3-7" or "3-" as its first and last layer.
std::optional<std::pair<int, int>> parse_range(std::string_view item, int last) {
  const std::size_t dash = item.find('-');
  const auto first = parse_number(item.substr(0, dash));
  if (!first) return std::nullopt;
  if (dash == std::string_view::npos) return std::pair(*first, *first);
  if (dash + 1 == item.size()) return std::pair(*first, last);
  const auto end = parse_number(item.substr(dash + 1));
  if (!end) return std::nullopt;
  return std::pair(*first, *end);
}

}  // namespace

void add_model_arguments(CLI::App& app, ModelArguments& arguments) {
  app.add_option(
         "MODEL", arguments.model,
         "a model directory, a TensorFlow BERT checkpoint, a hub id (org/name[@revision]) that lies in "
         "the hub cache, or `demo`, the embedded model")
      ->option_text(" ")
      ->required();
  app.add_option("--threads", arguments.threads, "threads; 0: one a core (never changes a result)")
      ->option_text("N")
      ->check(CLI::Range(0, 1024));
  app.add_flag("--hash", arguments.hash, "compute the sha256 of the weight files");
}

void add_verbose(CLI::App& app, const std::string& description) { app.add_flag("--verbose", description); }

void add_text_arguments(CLI::App& app, TextArguments& arguments) {
  app.add_option("TEXT", arguments.text, "the text; - or nothing: standard input")->option_text(" ");
  app.add_option("--second", arguments.second, "a second text: the pair goes by the family's template")
      ->option_text("TEXT");
  app.add_option("--file", arguments.file, "read the text from this file")->option_text("FILE");
  app.add_option("--max-length", arguments.max_length,
                 "a text longer than the model takes: refuse it, truncate it, or (sweep) read it in "
                 "overlapping windows")
      ->option_text("refuse|truncate|window");
}

void add_window_stride(CLI::App& app, TextArguments& arguments) {
  app.add_option("--window-stride", arguments.window_stride,
                 "with --max-length window: tokens of the text from one window to the next (half a window)")
      ->option_text("N");
}

Status apply_text_options(const TextArguments& arguments, SweepOptions& options) {
  LL_ASSIGN(options.max_length, parse_max_length(arguments.max_length));
  options.second = arguments.second;
  const bool in_windows = options.max_length == MaxLength::window;
  if (options.second && in_windows)
    return usage_error("--max-length", "window with --second",
                       "refuse or truncate: windows are for one text");
  if (!arguments.window_stride) return ok_status();
  const std::string found = std::to_string(*arguments.window_stride);
  if (!in_windows) return usage_error("--window-stride", found, "--max-length window with it");
  if (*arguments.window_stride < 1) return usage_error("--window-stride", found, "1 or more tokens");
  options.window_stride = *arguments.window_stride;
  return ok_status();
}

void add_taps(CLI::App& app, std::string& taps) {
  app.add_option("--taps", taps,
                 "which hidden states: after every layer; also after its attention, and after the norm that "
                 "may follow "
                 "that; all: also before the norm at a block's end")
      ->option_text("layer|attention|all");
}

Result<std::string> read_text(const TextArguments& arguments) {
  const bool from_argument = arguments.text && *arguments.text != "-";
  if (!arguments.file.empty()) {
    if (arguments.text) return usage_error("TEXT", "a text and --file", "one of them");
    return read_file(arguments.file);
  }
  if (from_argument) return *arguments.text;
  if (!arguments.text && isatty(STDIN_FILENO)) {
    return usage_error("TEXT", "nothing", "a text",
                       "Give it as an argument in quotes, with --file FILE, or through a pipe");
  }
  return read_all(stdin, "");
}

Error name_text(Error error, const TextArguments& arguments) {
  const bool about_text = error.file.empty() && (error.field == "text" || error.field.starts_with("byte "));
  const bool from_argument = arguments.text && *arguments.text != "-";
  if (about_text && !from_argument) error.file = arguments.file.empty() ? "standard input" : arguments.file;
  return error;
}

Result<MaxLength> parse_max_length(std::string_view name) {
  if (name == "refuse") return MaxLength::refuse;
  if (name == "truncate") return MaxLength::truncate;
  if (name == "window") return MaxLength::window;
  return usage_error("--max-length", std::string(name), "refuse, truncate or window");
}

Result<std::vector<int>> parse_layers(std::string_view list, int last) {
  LL_ASSIGN(const std::vector<std::string> items, split_list("--layers", list));
  std::vector<int> layers;
  for (const std::string& item : items) {
    const auto range = parse_range(item, last);
    if (!range) return usage_error("--layers", item, "layers as 5, 0-12 or 6-, with commas between");
    if (range->first > range->second || range->second > last) {
      return usage_error("--layers", item,
                         "layers from 0 (embeddings) to " + std::to_string(last) + ", ascending");
    }
    for (int layer = range->first; layer <= range->second; ++layer) layers.push_back(layer);
  }
  std::sort(layers.begin(), layers.end());
  layers.erase(std::unique(layers.begin(), layers.end()), layers.end());
  return layers;
}

Result<std::vector<std::string>> split_list(std::string_view option, std::string_view list) {
  if (list == ",") return std::vector<std::string>{","};
  std::vector<std::string> items;
  for (std::size_t at = 0; at <= list.size();) {
    const std::size_t end = std::min(list.find(',', at), list.size());
    if (end == at) return usage_error(option, std::string(list), "names with single commas between them");
    items.emplace_back(list.substr(at, end - at));
    at = end + 1;
  }
  return items;
}

Status check_not_input(const std::string& output, const std::vector<std::string>& inputs) {
  for (const std::string& input : inputs) {
    std::error_code error;  // a file that does not exist is no file that is read
    if (std::filesystem::equivalent(output, input, error) && !error) {
      return Error{Code::usage,           output, "output", "a file that is read: " + input, "another file",
                   "Choose another name", {}};
    }
  }
  return ok_status();
}

std::vector<std::string> files_of(const Model& model) {
  std::vector<std::string> files = {(std::filesystem::path(model.info().source) / "config.json").string()};
  if (const auto description = model.describe()) {
    files.insert(files.end(), description->files.begin(), description->files.end());
  }
  return files;
}

}  // namespace logitlens
