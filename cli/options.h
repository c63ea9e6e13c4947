// What several commands share: options, the text they are given, lists and ranges, and usage errors.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "logitlens/logitlens.h"

namespace logitlens {

// MODEL, --threads, --hash
struct ModelArguments {
  std::string model;
  int threads = 0;
  bool hash = false;
};
void add_model_arguments(CLI::App& app, ModelArguments& arguments);

// --verbose, which main asks for when an error is to be shown
void add_verbose(CLI::App& app, const std::string& description = "list all in errors");

// TEXT, --second, --file, --max-length
struct TextArguments {
  std::optional<std::string> text, second;
  std::string file;
  std::string max_length = "refuse";
  std::optional<int> window_stride;
};
void add_text_arguments(CLI::App& app, TextArguments& arguments);
void add_window_stride(CLI::App& app, TextArguments& arguments);

// How a sweep is to take its text: length, windows, a second one.
Status apply_text_options(const TextArguments& arguments, SweepOptions& options);

// The text itself: the argument, the file, or standard input; one newline at its end is dropped from the
// latter two. Longer texts than the library takes are cut short just past its limit: it refuses them.
Result<std::string> read_text(const TextArguments& arguments);

// What came of that text: an error about the text itself says which file it came from, which only the program
// knows.
Error name_text(Error error, const TextArguments& arguments);
template <class T>
Result<T> of_text(const TextArguments& arguments, Result<T> result) {
  if (result.ok()) return result;
  return name_text(std::move(result).error(), arguments);
}

// --taps.
void add_taps(CLI::App& app, std::string& taps);

Result<MaxLength> parse_max_length(std::string_view name);

// Layers in ascending order from a list of N, A-B and A- (to `last`): "0-3,6,10-".
Result<std::vector<int>> parse_layers(std::string_view list, int last);

// "a,b" at the commas; "," alone is one item, the comma itself. An empty item is an error of `option`.
Result<std::vector<std::string>> split_list(std::string_view option, std::string_view list);

// An output that is one of the files the program reads, by whatever name, is refused even with --force.
Status check_not_input(const std::string& output, const std::vector<std::string>& inputs);

// The files of an opened model, as check_not_input wants them.
std::vector<std::string> files_of(const Model& model);

}  // namespace logitlens
