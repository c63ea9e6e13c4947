// Three panels over the same tokens: log-probability of the true token, of the best one, and how steeply each
// rises with the square root of the layer.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/least_squares.h"
#include "render/figure_cells.h"
#include "render/ticks.h"

namespace logitlens {
namespace {

constexpr double kSlopeHeight = 110, kHeadingHeight = 46, kStripGap = 34, kBarWidth = 180;

// Told apart by colour-blind readers and on both papers (Okabe and Ito 2008).
constexpr Rgb kTargetColor = {0xd5, 0x5e, 0x00}, kBestColor = {0x00, 0x83, 0xc4};

struct Panel {
  const char* statistic;
  std::string heading;
  ColorMap map;
};

struct Slopes {
  std::vector<double> target, best;  // [rows], nats per square root of a layer
  double low = 0, high = 0;
};

Slopes fit_slopes(const FigureInput& input) {
  Slopes slopes;
  for (const Row* row : input.rows) {
    slopes.target.push_back(fit_sqrt(input.table.layers, row->values("target_logprob")).b1);
    slopes.best.push_back(fit_sqrt(input.table.layers, row->values("best_logprob")).b1);
  }
  for (const auto* list : {&slopes.target, &slopes.best}) {
    for (const double slope : *list) {
      if (!std::isfinite(slope)) continue;
      slopes.low = std::min(slopes.low, slope);
      slopes.high = std::max(slopes.high, slope);
    }
  }
  if (slopes.low == slopes.high) slopes.high = 1;
  const double air = 0.08 * (slopes.high - slopes.low);
  slopes.high += air;
  if (slopes.low < 0) slopes.low -= air;
  return slopes;
}

void draw_heading(FigureInput& input, const Panel& panel, double left, double right, double y) {
  const bool beside = right - left >= kBarWidth + 40 + input.canvas.width_of(panel.heading, kHeadingFont);
  input.canvas.text({.at = {left, y},
                     .text = panel.heading,
                     .font = kHeadingFont,
                     .color = input.palette.ink,
                     .max_width = right - left});
  draw_color_bar(input, panel.map, "", beside ? right - kBarWidth : left, beside ? y - 14 : y + 4, kBarWidth);
}

double heading_height(FigureInput& input, const Panel& panel, double left, double right) {
  const bool beside = right - left >= kBarWidth + 40 + input.canvas.width_of(panel.heading, kHeadingFont);
  return beside ? kHeadingHeight - 12 : kHeadingHeight + 12;
}

// A stem from zero to each slope, the true token's left of the best token's.
void draw_slopes(FigureInput& input, const Slopes& slopes, const Strip& strip, const TokenAxis& axis,
                 double left, double top) {
  Canvas& canvas = input.canvas;
  const double width = axis.pitch * static_cast<double>(strip.count);
  const auto y_of = [&](double value) {
    return top + kSlopeHeight * (slopes.high - value) / (slopes.high - slopes.low);
  };
  const Ticks ticks = round_ticks(slopes.low, slopes.high, 4);
  for (const double tick : ticks.values) {
    const double y = std::round(y_of(tick)) + 0.5;
    canvas.line({{left, y}, {left + width, y}}, 1, tick == 0 ? input.palette.muted : input.palette.faint);
    canvas.text({.at = {left - 8, baseline_at(y, kSmallFont)},
                 .text = tick_text(tick, ticks.step),
                 .font = kSmallFont,
                 .color = input.palette.muted,
                 .anchor = Anchor::end});
  }
  const double bar = std::clamp(std::floor(axis.pitch * 0.26), 2.0, 12.0);
  for (std::size_t i = 0; i < strip.count; ++i) {
    const double middle = left + (static_cast<double>(i) + 0.5) * axis.pitch;
    const std::size_t row = strip.first + i;
    const auto stem = [&](double slope, double x, Rgb color) {
      if (!std::isfinite(slope)) return;
      const double zero = y_of(0), end = y_of(slope);
      canvas.fill({x, std::min(zero, end), bar, std::max(1.0, std::abs(zero - end))}, color);
    };
    stem(slopes.target[row], std::round(middle) - bar, kTargetColor);
    stem(slopes.best[row], std::round(middle), kBestColor);
    canvas.tooltip({middle - axis.pitch / 2, top, axis.pitch, kSlopeHeight},
                   fmt::format("position {}, {}: slope of the {} {:.3g}, of the best token {:.3g}",
                               input.rows[row]->position, axis.labels[row], target_noun(input.table),
                               slopes.target[row], slopes.best[row]));
  }
}

// The heading of the slopes, with a key to their two colours.
void draw_slope_heading(FigureInput& input, double left, double right, double y) {
  const std::string heading = "Slope b₁ of log p = b₀ + b₁ √layer";
  input.canvas.text({.at = {left, y},
                     .text = heading,
                     .font = kHeadingFont,
                     .color = input.palette.ink,
                     .max_width = right - left});
  double x = left;
  for (const auto& [name, color] : {std::pair(target_noun(input.table), kTargetColor),
                                    std::pair(std::string_view("best token"), kBestColor)}) {
    input.canvas.fill({x, y + 11, 9, 9}, color);
    input.canvas.text(
        {.at = {x + 14, y + 20}, .text = std::string(name), .font = kSmallFont, .color = input.palette.ink});
    x += 14 + input.canvas.width_of(name, kSmallFont) + 20;
  }
}

}  // namespace

Status draw_panels(FigureInput& input) {
  const Panel panels[] = {
      {"target_logprob",
       fmt::format("Log-probability of the {}", target_noun(input.table)),
       {Scale::magma, -20, 0, input.palette.faint}},
      {"best_logprob", "Log-probability of the best token", {Scale::magma, -5, 0, input.palette.faint}}};
  const Slopes slopes = fit_slopes(input);
  const std::size_t layers = input.table.layers.size();
  std::vector<std::string> labels;
  for (const Row* row : input.rows) labels.push_back(token_text(input.table, *row));
  const TokenAxis axis =
      plan_token_axis(input.canvas, labels, content_room(input.options) - layer_labels_width(input) - 60);
  const double left = std::ceil(kMargin + std::max(layer_labels_width(input), axis.left_overhang));
  const double width = figure_width(input.options, left - kMargin + axis.width());
  const double right = std::max(left + axis.width(), std::min(width - kMargin, left + 460));
  const double cell = std::min(layer_height(input.table, axis.strips.size()), 16.0);
  const bool marked = has_right_guess(input);

  double y = draw_header(input, "Log-probabilities, layer by layer", width) + 30;
  if (marked) {
    draw_dot_key(input, left, y - 2);
    y += 28;
  }
  for (const Strip& strip : axis.strips) {
    for (const Panel& panel : panels) {
      draw_heading(input, panel, left, right, y);
      y += heading_height(input, panel, left, right);
      draw_layer_labels(input, left, y, cell);
      draw_cells(input, strip, left, y, {axis.pitch, cell, marked}, panel.statistic, panel.map);
      y += cell * static_cast<double>(layers) + 36;
    }
    draw_slope_heading(input, left, right, y);
    y += 34;
    draw_slopes(input, slopes, strip, axis, left, y);
    y += kSlopeHeight;
    draw_token_labels(input, axis, strip, left, y);
    y += axis.height + kStripGap;
  }
  draw_footer(
      input,
      {names_sentence(input.table), layer_sentence(input.table),
       statistic_sentence(input.table, *find_statistic("best_logprob")),
       std::string("The colours of a panel end at the values written at its bar: what lies beyond has "
                   "the colour of the end."),
       "The fit is ordinary least squares over the layers shown, its slope in nats per √layer."},
      y - kStripGap, width);
  return ok_status();
}

}  // namespace logitlens
