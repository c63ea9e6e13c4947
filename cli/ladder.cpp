// logitlens ladder: the lenses side by side. Which step of the head rescues the prediction?
#include <memory>
#include <string>
#include <vector>

#include "command.h"
#include "document_output.h"
#include "logitlens/logitlens.h"
#include "options.h"

namespace logitlens {
namespace {

struct LadderArguments {
  ModelArguments model;
  TextArguments text;
  DocumentArguments output;
  std::string mask, layers;
  std::vector<std::string> targets;
  int top = SweepOptions{}.top;
  bool allow_nonfinite = false;
};

constexpr const char* kExamples =
    "Examples:\n"
    "  logitlens ladder demo \"In the beginning God created the heaven and the earth.\"\n"
    "  logitlens ladder bert-base \"Hello I'm a [MASK] model.\" --target model --format json | jq "
    ".sentences\n"
    "  logitlens ladder bert-base --file text.txt -o ladder.json -o ladder.csv\n"
    "  logitlens ladder demo \"In the beginning\" -o report.html\n"
    "\n"
    "The lenses that the model's head has, from the least of it to the whole: raw (the decoder matrix "
    "alone), bias\n"
    "(and the decoder's bias), norm (and the head's LayerNorm), full (and its dense layer and activation).\n"
    "Exit codes: 0 done, 2 usage, 3 bad input, 4 reading or writing failed.";

Result<SweepOptions> sweep_options(const LadderArguments& arguments) {
  SweepOptions options;
  if (!arguments.mask.empty()) {
    LL_ASSIGN(options.mask, parse_mask(arguments.mask));
  }
  for (const std::string& list : arguments.targets) {
    LL_ASSIGN(const std::vector<std::string> targets, split_list("--target", list));
    options.targets.insert(options.targets.end(), targets.begin(), targets.end());
  }
  LL_TRY(apply_text_options(arguments.text, options));
  options.top = arguments.top;
  options.threads = arguments.model.threads;
  options.allow_nonfinite = arguments.allow_nonfinite;
  return options;
}

// From the least of the head to the whole.
Result<std::vector<Lens>> lenses_of(const Model& model) {
  LL_ASSIGN(const ModelDescription description, model.describe());
  std::vector<Lens> lenses;
  for (const std::string& name : description.lenses) {
    LL_ASSIGN(const Lens lens, parse_lens(name));
    lenses.push_back(lens);
  }
  return lenses;
}

Status run_ladder(const LadderArguments& arguments) {
  LL_ASSIGN(SweepOptions options, sweep_options(arguments));
  LL_TRY(check_documents(arguments.output, arguments.text.file));
  LL_ASSIGN(const std::string text, read_text(arguments.text));
  LL_ASSIGN(const Model model, Model::open(arguments.model.model, {.hash = arguments.model.hash}));
  LL_TRY(check_documents_against(model, arguments.output));
  if (!arguments.layers.empty()) {
    LL_ASSIGN(options.layers, parse_layers(arguments.layers, model.info().layers));
  }
  LL_ASSIGN(const std::vector<Lens> lenses, lenses_of(model));
  LL_ASSIGN(std::vector<LensTable> tables,
            of_text(arguments.text, sweep_lenses(model, text, options, lenses, !arguments.output.quiet)));
  LL_ASSIGN(const Ladder ladder, make_ladder(std::move(tables)));
  return write_documents(ladder, arguments.output, ladder.tables.back().notes);
}

}  // namespace

Command add_ladder(CLI::App& program) {
  auto arguments = std::make_shared<LadderArguments>();
  CLI::App* app =
      program.add_subcommand("ladder", "hold the lenses side by side: which step rescues the prediction");
  add_model_arguments(*app, arguments->model);
  add_text_arguments(*app, arguments->text);
  add_window_stride(*app, arguments->text);
  app->add_option("--mask", arguments->mask, "which positions to mask, as for sweep")->option_text("MASK");
  app->add_option("--layers", arguments->layers, "only these layers")->option_text("LAYERS");
  app->add_option("--target", arguments->targets, "look for these tokens: one for all rows, or one a row")
      ->option_text("TOKEN,..")
      ->allow_extra_args(false);
  app->add_option("--top", arguments->top, "how many of the most likely tokens to keep (5)")
      ->option_text("K");
  app->add_flag("--allow-nonfinite", arguments->allow_nonfinite, "accept NaN and infinity among the weights");
  arguments->output.has_page = true;
  add_document_arguments(*app, arguments->output);
  app->footer(kExamples);
  return {app, [arguments] { return run_ladder(*arguments); }};
}

}  // namespace logitlens
