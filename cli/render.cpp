// logitlens render: figures and documents from a saved table, without a second run.
#include <memory>
#include <string>
#include <vector>

#include "command.h"
#include "figure_options.h"
#include "logitlens/logitlens.h"
#include "options.h"
#include "output.h"

namespace logitlens {
namespace {

struct RenderArguments {
  std::string table, color = "auto", format;
  std::vector<std::string> outputs;
  FigureArguments figure;
  bool force = false, quiet = false;
};

constexpr const char* kExamples =
    "Examples:\n"
    "  logitlens sweep demo \"In the beginning God created the heaven and the earth.\" -o table.json\n"
    "  logitlens render table.json -o heatmap.svg -o heatmap.pdf\n"
    "  logitlens render table.json --figure text --theme dark -o text.png\n"
    "  logitlens render table.json --figure trajectories --positions 3,5 -o words.svg\n"
    "Exit codes: 0 done, 2 usage, 3 not a table, 4 reading or writing failed.";

Status run_render(const RenderArguments& arguments) {
  LL_ASSIGN(const FigureOptions figure, figure_options(arguments.figure));
  LL_ASSIGN(const Color color, choose_color(arguments.color));
  for (const std::string& output : arguments.outputs) {
    LL_TRY(check_table_suffix(output));
    LL_TRY(check_not_input(output, {arguments.table}));
    LL_TRY(check_output(output, arguments.force));
  }
  LL_ASSIGN(const LensTable table, read_table(arguments.table));
  return hand_over(table,
                   {arguments.outputs, arguments.format, arguments.force, arguments.quiet, color, figure});
}

}  // namespace

Command add_render(CLI::App& program) {
  auto arguments = std::make_shared<RenderArguments>();
  CLI::App* app = program.add_subcommand("render", "draw a table that sweep has saved, without a second run");
  app->add_option("TABLE", arguments->table, "what `sweep -o TABLE.json` wrote")
      ->option_text(" ")
      ->required();
  app->add_option("-o,--output", arguments->outputs, "write a file, format by its suffix; repeatable")
      ->option_text("FILE")
      ->allow_extra_args(false);
  add_figure_arguments(*app, arguments->figure);
  app->add_option("--format", arguments->format, "standard output: text, json, ndjson, csv, svg, png or pdf")
      ->option_text("FORMAT");
  app->add_flag("--force", arguments->force, "overwrite files that exist");
  app->add_option("--color", arguments->color, "auto, always or never (NO_COLOR is honoured)")
      ->option_text("WHEN");
  app->add_flag("--quiet", arguments->quiet, "no notes on standard error");
  add_verbose(*app);
  app->footer(kExamples + ("\n\n" + figure_help()));
  return {app, [arguments] { return run_render(*arguments); }};
}

}  // namespace logitlens
