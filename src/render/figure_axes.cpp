#include "render/figure_axes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

#include "analysis/layer_outputs.h"
#include "render/table_words.h"
#include "render/ticks.h"

namespace logitlens {
namespace {

constexpr double kSlant = std::numbers::sqrt2 / 2;  // sine and cosine of 45 degrees
constexpr double kLongestLabel = 110;               // px; longer tokens are cut
constexpr double kNarrowPitch = 22, kWidePitch = 84;
constexpr double kThick = 9;          // px of a colour bar
constexpr int kSteps = 128;           // colours in it
constexpr double kLabelPitch = 13;    // px from one number of a layer to the next
constexpr double kBetweenLabels = 8;  // px from the end of one to the start of the next

struct LabelSizes {
  std::vector<double> widths;
  double widest = 0, tallest = 0;
};

LabelSizes measure(Canvas& canvas, const std::vector<std::string>& labels) {
  LabelSizes sizes;
  for (const std::string& label : labels) {
    sizes.widths.push_back(std::min(canvas.width_of(label, kSmallFont), kLongestLabel));
    sizes.widest = std::max(sizes.widest, sizes.widths.back());
    sizes.tallest = std::max(sizes.tallest, canvas.ink_height_of(label, kSmallFont));
  }
  return sizes;
}

std::vector<Strip> cut(std::size_t columns, std::size_t fit) {
  std::vector<Strip> strips;
  const std::size_t count = (columns + fit - 1) / fit;
  for (std::size_t i = 0, first = 0; i < count; ++i) {
    const std::size_t size = columns / count + (i < columns % count ? 1 : 0);  // even strips
    strips.push_back({first, size});
    first += size;
  }
  return strips;
}

}  // namespace

double TokenAxis::width() const {
  std::size_t most = 0;
  for (const Strip& strip : strips) most = std::max(most, strip.count);
  return pitch * static_cast<double>(most);
}

TokenAxis plan_token_axis(Canvas& canvas, std::vector<std::string> labels, double available) {
  TokenAxis axis;
  const LabelSizes sizes = measure(canvas, labels);
  axis.labels = std::move(labels);
  if (axis.labels.empty()) return axis;
  const double closest = std::ceil(std::max(13.0, sizes.tallest + 2));  // upright labels side by side
  const auto fit = static_cast<std::size_t>(std::max(1.0, std::floor(available / closest)));
  axis.strips = cut(axis.labels.size(), fit);
  const double most = static_cast<double>(axis.strips.front().count);
  const double wanted = std::clamp(std::ceil(sizes.widest + kBetweenLabels), kNarrowPitch, kWidePitch);
  axis.pitch = std::clamp(std::floor(available / most), closest, std::max(wanted, closest));

  if (sizes.widest + kBetweenLabels <= axis.pitch + 0.5) {
    axis.angle = 0;
    axis.height = sizes.tallest + 8;
  } else if (axis.pitch * kSlant >= sizes.tallest + 2) {
    axis.angle = 45;
    axis.height = sizes.widest * kSlant + 16;
  } else {
    axis.angle = 90;
    axis.height = sizes.widest + 10;
  }
  if (axis.angle == 45) {
    for (const Strip& strip : axis.strips)
      for (std::size_t i = 0; i < strip.count; ++i)
        axis.left_overhang = std::max(axis.left_overhang, sizes.widths[strip.first + i] * kSlant + 8 -
                                                              (static_cast<double>(i) + 0.5) * axis.pitch);
  }
  return axis;
}

void draw_token_labels(FigureInput& input, const TokenAxis& axis, const Strip& strip, double left,
                       double top) {
  for (std::size_t i = 0; i < strip.count; ++i) {
    const double middle = left + (static_cast<double>(i) + 0.5) * axis.pitch;
    Label label{.at = {middle, top + 14},
                .text = axis.labels[strip.first + i],
                .font = kSmallFont,
                .color = input.palette.ink,
                .anchor = Anchor::middle,
                .max_width = kLongestLabel + 0.5,
                .angle = static_cast<double>(axis.angle)};
    if (axis.angle == 45) {
      label.anchor = Anchor::end;
      label.at = {middle + 4, top + 12};
    }
    if (axis.angle == 90) {
      label.anchor = Anchor::end;
      label.at = {baseline_at(middle, kSmallFont), top + 6};
    }
    input.canvas.text(std::move(label));
  }
}

double layer_height(const LensTable& table, std::size_t strips) {
  const double tall = strips > 1 ? 230 : 360;
  const double lowest = has_inner_states(table) ? kLabelPitch : strips > 1 ? 5.0 : 8.0;
  return std::clamp(std::round(tall / static_cast<double>(std::max<std::size_t>(table.layers.size(), 1))),
                    lowest, strips > 1 ? 16.0 : 24.0);
}

double layer_labels_width(FigureInput& input) {
  double widest = 0;
  for (std::size_t i = 0; i < input.table.layers.size(); ++i)
    widest = std::max(widest, input.canvas.width_of(state_label(input.table, i), kSmallFont));
  return std::max(kLayerLabels, std::ceil(widest + 14));
}

void draw_layer_labels(FigureInput& input, double left, double top, double height) {
  const std::vector<int>& layers = input.table.layers;
  if (layers.empty()) return;
  const std::size_t last = layers.size() - 1;
  std::size_t step = static_cast<std::size_t>(std::max(1.0, std::ceil(kLabelPitch / height)));
  for (std::size_t better = step; better <= 2 * step;
       ++better) {  // one that hits the last layer, if one is near
    if (last % better != 0) continue;
    step = better;
    break;
  }
  for (std::size_t i = 0; i < layers.size(); i += step) {
    const double middle = layer_top(top, height, layers.size(), i) + height / 2;
    const bool output = is_layer_output(input.table, i);
    input.canvas.text(
        {.at = {left - 8, baseline_at(middle, kSmallFont)},
         .text = state_label(input.table, i),
         .font = kSmallFont,
         .color = output && has_inner_states(input.table) ? input.palette.ink : input.palette.muted,
         .anchor = Anchor::end});
  }
  input.canvas.text({.at = {left - 8, top - 9},
                     .text = "layer",
                     .font = kSmallFont,
                     .color = input.palette.muted,
                     .anchor = Anchor::end});
}

Rgb ColorMap::operator()(double value) const {
  if (!std::isfinite(value)) return none;
  return scale_color(scale, high > low ? (value - low) / (high - low) : 1.0);
}

ColorMap fitted_map(Scale scale, Rgb none,
                    const std::function<void(const std::function<void(double)>&)>& each_value) {
  ColorMap map{scale, std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity(),
               none};
  each_value([&map](double value) {
    if (!std::isfinite(value)) return;
    map.low = std::min(map.low, value);
    map.high = std::max(map.high, value);
  });
  if (map.low > map.high) map.low = 0, map.high = 1;
  return map;
}

std::string tick_text(double value, double step) {
  std::string text;
  if (std::abs(value) >= 1e6 || (value != 0 && std::abs(step) < 1e-4)) {
    text = fmt::format("{:.3g}", value);
  } else {
    const int decimals = std::clamp(static_cast<int>(std::ceil(-std::log10(std::abs(step)) - 1e-9)), 0, 4);
    text = fmt::format("{:.{}f}", value, decimals);
    if (text.find_first_not_of("-0.") == std::string::npos)
      text = fmt::format("{:.{}f}", 0.0, decimals);  // no -0.0
  }
  return text.starts_with('-') ? "−" + text.substr(1) : text;
}

void draw_color_bar(FigureInput& input, const ColorMap& map, std::string_view title, double x, double y,
                    double width) {
  const double top = y + 7;
  input.canvas.text(
      {.at = {x, y}, .text = std::string(title), .font = kSmallFont, .color = input.palette.ink});
  for (int i = 0; i < kSteps; ++i) {
    const double from = std::floor(x + width * i / kSteps), to = std::floor(x + width * (i + 1) / kSteps);
    if (to > from)
      input.canvas.fill({from, top, to - from, kThick}, scale_color(map.scale, i / (kSteps - 1.0)));
  }
  // The ends say what was seen; round values between them as far as there is room.
  const double range = map.high - map.low;
  const double step = range > 0 ? std::pow(10.0, std::floor(std::log10(range / 20))) : 1;
  double free_from = 0;
  const auto tick = [&](double at, const std::string& text, Anchor anchor) {
    input.canvas.text({.at = {at, top + kThick + 13},
                       .text = text,
                       .font = kSmallFont,
                       .color = input.palette.muted,
                       .anchor = anchor});
  };
  const auto end_text = [step](double value) {
    return tick_text(value, value == std::round(value) ? 1 : step);
  };
  const std::string low = end_text(map.low), high = end_text(map.high);
  if (!(range > 0)) return tick(x, low, Anchor::start);
  tick(x, low, Anchor::start);
  tick(x + width, high, Anchor::end);
  free_from = x + input.canvas.width_of(low, kSmallFont) + 10;
  const double free_to = x + width - input.canvas.width_of(high, kSmallFont) - 10;
  const Ticks ticks = round_ticks(map.low, map.high, 5);
  for (const double value : ticks.values) {
    const double at = x + width * (value - map.low) / range;
    const std::string text = tick_text(value, ticks.step);
    const double half = input.canvas.width_of(text, kSmallFont) / 2;
    if (at - half < free_from || at + half > free_to) continue;
    input.canvas.fill({std::round(at), top + kThick, 1, 3}, input.palette.muted);
    tick(at, text, Anchor::middle);
    free_from = at + half + 10;
  }
}

}  // namespace logitlens
