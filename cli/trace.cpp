// logitlens trace: a statistic against layer, as lines, the knee marked.
#include <charconv>
#include <memory>
#include <string>
#include <vector>

#include "command.h"
#include "document_output.h"
#include "logitlens/logitlens.h"
#include "options.h"
#include "statistics_help.h"

namespace logitlens {
namespace {

struct TraceArguments {
  ModelArguments model;
  TextArguments text;
  DocumentArguments output;
  std::string mask, lens = "full", layers, positions, statistic = TraceOptions{}.statistic,
                    words = "final,target";
  std::vector<std::string> targets, tokens;
  bool allow_nonfinite = false;
};

constexpr const char* kExamples =
    "Examples:\n"
    "  logitlens trace demo \"In the beginning God created the heaven and the earth.\" --position 3,6\n"
    "  logitlens trace demo \"In the beginning God created the heaven and the earth.\" --position 4 --token "
    "lord,god\n"
    "  logitlens trace bert-base \"Hello I'm a [MASK] model.\" --words final,best --lens full,raw\n"
    "  logitlens trace bert-base --file text.txt --stat entropy -o trace.json -o trace.csv\n"
    "\n"
    "--words: target, the token that was masked; final, what is most likely at the last layer; best, every "
    "token that\n"
    "is most likely at any layer. Tokens of --token get a line too, at every layer with their exact values, "
    "however\n"
    "far down the list they are. They are written as the vocabulary has them; the comma by itself is --token "
    ",\n"
    "The text and the figures show 8 positions; the other formats hold all.\n"
    "Exit codes: 0 done, 2 usage, 3 bad input, 4 reading or writing failed.";

Result<std::vector<int>> parse_positions(const std::string& list) {
  LL_ASSIGN(const std::vector<std::string> items, split_list("--position", list));
  std::vector<int> positions;
  for (const std::string& item : items) {
    int position = 0;
    const auto [end, error] = std::from_chars(item.data(), item.data() + item.size(), position);
    if (error != std::errc() || end != item.data() + item.size() || position < 0)
      return usage_error("--position", item, "positions as 3 or 3,8, with commas between");
    positions.push_back(position);
  }
  return positions;
}

Result<std::vector<Lens>> parse_lenses(const std::string& list) {
  LL_ASSIGN(const std::vector<std::string> names, split_list("--lens", list));
  std::vector<Lens> lenses;
  for (const std::string& name : names) {
    LL_ASSIGN(const Lens lens, parse_lens(name));
    for (const Lens earlier : lenses)
      if (earlier == lens) return usage_error("--lens", name + " twice", "each lens once");
    lenses.push_back(lens);
  }
  return lenses;
}

Result<std::vector<std::string>> join_lists(std::string_view option, const std::vector<std::string>& lists) {
  std::vector<std::string> all;
  for (const std::string& list : lists) {
    LL_ASSIGN(const std::vector<std::string> items, split_list(option, list));
    all.insert(all.end(), items.begin(), items.end());
  }
  return all;
}

struct Words {
  bool final_best = false, target = false, best = false;
};
Result<Words> parse_words(const std::string& list) {
  LL_ASSIGN(const std::vector<std::string> names, split_list("--words", list));
  Words words;
  for (const std::string& name : names) {
    if (name == "final")
      words.final_best = true;
    else if (name == "target")
      words.target = true;
    else if (name == "best")
      words.best = true;
    else
      return usage_error("--words", name, "some of final, target, best");
  }
  return words;
}

// Everything that can be told without the model.
Result<SweepOptions> sweep_options(const TraceArguments& arguments) {
  SweepOptions options;
  if (!arguments.mask.empty()) {
    LL_ASSIGN(options.mask, parse_mask(arguments.mask));
  }
  if (!arguments.positions.empty()) {
    LL_ASSIGN(options.positions, parse_positions(arguments.positions));
  }
  LL_ASSIGN(options.targets, join_lists("--target", arguments.targets));
  LL_ASSIGN(options.tracked, join_lists("--token", arguments.tokens));
  LL_TRY(apply_text_options(arguments.text, options));
  options.track_best = true;
  options.threads = arguments.model.threads;
  options.allow_nonfinite = arguments.allow_nonfinite;
  return options;
}

Status check_statistic(const std::string& name) {
  const std::vector<StatisticInfo> known = trace_statistics();
  for (const StatisticInfo& info : known)
    if (info.name == name) return ok_status();
  return usage_error("--stat", name, "one of " + statistic_names(known));
}

Status run_trace(const TraceArguments& arguments) {
  LL_ASSIGN(SweepOptions options, sweep_options(arguments));
  LL_ASSIGN(const std::vector<Lens> lenses, parse_lenses(arguments.lens));
  LL_ASSIGN(const Words words, parse_words(arguments.words));
  LL_TRY(check_statistic(arguments.statistic));
  LL_TRY(check_documents(arguments.output, arguments.text.file));
  LL_ASSIGN(const std::string text, read_text(arguments.text));
  LL_ASSIGN(const Model model, Model::open(arguments.model.model, {.hash = arguments.model.hash}));
  LL_TRY(check_documents_against(model, arguments.output));
  if (!arguments.layers.empty()) {
    LL_ASSIGN(options.layers, parse_layers(arguments.layers, model.info().layers));
  }
  LL_ASSIGN(const std::vector<LensTable> tables,
            of_text(arguments.text, sweep_lenses(model, text, options, lenses, !arguments.output.quiet)));
  const TraceOptions chosen{arguments.statistic, words.target, words.final_best, words.best};
  LL_ASSIGN(const Trace trace, make_trace(tables, chosen, options.tracked));
  return write_documents(trace, arguments.output, trace.notes);
}

}  // namespace

Command add_trace(CLI::App& program) {
  auto arguments = std::make_shared<TraceArguments>();
  CLI::App* app =
      program.add_subcommand("trace", "draw a statistic against layer, as lines, and mark the knee");
  add_model_arguments(*app, arguments->model);
  add_text_arguments(*app, arguments->text);
  add_window_stride(*app, arguments->text);
  app->add_option("--position", arguments->positions, "only these of the positions that are masked")
      ->option_text("POS,..");
  app->add_option("--stat", arguments->statistic, "what to draw (listed below)")->option_text("NAME");
  app->add_option("--words", arguments->words, "whose lines: final, target, best (final,target)")
      ->option_text("LIST");
  app->add_option("--token", arguments->tokens, "lines of these tokens too; repeatable")
      ->option_text("TOKEN,..")
      ->allow_extra_args(false);
  app->add_option("--lens", arguments->lens, "full, norm, bias, raw: one, or several at once")
      ->option_text("LENS,..");
  app->add_option("--mask", arguments->mask, "which positions to mask, as for sweep")->option_text("MASK");
  app->add_option("--layers", arguments->layers, "only these layers")->option_text("LAYERS");
  app->add_option("--target", arguments->targets, "look for these tokens: one for all rows, or one a row")
      ->option_text("TOKEN,..")
      ->allow_extra_args(false);
  app->add_flag("--allow-nonfinite", arguments->allow_nonfinite, "accept NaN and infinity among the weights");
  add_document_arguments(*app, arguments->output);
  app->footer(std::string(kExamples) + "\n\n" + statistics_help(trace_statistics()) +
              "z, logprob and logit are of each word, the others of each row.");
  return {app, [arguments] { return run_trace(*arguments); }};
}

}  // namespace logitlens
