// The text heat map: the token that each layer thinks most likely, in a cell coloured by its log-probability, and below
// it the tokens of the text, with the targets where those are others.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "render/figure_cells.h"
#include "render/terminal_cells.h"

namespace logitlens {
namespace {

constexpr double kCellHeight = 21, kTokenLine = 20, kStripGap = 30;
constexpr double kShortest = 30, kLongest = 104;  // px of a column
constexpr double kPadding = 12;
constexpr Font kCellFont{11.5}, kTrueFont{11.5, true};

// The lines below the cells: the text's own tokens, and what the rows are about where that is another token.
struct TokenLine {
  std::string name;  // "true"
  bool targets = false;
};

std::vector<TokenLine> token_lines(const LensTable& table) {
  const std::string_view noun = target_noun(table);
  const bool any =
      std::ranges::any_of(table.rows(), [](const Row& row) { return row.target_id.has_value(); });
  if (noun == "true token") return {{any ? "true" : "token", false}};
  std::vector<TokenLine> lines = {{"token", false}};
  if (any) lines.push_back({noun == "next token" ? "next" : "target", true});
  return lines;
}

std::string line_text(const FigureInput& input, const TokenLine& line, const Row& row) {
  return line.targets ? row.target : token_text(input.table, row);
}

// Each column as wide as its longest token, within reason.
std::vector<double> column_widths(FigureInput& input) {
  std::vector<double> widths;
  for (const Row* row : input.rows) {
    double width = 0;
    for (const TokenLine& line : token_lines(input.table))
      width = std::max(width, input.canvas.width_of(line_text(input, line, *row), kTrueFont));
    for (const std::string& token : row->best)
      width = std::max(width, input.canvas.width_of(token, kCellFont));
    widths.push_back(std::clamp(std::ceil(width + kPadding), kShortest, kLongest));
  }
  return widths;
}

double total(const std::vector<double>& widths, const Strip& strip) {
  double sum = 0;
  for (std::size_t i = 0; i < strip.count; ++i) sum += widths[strip.first + i];
  return sum;
}

std::vector<Strip> fill_strips(const std::vector<double>& widths, double room) {
  std::vector<Strip> strips;
  double used = 0;
  for (std::size_t i = 0; i < widths.size(); ++i) {
    if (strips.empty() || used + widths[i] > room) {
      strips.push_back({i, 0});
      used = 0;
    }
    used += widths[i];
    ++strips.back().count;
  }
  return strips;
}

// As few strips as there is room for, then of about the same width.
std::vector<Strip> even_strips(const std::vector<double>& widths, double room) {
  const std::size_t count = fill_strips(widths, room).size();
  double narrow = kLongest;
  while (narrow < room && fill_strips(widths, narrow).size() > count) narrow += 4;
  return fill_strips(widths, std::min(narrow, room));
}

void draw_column(FigureInput& input, const Row& row, const Box& column, const ColorMap& map) {
  const std::size_t layers = input.table.layers.size();
  const std::span<const double> values = row.values("best_logprob");
  for (std::size_t layer = 0; layer < layers && layer < row.best.size() && layer < values.size(); ++layer) {
    const Box box = {column.x, layer_top(column.y, kCellHeight, layers, layer), column.width - 1,
                     kCellHeight - 1};
    const Rgb color = map(values[layer]), ink = readable_on(color);
    input.canvas.fill(box, color);
    input.canvas.tooltip(box, cell_words(input, row, layer));
    const double middle = box.y + box.height / 2;
    input.canvas.text({.at = {box.x + box.width / 2, baseline_at(middle, kCellFont) - 0.5},
                       .text = row.best[layer],
                       .font = kCellFont,
                       .color = ink,
                       .anchor = Anchor::middle,
                       .max_width = box.width - 6});
    if (best_is_target(row, layer)) input.canvas.fill({box.x + 5, box.bottom() - 3, box.width - 10, 1}, ink);
  }
  double y = column.bottom() + 17;
  for (const TokenLine& line : token_lines(input.table)) {
    input.canvas.text({.at = {column.x + (column.width - 1) / 2, y},
                       .text = line_text(input, line, row),
                       .font = kTrueFont,
                       .color = input.palette.ink,
                       .anchor = Anchor::middle,
                       .max_width = column.width - 5});
    y += kTokenLine;
  }
}

}  // namespace

Status draw_text_heatmap(FigureInput& input) {
  const double labels = layer_labels_width(input), room = content_room(input.options) - labels;
  const std::vector<double> widths = column_widths(input);
  const std::vector<Strip> strips = even_strips(widths, room);
  double widest = 0;
  for (const Strip& strip : strips) widest = std::max(widest, total(widths, strip));
  const double left = kMargin + labels, width = figure_width(input.options, labels + widest);
  const double height = kCellHeight * static_cast<double>(input.table.layers.size());
  const ColorMap map = map_of_statistic(input, Scale::magma, "best_logprob");

  double y = draw_header(input, "What each layer would say", width) + 26;
  draw_color_bar(input, map, "log-probability of the best token, nats", left, y,
                 std::min(260.0, width - left - kMargin));
  y += 66;
  for (const Strip& strip : strips) {
    draw_layer_labels(input, left, y, kCellHeight);
    double x = left;
    for (std::size_t i = 0; i < strip.count; ++i) {
      const std::size_t column = strip.first + i;
      draw_column(input, *input.rows[column], {x, y, widths[column], height}, map);
      x += widths[column];
    }
    y += height;
    for (const TokenLine& line : token_lines(input.table)) {
      input.canvas.text({.at = {left - 8, y + 17},
                         .text = line.name,
                         .font = kSmallFont,
                         .color = input.palette.muted,
                         .anchor = Anchor::end});
      y += kTokenLine;
    }
    y += 2 + kStripGap;
  }
  draw_footer(
      input,
      {fmt::format("Each cell holds the token that the layer thinks most likely there, underlined where it "
                   "is the {}.",
                   target_noun(input.table)),
       names_sentence(input.table), layer_sentence(input.table),
       statistic_sentence(input.table, *find_statistic("best_logprob"))},
      y - kStripGap, width);
  return ok_status();
}

}  // namespace logitlens
