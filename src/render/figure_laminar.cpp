// Laminar: the text once for every layer, with the layer's guess in its place; below it the target's
// log-probability against the layer, with the line that fits it best over the square root.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/least_squares.h"
#include "base/escape.h"
#include "render/figure_cells.h"
#include "render/figure_plot.h"
#include "render/terminal_cells.h"

namespace logitlens {
namespace {

constexpr double kLine = 22, kGuess = 110, kNumbers = 60, kContext = 330, kPlotHeight = 200;
constexpr Font kLineFont{12.5}, kGuessFont{12.5, true};
constexpr Rgb kTargetColor = {0xd5, 0x5e, 0x00};
constexpr std::size_t kNearText = 400;  // bytes of the text before and after the mask: more is never seen

// The text on either side of what the row's guess is about, as it is written on the page: left and right.
struct Context {
  std::string left, right;
  bool right_to_left = false;
};

std::string_view utf8_suffix(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  text.remove_prefix(text.size() - bytes);
  while (!text.empty() && (static_cast<unsigned char>(text[0]) & 0xc0) == 0x80) text.remove_prefix(1);
  return text;
}

// On one line, without spaces at its ends.
std::string trimmed(std::string_view text) {
  std::string line(text);
  for (char& c : line)
    if (c == '\n' || c == '\r' || c == '\t') c = ' ';
  line.erase(line.find_last_not_of(' ') + 1);
  return line.erase(0, std::min(line.find_first_not_of(' '), line.size()));
}

Context context_of(const FigureInput& input, const Row& row) {
  const LensTable& table = input.table;
  const int guessed = row.position + (table.run.predicts == "next" ? 1 : 0);
  std::string_view text = table.text;
  std::size_t start = text.size(), end = text.size();  // of a guess at what follows the last token
  for (const Token& token : table.tokens) {
    if (token.position != guessed) continue;
    text = table.text_of(token.part);
    start = std::min(token.start, text.size());
    end = std::clamp(token.end, start, text.size());
  }
  Context context;
  context.right_to_left = input.canvas.is_right_to_left(text);
  context.left = trimmed(utf8_suffix(text.substr(0, start), kNearText));
  const bool reads_on =
      table.run.predicts != "next";  // what stands behind the guess is hidden from a decoder
  if (reads_on) context.right = trimmed(utf8_prefix(text.substr(end), kNearText));
  if (context.right_to_left) std::swap(context.left, context.right);
  return context;
}

// The row whose true token gains most from the first layer to the last.
const Row* telling_row(const std::vector<const Row*>& rows) {
  const Row* chosen = rows.front();
  double most = 0;
  for (const Row* row : rows) {
    const std::span<const double> values = row->values("target_logprob");
    if (values.empty() || !std::isfinite(values.back() - values.front())) continue;
    if (values.back() - values.front() <= most) continue;
    most = values.back() - values.front();
    chosen = row;
  }
  return chosen;
}

// Where the columns of the list begin, in px.
struct Columns {
  double context_left = 0, guess = 0, context_right = 0, best = 0, target = 0;  // right ends of the last two
  double left_width = 0, right_width = 0, guess_width = 0;
};

Columns plan_columns(FigureInput& input, const Row& row, const Context& context) {
  Canvas& canvas = input.canvas;
  double guess = 40;
  for (const std::string& token : row.best) guess = std::max(guess, canvas.width_of(token, kGuessFont) + 16);
  Columns columns;
  columns.guess_width = std::ceil(std::min(guess, kGuess));
  const double room = content_room(input.options) - kLayerLabels - columns.guess_width - 2 * kNumbers - 24;
  const double most = std::max(40.0, std::min(kContext, room / 2));
  columns.left_width = std::min(most, std::ceil(canvas.width_of(context.left, kLineFont)) + 1);
  columns.right_width = std::min(most, std::ceil(canvas.width_of(context.right, kLineFont)) + 1);
  columns.context_left = kMargin + kLayerLabels;
  columns.guess = std::round(columns.context_left + columns.left_width + 8);
  columns.context_right = columns.guess + columns.guess_width + 8;
  columns.best = columns.context_right + columns.right_width + 4 + kNumbers;
  columns.target = columns.best + kNumbers;
  return columns;
}

void draw_number(FigureInput& input, std::span<const double> values, std::size_t layer, double right,
                 double y) {
  if (layer >= values.size() || !std::isfinite(values[layer])) return;
  input.canvas.text({.at = {right, y},
                     .text = tick_text(values[layer], 0.01),
                     .font = kSmallFont,
                     .color = input.palette.ink,
                     .anchor = Anchor::end});
}

// One line: layer, text with the guess in its place, log-probabilities.
void draw_line(FigureInput& input, const Row& row, const Context& context, const Columns& columns,
               const ColorMap& map, std::size_t layer, double top) {
  Canvas& canvas = input.canvas;
  const Palette& palette = input.palette;
  const double y = baseline_at(top + kLine / 2, kLineFont);
  canvas.text({.at = {columns.context_left - 16, y},
               .text = fmt::format("{}", input.table.layers[layer]),
               .font = kSmallFont,
               .color = palette.muted,
               .anchor = Anchor::end});
  canvas.text({.at = {columns.guess - 8, y},
               .text = context.left,
               .font = kLineFont,
               .color = palette.muted,
               .anchor = Anchor::end,
               .max_width = columns.left_width,
               .keep_end = !context.right_to_left});
  canvas.text({.at = {columns.context_right, y},
               .text = context.right,
               .font = kLineFont,
               .color = palette.muted,
               .max_width = columns.right_width,
               .keep_end = context.right_to_left});
  const std::span<const double> best = row.values("best_logprob");
  const Box box = {columns.guess, top + 1, columns.guess_width, kLine - 2};
  const Rgb color = layer < best.size() ? map(best[layer]) : palette.faint, ink = readable_on(color);
  canvas.fill(box, color);
  canvas.tooltip(box, cell_words(input, row, layer));
  if (layer < row.best.size()) {
    canvas.text({.at = {box.x + box.width / 2, y},
                 .text = row.best[layer],
                 .font = kGuessFont,
                 .color = ink,
                 .anchor = Anchor::middle,
                 .max_width = box.width - 8});
  }
  if (best_is_target(row, layer)) canvas.fill({box.x + 6, box.bottom() - 3, box.width - 12, 1}, ink);
  draw_number(input, best, layer, columns.best, y);
  draw_number(input, row.values("target_logprob"), layer, columns.target, y);
}

// "true token" -> "true".
std::string_view first_word(std::string_view words) { return words.substr(0, words.find(' ')); }

void draw_list_heading(FigureInput& input, const Columns& columns, const Row& row, double y) {
  const auto heading = [&](double x, std::string text, Anchor anchor) {
    input.canvas.text({.at = {x, y},
                       .text = std::move(text),
                       .font = kSmallFont,
                       .color = input.palette.muted,
                       .anchor = anchor});
  };
  heading(columns.context_left - 16, "layer", Anchor::end);
  heading(columns.guess + columns.guess_width / 2, "guess", Anchor::middle);
  if (!row.values("best_logprob").empty()) heading(columns.best, "log p", Anchor::end);
  if (row.target_id) heading(columns.target, std::string(first_word(target_noun(input.table))), Anchor::end);
}

std::string equation(const Line& line) {
  const auto number = [](double value) { return tick_text(std::abs(value), 0.01); };
  std::string words = fmt::format("log p = {}{} {} {} √k", line.b0 < 0 ? "−" : "", number(line.b0),
                                  line.b1 < 0 ? "−" : "+", number(line.b1));
  if (std::isfinite(line.r2)) words += fmt::format(",  R² = {}", number(line.r2));
  return words;
}

// The true token's log-probability against the layer k, and the fit. Returns y below it.
double draw_fit(FigureInput& input, const Row& row, double y, double right) {
  const std::span<const double> values = row.values("target_logprob");
  const Line line = fit_sqrt(input.table.layers, values);
  std::vector<double> fitted;
  for (const int layer : input.table.layers) fitted.push_back(line.b0 + line.b1 * std::sqrt(layer));
  const double left = kMargin + kLayerLabels;
  const Plot plot = make_plot({left, y + 58, std::min(right - left, 620.0), kPlotHeight}, input.table.layers,
                              {values, fitted});
  draw_plot_axes(input, plot, fmt::format("log-probability of the {}, nats", target_noun(input.table)), 34);
  if (std::isfinite(line.b1)) {
    std::vector<Point> curve;
    const double from = input.table.layers.front(), to = input.table.layers.back();
    for (int i = 0; i <= 100; ++i) {
      const double layer = from + (to - from) * i / 100;
      curve.push_back({plot.x(layer), plot.y(line.b0 + line.b1 * std::sqrt(layer))});
    }
    input.canvas.line(std::move(curve), 1.5, input.palette.muted, true);
    input.canvas.text({.at = {plot.area.x, y + 42},
                       .text = equation(line),
                       .font = kSmallFont,
                       .color = input.palette.muted});
  }
  draw_curve(input, plot, values, 2, kTargetColor);
  for (std::size_t i = 0; i < values.size() && i < input.table.layers.size(); ++i)
    if (can_be_plotted(values[i]))
      input.canvas.disc({plot.x(input.table.layers[i]), plot.y(values[i])}, 3, kTargetColor);
  return plot.area.bottom() + 40;
}

double draw_row(FigureInput& input, const Row& row, double y, double right) {
  const Context context = context_of(input, row);
  const Columns columns = plan_columns(input, row, context);
  const ColorMap map =
      fitted_map(Scale::magma, input.palette.faint, [&](const std::function<void(double)>& take) {
        for (const double value : row.values("best_logprob")) take(value);
      });
  draw_list_heading(input, columns, row, y);
  y += 8;
  for (std::size_t layer = 0; layer < input.table.layers.size(); ++layer) {
    draw_line(input, row, context, columns, map, layer, y);
    y += kLine;
  }
  return row.target_id ? draw_fit(input, row, y, right) : y;
}

}  // namespace

Status draw_laminar(FigureInput& input) {
  std::vector<const Row*> rows = input.rows;
  if (input.options.positions.empty()) rows = {telling_row(rows)};
  double content = kLayerLabels + 500;
  for (const Row* row : rows)
    content = std::max(content, plan_columns(input, *row, context_of(input, *row)).target - kMargin);
  const double width = figure_width(input.options, content);
  double y = draw_header(input, "The text as each layer reads it", width) + 10;
  for (const Row* row : rows) {
    y += 28;
    std::string heading = fmt::format("Position {}", row->position);
    if (input.table.run.predicts == "next")
      heading = fmt::format("After position {}, “{}”", row->position, token_text(input.table, *row));
    else if (!row->masked)
      heading += ", not masked";
    if (row->target_id) heading += fmt::format(", {} “{}”", target_noun(input.table), row->target);
    input.canvas.text({.at = {kMargin, y},
                       .text = heading,
                       .font = kHeadingFont,
                       .color = input.palette.ink,
                       .max_width = width - 2 * kMargin});
    y = draw_row(input, *row, y + 26, width - kMargin);
  }
  draw_footer(
      input,
      {fmt::format(
           "The box holds the layer's guess, lighter the more likely the layer thinks it, underlined where "
           "it is the {0}. At the right the log-probabilities, in nats, of the guess and of the {0}. "
           "Dashed: the least squares fit over √k.",
           target_noun(input.table)),
       layer_sentence(input.table)},
      y, width);
  return ok_status();
}

}  // namespace logitlens
