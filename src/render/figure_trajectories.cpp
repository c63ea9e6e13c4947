// A statistic against the layer, a line for each word, its knee marked.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "render/figure_plot.h"

namespace logitlens {
namespace {

constexpr std::size_t kChosen = 8, kMost = 24;  // lines by themselves, and if asked for
constexpr double kHeight = 340, kGraph = 700, kNames = 170, kValues = 46;

double rise(const Row& row, std::string_view statistic) {
  const std::span<const double> values = row.values(statistic);
  if (values.empty() || !std::isfinite(values.front()) || !std::isfinite(values.back())) return 0;
  return values.back() - values.front();
}

// Those with the strongest knee, then the largest rise, in the order of the text.
std::vector<const Row*> choose_rows(const FigureInput& input) {
  std::vector<const Row*> rows = input.rows;
  if (!input.options.positions.empty() || rows.size() <= kChosen) return rows;
  const auto strength = [](const Row* row) {
    return row->settling.knee ? row->settling.knee->strength : 0.0;
  };
  std::ranges::stable_sort(rows, [&](const Row* a, const Row* b) {
    if (strength(a) != strength(b)) return strength(a) > strength(b);
    return rise(*a, input.options.statistic) > rise(*b, input.options.statistic);
  });
  rows.resize(kChosen);
  std::ranges::stable_sort(
      rows, {}, [&](const Row* row) { return std::ranges::find(input.rows, row) - input.rows.begin(); });
  return rows;
}

// The knee is one of z: it is marked where z is drawn, and of the token it belongs to.
std::optional<int> knee_layer(const Row& row, std::string_view statistic) {
  const std::optional<Knee>& knee = row.settling.knee;
  if (!knee || statistic != (row.target_id ? "target_z" : "best_z")) return std::nullopt;
  return knee->layer;
}

std::string line_name(const FigureInput& input, const Row& row, bool with_position) {
  std::string name = token_text(input.table, row);
  if (with_position) name += fmt::format("  ({})", row.position);
  return name;
}

// Px from one name to the next.
double name_distance(FigureInput& input, const std::vector<const Row*>& rows) {
  double tallest = 13;
  for (const Row* row : rows)
    tallest = std::max(tallest, input.canvas.ink_height_of(line_name(input, *row, true), kTextFont));
  return tallest + 2;
}

// Names at the lines' ends, moved apart, with a thin line back to where they belong.
void draw_names(FigureInput& input, const Plot& plot, const std::vector<const Row*>& rows,
                std::span<const Rgb> colors) {
  std::vector<double> ends;
  for (const Row* row : rows) {
    const std::span<const double> values = row->values(input.options.statistic);
    const std::size_t last = end_of_curve(values);
    ends.push_back(last > 0 ? plot.y(values[last - 1]) : plot.area.bottom());
  }
  const std::vector<double> middles =
      spread(ends, name_distance(input, rows), plot.area.y, plot.area.bottom());
  std::vector<std::string> words;
  for (const Row* row : rows) words.push_back(token_text(input.table, *row));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Rgb color = colors[i % colors.size()];
    input.canvas.line({{plot.area.right() + 4, ends[i]}, {plot.area.right() + 16, middles[i]}}, 1, color);
    input.canvas.text({.at = {plot.area.right() + 21, baseline_at(middles[i], kTextFont)},
                       .text = line_name(input, *rows[i], std::ranges::count(words, words[i]) > 1),
                       .font = kTextFont,
                       .color = color,
                       .max_width = kNames - 21});
  }
}

}  // namespace

Status draw_trajectories(FigureInput& input) {
  const StatisticInfo& info = *find_statistic(input.options.statistic);
  const std::vector<const Row*> rows = choose_rows(input);
  if (rows.size() > kMost) {
    return usage_error("position", fmt::format("{} positions", rows.size()),
                       fmt::format("at most {} lines in one figure", kMost));
  }
  const double width = figure_width(input.options, kValues + kGraph + kNames);
  double y = draw_header(input, "From layer to layer: " + statistic_words(input.table, info), width) + 40;
  const double height = std::max(kHeight, name_distance(input, rows) * static_cast<double>(rows.size()));
  std::vector<std::span<const double>> curves;
  for (const Row* row : rows) curves.push_back(row->values(info.name));
  const Plot plot = make_plot({kMargin + kValues, y, width - 2 * kMargin - kValues - kNames, height},
                              input.table.layers, curves);
  const std::span<const Rgb> colors = line_colors(input.options.theme);
  draw_plot_axes(input, plot, statistic_words(input.table, info) + ", " + info.unit);
  for (std::size_t i = 0; i < rows.size(); ++i)
    draw_curve(input, plot, curves[i], 2, colors[i % colors.size()]);
  bool has_knee = false;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::optional<int> knee = knee_layer(*rows[i], info.name);
    if (!knee) continue;
    draw_knee(input, plot, curves[i], *knee, colors[i % colors.size()]);
    has_knee = true;
  }
  draw_names(input, plot, rows, colors);

  std::vector<std::string> sentences = {names_sentence(input.table)};
  if (has_knee)
    sentences.push_back("A ring marks the knee of a curve, where its flat stretch turns into a climb.");
  if (rows.size() < input.rows.size()) {
    sentences.push_back(
        fmt::format("{} of {} words: those with the strongest knees, then with the largest rise.",
                    rows.size(), input.rows.size()));
  }
  sentences.push_back(layer_sentence(input.table));
  sentences.push_back(statistic_sentence(input.table, info));
  draw_footer(input, sentences, plot.area.bottom() + 38, width);
  return ok_status();
}

}  // namespace logitlens
