// logitlens sweep: the experiment, to the terminal and into files.
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "command.h"
#include "figure_options.h"
#include "logitlens/logitlens.h"
#include "options.h"
#include "output.h"
#include "progress.h"
#include "statistics_help.h"

namespace logitlens {
namespace {

struct SweepArguments {
  ModelArguments model;
  TextArguments text;
  std::string mask, lens = "full", taps = "layer", statistics, layers, class_file, color = "auto", format,
                    precision = "f32", logits = "auto";
  std::vector<std::string> targets, outputs;
  FigureArguments figure;
  int top = SweepOptions{}.top;
  bool force = false, quiet = false, allow_nonfinite = false;
};

constexpr const char* kExamples =
    "Examples:\n"
    "  logitlens sweep demo \"In the beginning God created the heaven and the earth.\"\n"
    "  logitlens sweep bert-base \"Hello I'm a [MASK] model.\" --format json | jq .rows[0].best\n"
    "  logitlens sweep bert-base --file text.txt --mask 3,5 --lens raw -o table.json -o report.html\n"
    "  logitlens sweep bert-base \"the keys are here\" --mask 3+4 --layers 6- --target is,are\n"
    "\n"
    "MASK is each (every token of the text in turn), words (all pieces of a word at once), none, positions\n"
    "each alone (3,5) or together (3+7); position 0 is the first special token. A text that holds the mask\n"
    "token itself is, without --mask, masked there only. For decoders it is none: each position predicts "
    "the\n"
    "next token.\n"
    "--max-length window reads a long text in overlapping windows, by default half a window apart, and "
    "takes\n"
    "each position from the window where it has most context.\n"
    "LAYERS are numbers and ranges: 0-12, 3,5,8, 6- (to the last). 0 is the output of the embeddings, k "
    "that\n"
    "of block k.\n"
    "TOKEN is written as the vocabulary has it; the comma by itself is --target ,\n"
    "A TEXT that starts with - goes after --.\n"
    "Exit codes: 0 done, 2 usage, 3 bad input, 4 reading or writing failed.";

Status check_statistics(const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    bool known = false;
    for (const StatisticInfo& info : statistics()) known = known || info.name == name;
    if (!known) return usage_error("--stats", name, statistic_names(statistics()));
  }
  return ok_status();
}

// Everything that can be told without the model; --layers needs to know the last one.
Result<SweepOptions> sweep_options(const SweepArguments& arguments) {
  SweepOptions options;
  LL_ASSIGN(options.precision, parse_precision(arguments.precision));
  if (!arguments.mask.empty()) {
    LL_ASSIGN(options.mask, parse_mask(arguments.mask));
  }
  LL_ASSIGN(options.lens, parse_lens(arguments.lens));
  LL_ASSIGN(options.taps, parse_taps(arguments.taps));
  LL_ASSIGN(options.logits, parse_logits(arguments.logits));
  if (!arguments.statistics.empty()) {
    LL_ASSIGN(options.statistics, split_list("--stats", arguments.statistics));
    LL_TRY(check_statistics(options.statistics));
  }
  for (const std::string& list : arguments.targets) {
    LL_ASSIGN(const std::vector<std::string> targets, split_list("--target", list));
    options.targets.insert(options.targets.end(), targets.begin(), targets.end());
  }
  LL_TRY(apply_text_options(arguments.text, options));
  if (!arguments.class_file.empty()) {
    LL_ASSIGN(options.classes, read_word_classes(arguments.class_file));
  }
  options.top = arguments.top;
  options.threads = arguments.model.threads;
  options.allow_nonfinite = arguments.allow_nonfinite;
  return options;
}

// Before the model runs: nothing is computed that could not be handed over.
Status check_outputs(const SweepArguments& arguments) {
  for (const std::string& output : arguments.outputs) {
    LL_TRY(check_table_suffix(output));
    for (const std::string& input : {arguments.text.file, arguments.class_file})
      if (!input.empty()) LL_TRY(check_not_input(output, {input}));
    LL_TRY(check_output(output, arguments.force));
  }
  if (arguments.format.empty()) return ok_status();
  const auto empty = render(LensTable{}, arguments.format);
  return empty.ok() ? ok_status() : Status(empty.error());
}

Status check_outputs_against(const Model& model, const SweepArguments& arguments) {
  if (arguments.outputs.empty()) return ok_status();
  const std::vector<std::string> files = files_of(model);
  for (const std::string& output : arguments.outputs) LL_TRY(check_not_input(output, files));
  return ok_status();
}

std::string run_note(const RunInfo& run) {
  return "threads " + std::to_string(run.threads) + ", instruction set " + run.isa + ", matrix products by " +
         run.gemm + ", " + std::to_string(run.wall_s) + " s";
}

Result<LensTable> sweep_with_progress(const Model& model, const std::string& text, SweepOptions options,
                                      bool wanted) {
  ProgressLine line(wanted);
  options.progress = [&line](std::size_t done, std::size_t total) { line.show(done, total); };
  return model.sweep(text, options);
}

Status run_sweep(const SweepArguments& arguments, bool verbose) {
  LL_ASSIGN(SweepOptions options, sweep_options(arguments));
  LL_ASSIGN(const Color color, choose_color(arguments.color));
  LL_ASSIGN(const FigureOptions figure, figure_options(arguments.figure));
  if (draws_figure(arguments.outputs, arguments.format)) LL_TRY(check_figure(figure, options.statistics));
  LL_TRY(check_outputs(arguments));
  LL_ASSIGN(const std::string text, read_text(arguments.text));
  LL_ASSIGN(const Model model, Model::open(arguments.model.model, {.hash = arguments.model.hash}));
  LL_TRY(check_outputs_against(model, arguments));
  if (!arguments.layers.empty()) {
    LL_ASSIGN(options.layers, parse_layers(arguments.layers, model.info().layers));
  }

  LL_ASSIGN(const LensTable table,
            of_text(arguments.text, sweep_with_progress(model, text, options, !arguments.quiet)));
  LL_TRY(hand_over(table,
                   {arguments.outputs, arguments.format, arguments.force, arguments.quiet, color, figure}));
  if (verbose) print_notes({run_note(table.run)});
  return ok_status();
}

}  // namespace

