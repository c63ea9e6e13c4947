// logitlens convert: a checkpoint as a safetensors directory.
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>

#include "command.h"
#include "logitlens/logitlens.h"
#include "options.h"
#include "output.h"

namespace logitlens {
namespace {

struct ConvertArguments {
  std::string source, destination;
  bool force = false;
};

Status run_convert(const ConvertArguments& arguments) {
  LL_ASSIGN(const Model model, Model::open(arguments.source));
  std::error_code error;
  if (std::filesystem::equivalent(model.info().source, arguments.destination, error) && !error) {
    return usage_error("DST", arguments.destination, "another directory than SRC");
  }
  return model.convert(arguments.destination, arguments.force);
}

}  // namespace

Command add_convert(CLI::App& program) {
  auto arguments = std::make_shared<ConvertArguments>();
  CLI::App* app =
      program.add_subcommand("convert", "write a model as a safetensors directory that transformers loads");
  app->add_option("SRC", arguments->source, "a model, as for sweep")->option_text(" ")->required();
  app->add_option("DST", arguments->destination, "the directory to write")->option_text(" ")->required();
  app->add_flag("--force", arguments->force, "overwrite files that exist in DST");
  add_verbose(*app);
  app->footer(
      "Example:\n"
      "  logitlens convert uncased_L-12_H-768_A-12 bert-base\n"
      "\n"
      "DST gets config.json, model.safetensors and the tokenizer's files.");
  return {app, [arguments] { return run_convert(*arguments); }};
}

}  // namespace logitlens
