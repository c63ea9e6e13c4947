// logitlens dump: hidden states of every layer as a safetensors file.
#include <memory>
#include <string>

#include "command.h"
#include "logitlens/logitlens.h"
#include "options.h"
#include "output.h"

namespace logitlens {
namespace {

struct DumpArguments {
  ModelArguments model;
  TextArguments text;
  std::string output, taps = "layer";
  bool force = false;
};

Status run_dump(const DumpArguments& arguments) {
  LL_ASSIGN(const Taps taps, parse_taps(arguments.taps));
  LL_ASSIGN(const MaxLength max_length, parse_max_length(arguments.text.max_length));
  if (max_length == MaxLength::window)
    return usage_error("--max-length", "window", "refuse or truncate: it is one pass");
  if (!arguments.output.ends_with(".safetensors"))
    return usage_error("--output", arguments.output, "a name that ends in .safetensors");
  if (!arguments.text.file.empty()) LL_TRY(check_not_input(arguments.output, {arguments.text.file}));
  LL_TRY(check_output(arguments.output, arguments.force));
  LL_ASSIGN(const std::string text, read_text(arguments.text));
  LL_ASSIGN(const Model model, Model::open(arguments.model.model, {.hash = arguments.model.hash}));
  LL_TRY(check_not_input(arguments.output, files_of(model)));
  LL_ASSIGN(const HiddenStates states,
            of_text(arguments.text, model.hidden_states(text, max_length, arguments.model.threads,
                                                        arguments.text.second, taps)));
  return save_hidden_states(states, arguments.output, arguments.force);
}

}  // namespace

Command add_dump(CLI::App& program) {
  auto arguments = std::make_shared<DumpArguments>();
  CLI::App* app =
      program.add_subcommand("dump", "write the hidden states of every layer to a safetensors file");
  add_model_arguments(*app, arguments->model);
  add_text_arguments(*app, arguments->text);
  app->add_option("-o,--output", arguments->output, "the safetensors file to write")
      ->option_text("FILE")
      ->required();
  add_taps(*app, arguments->taps);
  app->add_flag("--force", arguments->force, "overwrite a file that exists");
  add_verbose(*app);
  app->footer(
      "Example:\n"
      "  logitlens dump demo \"In the beginning\" -o states.safetensors\n"
      "\n"
      "Nothing is masked. The file holds `hidden_states` [layers + 1, tokens, hidden], F32, layer 0 being\n"
      "the output of the embeddings, and `text_ids` and `token_type_ids` [tokens], I64. --taps adds\n"
      "`attention`, `attention_norm` and `feed_forward` [layers, tokens, hidden], block 1 first.");
  return {app, [arguments] { return run_dump(*arguments); }};
}

}  // namespace logitlens
