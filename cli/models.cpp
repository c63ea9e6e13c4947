// logitlens models: what can be opened without a path.
#include <algorithm>
#include <string>

#include "command.h"
#include "logitlens/logitlens.h"
#include "options.h"
#include "output.h"

namespace logitlens {
namespace {

Status run_models() {
  const std::vector<KnownModel> models = known_models();
  std::size_t widest = 0;
  for (const KnownModel& model : models) widest = std::max(widest, printable(model.id).size());
  std::string text;
  for (const KnownModel& model : models) {
    const std::string id = printable(model.id);
    text += id + std::string(widest + 2 - id.size(), ' ') + printable(model.description);
    if (!model.revision.empty()) text += ", revision " + printable(model.revision);
    if (!model.path.empty() && model.path != model.id) text += " (" + printable(model.path) + ")";
    text += "\n";
  }
  return print(text);
}

}  // namespace

Command add_models(CLI::App& program) {
  CLI::App* app = program.add_subcommand("models", "list the models that can be named without a path");
  add_verbose(*app);
  app->footer(
      "Example:\n"
      "  logitlens models\n"
      "\n"
      "One line a model: what MODEL may be, what it is, where it lies. The embedded model is always there,\n"
      "the others are in the hub cache (HF_HUB_CACHE, HF_HOME, ~/.cache/huggingface) and can be opened.\n"
      "Any other model is named by its directory.");
  return {app, run_models};
}

}  // namespace logitlens
