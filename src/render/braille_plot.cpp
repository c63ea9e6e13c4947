#include "render/braille_plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include "render/color_scale.h"
#include "render/display_width.h"
#include "render/terminal_text.h"
#include "render/ticks.h"

namespace logitlens {
namespace {

constexpr std::size_t kNobody = static_cast<std::size_t>(-1);
constexpr std::string_view kKneeMark = "◆";

struct Ink {
  Rgb rgb;
  int ansi256;
};
constexpr std::array<Ink, 7> kInks = {{{{0xe6, 0x9f, 0x00}, 172},
                                       {{0x56, 0xb4, 0xe9}, 74},
                                       {{0x00, 0x9e, 0x73}, 35},
                                       {{0xcc, 0x79, 0xa7}, 175},
                                       {{0xd5, 0x5e, 0x00}, 166},
                                       {{0x8c, 0x8c, 0xff}, 105},
                                       {{0x99, 0x99, 0x99}, 246}}};

// Bits of a braille cell (U+2800 + bits), [row][column].
constexpr std::array<std::array<int, 2>, 4> kDotBits = {
    {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}}};

std::string braille(int bits) {
  const int code = 0x2800 + bits;
  return {static_cast<char>(0xe0 | code >> 12), static_cast<char>(0x80 | (code >> 6 & 0x3f)),
          static_cast<char>(0x80 | (code & 0x3f))};
}

struct PlotCell {
  int bits = 0;
  std::string sign;  // instead of dots
  std::size_t owner = kNobody;
};

// Cells [height, width]; dots [4 * height, 2 * width], y downwards. Who comes first keeps a cell's colour.
class Canvas {
 public:
  Canvas(int width, int height)
      : width_(width), height_(height), cells_(static_cast<std::size_t>(width * height)) {}

  int dots_across() const { return 2 * width_; }
  int dots_down() const { return 4 * height_; }

  void dot(int x, int y, std::size_t owner) {
    PlotCell& cell = at(x / 2, y / 4);
    cell.bits |= kDotBits[static_cast<std::size_t>(y % 4)][static_cast<std::size_t>(x % 2)];
    if (cell.owner == kNobody) cell.owner = owner;
  }

  // Bresenham (1965).
  void line(int x, int y, int to_x, int to_y, std::size_t owner, bool dashed) {
    const int across = std::abs(to_x - x), down = -std::abs(to_y - y);
    const int step_x = x < to_x ? 1 : -1, step_y = y < to_y ? 1 : -1;
    int error = across + down;
    for (int drawn = 0;; ++drawn) {
      if (!dashed || drawn % 5 < 2) dot(x, y, owner);
      if (x == to_x && y == to_y) return;
      const int twice = 2 * error;
      if (twice >= down) {
        error += down;
        x += step_x;
      }
      if (twice <= across) {
        error += across;
        y += step_y;
      }
    }
  }

  // False where another sign stands already.
  bool sign(int x, int y, std::string_view text, std::size_t owner) {
    PlotCell& cell = at(x / 2, y / 4);
    if (!cell.sign.empty()) return false;
    cell.sign = text;
    cell.owner = owner;
    return true;
  }

  const PlotCell& cell(int column, int row) const { return cells_[index(column, row)]; }

 private:
  std::size_t index(int column, int row) const {
    return static_cast<std::size_t>(row) * static_cast<std::size_t>(width_) +
           static_cast<std::size_t>(column);
  }
  PlotCell& at(int column, int row) { return cells_[index(column, row)]; }

  int width_, height_;
  std::vector<PlotCell> cells_;
};

// Where values and layers lie on the canvas.
struct PlotScale {
  const PlotFrame& frame;
  Ticks ticks;
  int across = 2, down = 4;  // dots

