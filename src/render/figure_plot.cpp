#include "render/figure_plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "render/ticks.h"

namespace logitlens {
namespace {

// Okabe and Ito's colours for the colour-blind; the yellow and the grey darkened or lightened for the paper.
constexpr std::array<Rgb, 8> kOnLight = {{{0x00, 0x72, 0xb2},
                                          {0xd5, 0x5e, 0x00},
                                          {0x00, 0x9e, 0x73},
                                          {0xcc, 0x79, 0xa7},
                                          {0xe6, 0x9f, 0x00},
                                          {0x56, 0xb4, 0xe9},
                                          {0x1c, 0x1c, 0x21},
                                          {0x8a, 0x7a, 0x00}}};
constexpr std::array<Rgb, 8> kOnDark = {{{0x3d, 0x9b, 0xe0},
                                         {0xf0, 0x7f, 0x2c},
                                         {0x1f, 0xc1, 0x95},
                                         {0xe0, 0x92, 0xc0},
                                         {0xf2, 0xb7, 0x2e},
                                         {0x84, 0xcc, 0xf5},
                                         {0xec, 0xec, 0xf0},
                                         {0xf0, 0xe4, 0x42}}};

}  // namespace

double Plot::x(double layer) const {
  const double range = last_layer - first_layer;
  return range > 0 ? area.x + area.width * (layer - first_layer) / range : area.x + area.width / 2;
}

double Plot::y(double value) const { return area.bottom() - area.height * (value - low) / (high - low); }

bool can_be_plotted(double value) { return std::abs(value) < 1e150; }  // false for NaN too

Plot make_plot(Box area, std::span<const int> layers, const std::vector<std::span<const double>>& curves) {
  Plot plot{.area = area};
  plot.first_layer = layers.front();
  plot.last_layer = layers.back();
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const std::span<const double> curve : curves) {
    for (const double value : curve) {
      if (!can_be_plotted(value)) continue;
      low = std::min(low, value);
      high = std::max(high, value);
    }
  }
  if (low > high) low = 0, high = 1;
  const double air = high > low ? 0.06 * (high - low) : std::max(1.0, std::abs(high));
  plot.low = low - air;
  plot.high = high + air;
  return plot;
}

void draw_plot_axes(FigureInput& input, const Plot& plot, std::string_view name, double above) {
  Canvas& canvas = input.canvas;
  const Palette& palette = input.palette;
  const Ticks ticks = round_ticks(plot.low, plot.high, 6);
  for (const double tick : ticks.values) {
    const double y = std::round(plot.y(tick)) + 0.5;
    canvas.line({{plot.area.x, y}, {plot.area.right(), y}}, 1, palette.faint);
    canvas.text({.at = {plot.area.x - 8, baseline_at(y, kSmallFont)},
                 .text = tick_text(tick, ticks.step),
                 .font = kSmallFont,
                 .color = palette.muted,
                 .anchor = Anchor::end});
  }
  const double bottom = std::round(plot.area.bottom()) + 0.5;
  canvas.line({{plot.area.x, bottom}, {plot.area.right(), bottom}}, 1, palette.muted);
  double free_from = -1e9;
  for (const int layer : input.table.layers) {
    const double x = std::round(plot.x(layer)) + 0.5;
    const std::string text = fmt::format("{}", layer);
    const double half = canvas.width_of(text, kSmallFont) / 2;
    if (x - half < free_from) continue;
    canvas.line({{x, bottom}, {x, bottom + 4}}, 1, palette.muted);
    canvas.text({.at = {x, bottom + 17},
                 .text = text,
                 .font = kSmallFont,
                 .color = palette.muted,
                 .anchor = Anchor::middle});
    free_from = x + half + 10;
  }
  canvas.text({.at = {plot.area.x + plot.area.width / 2, bottom + 35},
               .text = "layer",
               .font = kSmallFont,
               .color = palette.muted,
               .anchor = Anchor::middle});
  canvas.text({.at = {plot.area.x, plot.area.y - above},
               .text = std::string(name),
               .font = kSmallFont,
               .color = palette.ink});
}

void draw_curve(FigureInput& input, const Plot& plot, std::span<const double> values, double width, Rgb color,
                bool dashed) {
  std::vector<Point> run;
  const auto flush = [&] {
    if (run.size() == 1) input.canvas.disc(run[0], width * 1.2, color);
    if (run.size() > 1) input.canvas.line(std::exchange(run, {}), width, color, dashed);
    run.clear();
  };
  for (std::size_t i = 0; i < values.size() && i < input.table.layers.size(); ++i) {
    if (can_be_plotted(values[i]))
      run.push_back({plot.x(input.table.layers[i]), plot.y(values[i])});
    else
      flush();
  }
  flush();
}

std::size_t end_of_curve(std::span<const double> values) {
  std::size_t last = values.size();
  while (last > 0 && !can_be_plotted(values[last - 1])) --last;
  return last;
}

void draw_knee(FigureInput& input, const Plot& plot, std::span<const double> values, int knee, Rgb color) {
  for (std::size_t i = 0; i < input.table.layers.size() && i < values.size(); ++i) {
    if (input.table.layers[i] != knee || !can_be_plotted(values[i])) continue;
    const Point at = {plot.x(input.table.layers[i]), plot.y(values[i])};
    input.canvas.disc(at, 5, input.palette.paper);
    input.canvas.ring(at, 4.2, 1.8, color);
  }
}

std::span<const Rgb> line_colors(Theme theme) { return theme == Theme::dark ? kOnDark : kOnLight; }

std::vector<double> spread(const std::vector<double>& middles, double apart, double low, double high) {
  std::vector<std::size_t> order(middles.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return middles[i]; });
  std::vector<double> placed = middles;
  double free_from = low;
  for (const std::size_t i : order) {
    placed[i] = std::max(placed[i], free_from);
    free_from = placed[i] + apart;
  }
  double free_to = std::max(high, low + apart * (static_cast<double>(middles.size()) - 1));
  for (auto i = order.rbegin(); i != order.rend(); ++i) {
    placed[*i] = std::min(placed[*i], free_to);
    free_to = placed[*i] - apart;
  }
  return placed;
}

}  // namespace logitlens
