// The program: options to a command, its outcome to an exit code (docs/commands.md). No exception leaves it.
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <exception>
#include <new>
#include <sstream>
#include <string>
#include <vector>

#include "command.h"
#include "logitlens/logitlens.h"
#include "output.h"
#include "signals.h"

namespace logitlens {
namespace {

int report(const Error& error, bool verbose) {
  std::fprintf(stderr, "error: %s\n", error.message(verbose).c_str());
  return static_cast<int>(error.code);
}

int finish(const Status& status, bool verbose = false) {
  return status.ok() ? 0 : report(status.error(), verbose);
}

// What the option parser objects to, in one line, and where to look.
int report_usage(const std::string& complaint, const std::string& command) {
  const std::string help = command.empty() ? "logitlens --help" : "logitlens " + command + " --help";
  std::fprintf(stderr, "error: %s. Run `%s`\n", printable(complaint).c_str(), help.c_str());
  return static_cast<int>(Code::usage);
}

// The parser's own words for a missing command name something the user has not heard of.
std::string in_our_words(const CLI::App& program, const CLI::ParseError& error) {
  const bool no_command =
      program.get_subcommands().empty() && dynamic_cast<const CLI::RequiredError*>(&error) != nullptr;
  if (!no_command) return error.what();
  std::string names;
  for (const CLI::App* command : program.get_subcommands([](const CLI::App*) { return true; })) {
    names += (names.empty() ? "" : ", ") + command->get_name();
  }
  return "expected a command: " + names;
}

std::string chosen_command(const CLI::App& program) {
  const auto chosen = program.get_subcommands();
  return chosen.empty() ? "" : chosen.front()->get_name();
}

// Help and version are "errors" to the parser; they go to standard output.
int finish_parsing(const CLI::App& program, const CLI::ParseError& error) {
  if (error.get_exit_code() != 0) return report_usage(in_our_words(program, error), chosen_command(program));
  std::ostringstream out, unused;
  program.exit(error, out, unused);
  return finish(print(out.str()));
}

// An empty value is a script's variable that was never set, and would pass for an option left out. Texts may be empty.
void refuse_empty_values(CLI::App& program) {
  const CLI::Validator filled(
      [](const std::string& value) { return value.empty() ? "found \"\", expected a value" : ""; }, "");
  for (CLI::App* command : program.get_subcommands([](const CLI::App*) { return true; }))
    for (CLI::Option* option : command->get_options()) {
      const bool is_text = option->get_name() == "TEXT" || option->get_name() == "--second";
      const bool is_flag = option->get_items_expected_max() == 0;
      if (!is_text && !is_flag) option->transform(filled);  // before the option's own check
    }
}

int run(int argc, char** argv) {
  CLI::App program(
      "What a masked language model would say at every layer: the logit lens through the whole prediction "
      "head.",
      "logitlens");
  program.set_version_flag("--version", "logitlens " + std::string(version()));
  program.get_formatter()->column_width(34);
  program.require_subcommand(1);
  program.footer(
      "Try:\n"
      "  logitlens sweep demo \"In the beginning God created the heaven and the earth.\"\n"
      "`logitlens COMMAND --help` tells more about each command.");
  const std::vector<Command> commands = {add_sweep(program),  add_trace(program),   add_ladder(program),
                                         add_render(program), add_dump(program),    add_inspect(program),
                                         add_verify(program), add_convert(program), add_models(program)};
  refuse_empty_values(program);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return finish_parsing(program, error);
  }
  for (const Command& command : commands) {
    if (command.app->parsed()) return finish(command.run(), command.app->count("--verbose") > 0);
  }
  return report_usage("no command", "");
}

}  // namespace
}  // namespace logitlens

int main(int argc, char** argv) {
  logitlens::install_signal_handlers();
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is seen where it is written to, after files have been saved
  try {
    return logitlens::run(argc, argv);
  } catch (const std::bad_alloc&) {
    std::fputs("error: not enough memory. Use a shorter text, fewer --threads, or a machine with more\n",
               stderr);
    return static_cast<int>(logitlens::Code::memory);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "error: internal: %s\n", error.what());
  } catch (...) {
    std::fputs("error: internal: unknown exception\n", stderr);
  }
  return static_cast<int>(logitlens::Code::internal);
}
