// logitlens verify: does the engine say what the model says?
#include <memory>
#include <optional>
#include <string>

#include "command.h"
#include "logitlens/logitlens.h"
#include "options.h"
#include "output.h"

namespace logitlens {
namespace {

struct VerifyArguments {
  ModelArguments model;
  std::string against;
};

std::string describe(const VerifyReport& report) {
  std::string text;
  for (const Check& check : report.checks) {
    text += (check.passed ? "ok      " : "FAILED  ") + printable(check.name);
    text += (check.detail.empty() ? "" : ": ") + printable(check.detail) + "\n";
  }
  return text;
}

Status run_verify(const VerifyArguments& arguments) {
  LL_ASSIGN(const Model model, Model::open(arguments.model.model, {.hash = arguments.model.hash}));
  const auto golden = arguments.against.empty() ? std::nullopt : std::optional(arguments.against);
  LL_ASSIGN(const VerifyReport report, model.verify(golden, arguments.model.threads));
  LL_TRY(print(describe(report)));
  if (report.passed()) return ok_status();
  std::size_t failed = 0;
  for (const Check& check : report.checks) failed += check.passed ? 0 : 1;
  return Error{Code::bad_input,
               arguments.model.model,
               "verify",
               std::to_string(failed) + " of " + std::to_string(report.checks.size()) + " checks failed",
               "none",
               "",
               {}};
}

}  // namespace

Command add_verify(CLI::App& program) {
  auto arguments = std::make_shared<VerifyArguments>();
  CLI::App* app = program.add_subcommand(
      "verify", "check a model: same output by a separate path, tokens, finite weights");
  add_model_arguments(*app, arguments->model);
  app->add_option("--against", arguments->against, "compare with the tensors of this reference file")
      ->option_text("GOLDEN.safetensors");
  add_verbose(*app);
  app->footer(
      "Examples:\n"
      "  logitlens verify demo\n"
      "  logitlens verify my-bert --against golden.safetensors\n"
      "\n"
      "One line for each check, with its figure and bound. Exit code 3 if one failed.");
  return {app, [arguments] { return run_verify(*arguments); }};
}

}  // namespace logitlens
