// A command of the program: its options, declared when the program starts, and what it does once they are
// parsed.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

#include "logitlens/status.h"

namespace logitlens {

struct Command {
  CLI::App* app = nullptr;
  std::function<Status()> run;
};

// One file each. The returned `run` owns the values of the options.
Command add_sweep(CLI::App& program);
Command add_trace(CLI::App& program);
Command add_ladder(CLI::App& program);
Command add_render(CLI::App& program);
Command add_dump(CLI::App& program);
Command add_inspect(CLI::App& program);
Command add_verify(CLI::App& program);
Command add_convert(CLI::App& program);
Command add_models(CLI::App& program);

}  // namespace logitlens
