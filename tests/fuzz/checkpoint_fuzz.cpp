// A valid tiny checkpoint of any family with some of its fields changed, run end to end. The input is a list of changes,
// a line each, after the golden's name: what is changed, which one, to what.
//   config KEY JSON | drop TENSOR | rename TENSOR NAME | dtype TENSOR NAME | shape TENSOR JSON | offsets TENSOR JSON
//   value TENSOR INDEX FLOAT | bytes OFFSET TEXT | cut LENGTH | file NAME OFFSET TEXT | remove NAME
#include <sstream>

#include "checkpoint_parts.h"
#include "sweep_support.h"

namespace logitlens::fuzz {
namespace {

void change(const std::string& line, CheckpointParts& parts) {
  std::istringstream words(line);
  std::string what, which, rest;
  words >> what >> which;
  std::getline(words >> std::ws, rest);
  if (what == "config") parts.config[which] = json_or_text(rest);
  if (what == "remove") parts.files.erase(which);
  if (what == "file" && which.find('/') == std::string::npos) replace_bytes(parts.files[which], rest);
  if (what == "bytes") replace_bytes(parts.data, which + " " + rest);
  if (what == "cut") parts.data.resize(std::min(parts.data.size(), size_of(which)));
  auto& header = parts.header;
  if (!header.contains(which)) return;
  if (what == "drop") header.erase(which);
  if (what == "rename") {
    header[rest] = header[which];
    header.erase(which);
  }
  if (what == "dtype") header[which]["dtype"] = rest;
  if (what == "shape") header[which]["shape"] = json_or_text(rest);
  if (what == "offsets") header[which]["data_offsets"] = json_or_text(rest);
  if (what == "value") parts.set_value(which, rest);
}

void sweep(const Model& model, Mask mask, Lens lens) {
  SweepOptions options;
  options.mask = std::move(mask);
  options.lens = lens;
  options.taps = Taps::all;
  options.threads = 1;
  options.top = 2;
  for (const bool nonfinite : {false, true}) {
    options.allow_nonfinite = nonfinite;
    const auto table = model.sweep("in the beginning [MASK] <mask> 1", options);
    if (succeeded(table)) return check_table(*table);
  }
}

void run(const std::string& folder) {
  const auto model = Model::open(folder);
  if (!succeeded(model)) return;
  check(model->info().layers > 0 && model->info().vocab > 0, "a model has layers and a vocabulary");
  static_cast<void>(succeeded(model->describe()));
  sweep(*model, {}, Lens::full);
  sweep(*model, Mask::none, Lens::raw);
}

}  // namespace

FUZZ_TARGET(checkpoint) {
  std::istringstream lines{std::string(input)};
  std::string line;
  std::getline(lines, line);
  CheckpointParts parts = golden_parts(line);
  for (int changes = 0; changes < 8 && std::getline(lines, line); ++changes) change(line, parts);
  const std::filesystem::path folder = scratch_folder() / "checkpoint";
  parts.write(folder);
  run(folder.string());
  std::filesystem::remove_all(folder);
}

}  // namespace logitlens::fuzz
