#include "figure_options.h"

#include <charconv>
#include <utility>

#include "options.h"

namespace logitlens {
namespace {

Result<std::vector<int>> parse_positions(const std::string& list) {
  LL_ASSIGN(const std::vector<std::string> items, split_list("--positions", list));
  std::vector<int> positions;
  for (const std::string& item : items) {
    int position = -1;
    const auto [end, error] = std::from_chars(item.data(), item.data() + item.size(), position);
    if (error != std::errc() || end != item.data() + item.size() || position < 0)
      return usage_error("--positions", item, "positions as 3 or 3,8");
    positions.push_back(position);
  }
  return positions;
}

}  // namespace

void add_figure_arguments(CLI::App& app, FigureArguments& arguments) {
  app.add_option("--figure", arguments.name, "what .svg, .png and .pdf show (listed below)")
      ->option_text("NAME");
  app.add_option("--stat", arguments.statistic, "the statistic a figure shows, where it shows any")
      ->option_text("NAME");
  app.add_option("--positions", arguments.positions, "only these positions in a figure")
      ->option_text("POS,..");
  add_paper_arguments(app, arguments);
}

void add_paper_arguments(CLI::App& app, FigureArguments& arguments) {
  app.add_option("--theme", arguments.theme, "light or dark paper")->option_text("light|dark");
  app.add_option("--width", arguments.width, "width of a figure; a PNG has two pixels to each px")
      ->option_text("PX");
}

Result<FigureOptions> figure_options(const FigureArguments& arguments) {
  FigureOptions options;
  options.name = arguments.name;
  options.statistic = arguments.statistic;
  if (!arguments.positions.empty()) {
    LL_ASSIGN(options.positions, parse_positions(arguments.positions));
  }
  if (arguments.theme != "light" && arguments.theme != "dark")
    return usage_error("--theme", arguments.theme, "light or dark");
  options.theme = arguments.theme == "dark" ? Theme::dark : Theme::light;
  options.width = arguments.width;
  LL_TRY(check_figure(options, {}));
  return options;
}

bool draws_figure(const std::vector<std::string>& files, std::string_view format) {
  for (const std::string_view name : {"svg", "png", "pdf"}) {
    if (format == name) return true;
    for (const std::string& file : files)
      if (file.ends_with("." + std::string(name))) return true;
  }
  return false;
}

std::string figure_help() {
  std::string help = "Figures:";
  for (const FigureInfo& figure : figures())
    help += "\n  " + figure.name + std::string(figure.name.size() < 14 ? 14 - figure.name.size() : 1, ' ') +
            figure.description;
  return help;
}

}  // namespace logitlens
