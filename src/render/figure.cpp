#include "render/figure.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "analysis/layer_outputs.h"
#include "base/no_throw.h"
#include "render/figure_frame.h"
#include "render/table_words.h"

namespace logitlens {
namespace {

template <class List, class Name>
std::string joined(const List& list, Name name) {
  std::string names;
  for (const auto& one : list) names += (names.empty() ? "" : ", ") + name(one);
  return names;
}

const Figure* find_figure(std::string_view name) {
  for (const Figure& figure : figure_registry())
    if (figure.info.name == name) return &figure;
  return nullptr;
}

bool can_be_drawn(const StatisticInfo& info) {
  return info.kind != StatisticInfo::Kind::token && info.name != "top";
}

std::vector<StatisticInfo> drawable_statistics() {
  std::vector<StatisticInfo> all;
  std::ranges::copy_if(statistics(), std::back_inserter(all), can_be_drawn);
  return all;
}

// What the figure needs is among `statistics` (empty: all are there).
Status check_needs(const Figure& figure, const FigureOptions& options,
                   const std::vector<std::string>& statistics) {
  std::vector<std::string> needs = figure.info.statistics;
  if (!figure.default_statistic.empty())
    needs.push_back(options.statistic.empty() ? figure.default_statistic : options.statistic);
  for (const std::string& need : needs) {
    if (statistics.empty() || std::ranges::find(statistics, need) != statistics.end()) continue;
    return usage_error("figure " + figure.info.name, "a table without " + need, "a table with it",
                       "Sweep with " + need + " among --stats, or choose another figure");
  }
  return ok_status();
}

std::vector<std::string> statistics_of(const LensTable& table) {
  std::vector<std::string> names = {"top"};  // never empty, which would mean all
  if (!table.rows().empty())
    for (const Series& series : table.rows().front().series) names.push_back(series.info->name);
  return names;
}

Result<std::vector<const Row*>> chosen_rows(const LensTable& table, const std::vector<int>& positions) {
  std::vector<const Row*> rows;
  for (const Row& row : table.rows())
    if (positions.empty() || std::ranges::find(positions, row.position) != positions.end())
      rows.push_back(&row);
  for (const int position : positions) {
    if (std::ranges::any_of(rows, [&](const Row* row) { return row->position == position; })) continue;
    return usage_error("position", fmt::format("{}", position),
                       "one of the table's rows: " + joined(table.rows(), [](const Row& row) {
                         return fmt::format("{}", row.position);
                       }));
  }
  return rows;
}

std::string default_statistic_of(const Figure& figure, const std::vector<const Row*>& rows) {
  const bool has_target =
      std::ranges::any_of(rows, [](const Row* row) { return row->target_id.has_value(); });
  return has_target || figure.without_target.empty() ? figure.default_statistic : figure.without_target;
}

}  // namespace

const std::vector<Figure>& figure_registry() {
  static const std::vector<Figure> all = {
      {{"heatmap",
        "a statistic of every token at every layer, dark to yellow (--stat, z of the best token)",
        {}},
       "best_z",
       "",
       draw_heatmap},
      {{"panels",
        "log-probability of the target and of the best token, and their slopes against the square root of "
        "the "
        "layer",
        {"best_logprob", "target_logprob"}},
       "",
       "",
       draw_panels,
       true},
      {{"text",
        "the best token of every layer in its cell, the text's own below",
        {"best_id", "best_logprob"}},
       "",
       "",
       draw_text_heatmap},
      {{"laminar",
        "the text layer by layer with the layer's guess in its place",
        {"best_id", "target_logprob"}},
       "",
       "",
       draw_laminar,
       true},
      {{"trajectories", "a statistic against the layer, a line for each word (--stat, z of the target)", {}},
       "target_z",
       "best_z",
       draw_trajectories,
       true},
  };
  return all;
}

const std::vector<FigureInfo>& figures() {
  static const std::vector<FigureInfo> infos = [] {
    std::vector<FigureInfo> all;
    for (const Figure& figure : figure_registry()) all.push_back(figure.info);
    return all;
  }();
  return infos;
}

Status check_figure(const FigureOptions& options, const std::vector<std::string>& statistics) {
  return no_throw([&]() -> Status {
    const Figure* figure = find_figure(options.name);
    if (figure == nullptr) {
      return usage_error("figure", options.name,
                         joined(figures(), [](const FigureInfo& info) { return info.name; }));
    }
    if (options.width != 0 && (options.width < 320 || options.width > 8000))
      return usage_error("width", fmt::format("{}", options.width), "320 to 8000 px");
    if (!options.statistic.empty()) {
      if (figure->default_statistic.empty()) {
        return usage_error(
            "figure " + options.name, "a statistic to draw: " + options.statistic, "none",
            "It shows " + joined(figure->info.statistics, [](const std::string& name) { return name; }));
      }
      const StatisticInfo* info = find_statistic(options.statistic);
      if (info == nullptr || !can_be_drawn(*info)) {
        return usage_error("statistic", options.statistic,
                           joined(drawable_statistics(), [](const StatisticInfo& one) { return one.name; }));
      }
    }
    return check_needs(*figure, options, statistics);
  });
}

Result<Canvas> draw_figure(const LensTable& whole, const FigureOptions& options) {
  LL_TRY(check_figure(options, {}));
  const Figure* figure = find_figure(options.name);
  std::optional<LensTable> outputs;
  if (figure->outputs_only && has_inner_states(whole)) outputs = layer_outputs(whole);
  const LensTable& table = outputs ? *outputs : whole;
  LL_ASSIGN(const std::vector<const Row*> rows, chosen_rows(table, options.positions));
  const Palette& palette = palette_of(options.theme);
  LL_ASSIGN(Canvas canvas, Canvas::create(palette.paper));
  FigureInput input{canvas, table, options, palette, rows};
  if (input.options.statistic.empty()) input.options.statistic = default_statistic_of(*figure, rows);
  if (rows.empty() || table.layers.empty()) {
    draw_nothing(input);
  } else {
    LL_TRY(check_needs(*figure, input.options, statistics_of(table)));
    LL_TRY(figure->draw(input));
  }
  return canvas;
}

const Palette& palette_of(Theme theme) {
  static const Palette light = {
      {0xff, 0xff, 0xff}, {0x1c, 0x1c, 0x21}, {0x63, 0x66, 0x70}, {0xe4, 0xe5, 0xea}};
  static const Palette dark = {
      {0x17, 0x17, 0x1c}, {0xec, 0xec, 0xf0}, {0xa2, 0xa5, 0xb0}, {0x3a, 0x3b, 0x45}};
  return theme == Theme::dark ? dark : light;
}

}  // namespace logitlens
