// How figures are drawn: the options that every command with -o FILE.svg, .png or .pdf has.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "logitlens/report.h"

namespace logitlens {

struct FigureArguments {
  std::string name = FigureOptions{}.name, statistic, positions, theme = "light";
  int width = 0;
};
void add_figure_arguments(CLI::App& app, FigureArguments& arguments);
void add_paper_arguments(CLI::App& app, FigureArguments& arguments);  // theme and width alone

Result<FigureOptions> figure_options(const FigureArguments& arguments);

// Whether any of these outputs is a figure.
bool draws_figure(const std::vector<std::string>& files, std::string_view format);

// "heatmap   a statistic of every ...", a line each, for the end of --help.
std::string figure_help();

}  // namespace logitlens