  int x(std::size_t layer) const {
    const double first = frame.layers.front(), last = frame.layers.back();
    if (last <= first) return across / 2;
    return static_cast<int>(std::lround((frame.layers[layer] - first) / (last - first) * (across - 1)));
  }
  int y(double value) const {
    const double range = frame.highest - frame.lowest;
    const double share = range > 0 ? std::clamp((value - frame.lowest) / range, 0.0, 1.0) : 0.5;
    return static_cast<int>(std::lround((1 - share) * (down - 1)));
  }
};

void draw_curve(Canvas& canvas, const PlotScale& scale, const PlotCurve& curve, std::size_t owner) {
  std::optional<std::size_t> previous;
  for (std::size_t k = 0; k < curve.values.size(); ++k) {
    if (!std::isfinite(curve.values[k])) {
      previous.reset();
      continue;
    }
    const std::size_t from = previous.value_or(k);
    canvas.line(scale.x(from), scale.y(curve.values[from]), scale.x(k), scale.y(curve.values[k]), owner,
                curve.dashed);
    previous = k;
  }
}

void draw_signs(Canvas& canvas, const PlotScale& scale, std::span<const PlotCurve> curves) {
  for (std::size_t c = 0; c < curves.size(); ++c)
    if (const auto at = curves[c].knee; at && std::isfinite(curves[c].values[*at]))
      canvas.sign(scale.x(*at), scale.y(curves[c].values[*at]), kKneeMark, c);
  if (scale.frame.color != Color::none) return;
  for (std::size_t c = 0; c < curves.size(); ++c)
    for (std::size_t k = 0; k < curves[c].values.size(); ++k)
      if (std::isfinite(curves[c].values[k]))
        canvas.sign(scale.x(k), scale.y(curves[c].values[k]), curves[c].letter, c);
}

// The letter of each curve beside its last value, or in the nearest free line.
std::vector<std::string> end_letters(const PlotScale& scale, std::span<const PlotCurve> curves, int height) {
  std::vector<std::string> lines(static_cast<std::size_t>(height));
  for (const PlotCurve& curve : curves) {
    const auto last =
        std::find_if(curve.values.rbegin(), curve.values.rend(), [](double v) { return std::isfinite(v); });
    if (last == curve.values.rend()) continue;
    const int wanted = scale.y(*last) / 4;
    for (int away = 0; away < height; ++away) {
      const int below = wanted + away, above = wanted - away;
      const int free = below < height && lines[static_cast<std::size_t>(below)].empty() ? below
                       : above >= 0 && lines[static_cast<std::size_t>(above)].empty()   ? above
                                                                                        : -1;
      if (free < 0) continue;
      lines[static_cast<std::size_t>(free)] = inked(curve.letter, curve.ink, scale.frame.color);
      break;
    }
  }
  return lines;
}

std::string number(double value, double step) {
  const int digits = step >= 1 ? 0 : static_cast<int>(std::ceil(-std::log10(step) - 1e-9));
  std::string text = fmt::format("{:.{}f}", value, digits);
  return text.find_first_not_of("-0.") == std::string::npos && text.front() == '-' ? text.substr(1) : text;
}

// Numbers of the y axis, by line; "" between them.
std::vector<std::string> tick_labels(const PlotScale& scale, int height) {
  std::vector<std::string> labels(static_cast<std::size_t>(height));
  for (const double value : scale.ticks.values)
    labels[static_cast<std::size_t>(scale.y(value) / 4)] = number(value, scale.ticks.step);
  return labels;
}

// Layer numbers below the axis, as many as find room.
std::string layer_labels(const PlotScale& scale, int width) {
  std::string line(static_cast<std::size_t>(width + 4), ' ');
  std::size_t free = 0;
  for (std::size_t k = 0; k < scale.frame.layers.size(); ++k) {
    const std::string label = std::to_string(scale.frame.layers[k]);
    const auto at = static_cast<std::size_t>(scale.x(k) / 2);
    if (at < free || at + label.size() > line.size()) continue;
    line.replace(at, label.size(), label);
    free = at + label.size() + 1;
  }
  return line.substr(0, line.find_last_not_of(' ') + 1);
}

std::string canvas_line(const Canvas& canvas, std::span<const PlotCurve> curves, int row, int width,
                        Color color) {
  std::string line;
  for (int column = 0; column < width; ++column) {
    const PlotCell& cell = canvas.cell(column, row);
    const std::string text = !cell.sign.empty() ? cell.sign : cell.bits == 0 ? " " : braille(cell.bits);
    line += cell.owner == kNobody ? text : inked(text, curves[cell.owner].ink, color);
  }
  return line;
}

}  // namespace

std::string inked(std::string_view text, std::size_t ink, Color color) {
  if (color == Color::none || text.find_first_not_of(' ') == std::string_view::npos) return std::string(text);
  const Ink& one = kInks[ink % kInks.size()];
  if (color == Color::ansi256) return fmt::format("\x1b[38;5;{}m{}\x1b[0m", one.ansi256, text);
  return fmt::format("\x1b[38;2;{};{};{}m{}\x1b[0m", one.rgb.red, one.rgb.green, one.rgb.blue, text);
}

std::vector<std::string> draw_plot(const PlotFrame& frame, std::span<const PlotCurve> curves) {
  const int height = std::max(3, frame.height - 2);  // the axis and its numbers below
  PlotScale scale{frame, round_ticks(frame.lowest, frame.highest, height / 2)};
  const std::vector<std::string> labels = tick_labels({frame, scale.ticks, 2, 4 * height}, height);
  int label_width = 0;
  for (const std::string& label : labels) label_width = std::max(label_width, static_cast<int>(label.size()));
  const int width =
      std::max(8, frame.width - label_width - 4);  // a space and the axis; a space and the letters
  scale.across = 2 * width;
  scale.down = 4 * height;

  Canvas canvas(width, height);
  for (std::size_t c = 0; c < curves.size(); ++c) draw_curve(canvas, scale, curves[c], c);
  draw_signs(canvas, scale, curves);
  const std::vector<std::string> letters = end_letters(scale, curves, height);

  std::vector<std::string> lines;
  for (int row = 0; row < height; ++row) {
    const std::string& label = labels[static_cast<std::size_t>(row)];
    const std::string axis = right_aligned(shown(label), label_width) + (label.empty() ? " │" : " ┤");
    lines.push_back(trimmed_right(styled(axis, TextStyle::faint, frame.color) +
                                  canvas_line(canvas, curves, row, width, frame.color) + " " +
                                  letters[static_cast<std::size_t>(row)]));
  }
  std::string axis = std::string(static_cast<std::size_t>(label_width + 1), ' ') + "└";
  for (int column = 0; column < width; ++column) {
    const bool tick = std::ranges::any_of(frame.layers, [&](const int& layer) {
      return scale.x(static_cast<std::size_t>(&layer - frame.layers.data())) / 2 == column;
    });
    axis += tick ? "┬" : "─";
  }
  lines.push_back(styled(axis, TextStyle::faint, frame.color));
  lines.push_back(
      styled(std::string(static_cast<std::size_t>(label_width + 2), ' ') + layer_labels(scale, width),
             TextStyle::faint, frame.color));
  return lines;
}

}  // namespace logitlens