Command add_sweep(CLI::App& program) {
  auto arguments = std::make_shared<SweepArguments>();
  CLI::App* app =
      program.add_subcommand("sweep", "mask the tokens of a text and show what every layer would say there");
  add_model_arguments(*app, arguments->model);
  add_text_arguments(*app, arguments->text);
  add_window_stride(*app, arguments->text);
  app->add_option("--mask", arguments->mask, "which positions to mask: each, words, none, 3,5 or 3+7")
      ->option_text("MASK");
  app->add_option("--lens", arguments->lens,
                  "how much of the prediction head: full, norm, final_norm, bias or raw")
      ->option_text("LENS");
  add_taps(*app, arguments->taps);
  app->add_option("--stats", arguments->statistics, "only these statistics (listed below)")
      ->option_text("NAME,..");
  app->add_option("--layers", arguments->layers, "only these layers")->option_text("LAYERS");
  app->add_option("--target", arguments->targets, "look for these tokens: one for all rows, or one a row")
      ->option_text("TOKEN,..")
      ->allow_extra_args(false);
  app->add_option("--class-file", arguments->class_file,
                  "grammar words, one a line (English without it), against all others")
      ->option_text("FILE");
  app->add_option("--top", arguments->top, "how many of the most likely tokens to keep (5)")
      ->option_text("K");
  app->add_option("-o,--output", arguments->outputs, "write a file, format by its suffix; repeatable")
      ->option_text("FILE")
      ->allow_extra_args(false);
  app->add_option("--format", arguments->format,
                  "standard output: text, json, ndjson, csv, html, svg, png or pdf")
      ->option_text("FORMAT");
  add_figure_arguments(*app, arguments->figure);
  app->add_flag("--force", arguments->force, "overwrite files that exist");
  app->add_option("--logits", arguments->logits,
                  "auto, all, or screened: only those that the statistics of --stats need")
      ->option_text("WHICH");
  app->add_option("--precision", arguments->precision,
                  "what the blocks' dense products are computed in; int8: faster, by AVX-512 VNNI, and the "
                  "result says what "
                  "that changed")
      ->option_text("f32|int8");
  app->add_flag("--allow-nonfinite", arguments->allow_nonfinite, "accept NaN and infinity among the weights");
  app->add_option("--color", arguments->color, "auto, always or never (NO_COLOR is honoured)")
      ->option_text("WHEN");
  app->add_flag("--quiet", arguments->quiet, "no notes on standard error");
  add_verbose(*app, "say how it was computed; list all in errors");
  app->footer(std::string(kExamples) + "\n\n" + statistics_help(statistics()) + "\n\n" + figure_help());
  return {app, [arguments, app] { return run_sweep(*arguments, app->count("--verbose") > 0); }};
}

}  // namespace logitlens
