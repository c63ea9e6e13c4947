// A ladder as a picture: z of the best token through each lens, all on one scale of colours, and what that
// comes to.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "render/documents.h"
#include "render/figure_cells.h"

namespace logitlens {
namespace {

constexpr double kBetween = 30, kRowGap = 30, kNarrowestPanel = 170, kClosest = 16, kWordLine = 16;

// How the panels are laid out: `columns` side by side, each with the same axis of tokens.
struct Layout {
  TokenAxis axis;
  std::size_t columns = 1;
  double left = 0;         // px of a panel before its cells
  double panel_width = 0;  // with them
  double content() const {
    return static_cast<double>(columns) * panel_width + static_cast<double>(columns - 1) * kBetween;
  }
};

// As many side by side as keep the tokens in one strip and readable: all, or half, or one.
Layout plan_layout(FigureInput& input, std::size_t panels) {
  std::vector<std::string> labels;
  for (const Row* row : input.rows) labels.push_back(token_text(input.table, *row));
  const double numbers = layer_labels_width(input), room = content_room(input.options);
  Layout layout;
  for (std::size_t columns = panels;; columns = (columns + 1) / 2) {
    const double share = (room - kBetween * static_cast<double>(columns - 1)) / static_cast<double>(columns);
    layout.columns = columns;
    layout.axis = plan_token_axis(input.canvas, labels, share - numbers);
    layout.left = std::ceil(std::max(numbers, layout.axis.left_overhang));
    layout.panel_width =
        layout.left + std::max(layout.axis.width(), std::min(kNarrowestPanel, share - layout.left));
    const bool fits =
        layout.axis.strips.size() == 1 && layout.axis.pitch >= kClosest && layout.content() <= room;
    if (columns == 1 || fits) return layout;
  }
}

// "norm", and under it what it adds and how often it is right.
struct Heading {
  std::string lens;
  std::vector<std::string> words;
};
Heading heading_of(FigureInput& input, const Ladder& ladder, std::size_t i, double width) {
  if (i >= ladder.steps.size()) return {ladder.tables[i].run.lens, {}};
  const LadderStep& step = ladder.steps[i];
  std::string words = step.adds.empty() ? "" : fmt::format("adds {}; ", step.adds);
  if (!step.right.empty())
    words += fmt::format("{} of {} right at layer {}", step.right.back(), ladder.rows.size(),
                         ladder.tables[i].layers.back());
  return {step.lens, wrap_to(input.canvas, words, kSmallFont, width)};
}

// The bar of all panels, and beside or below it what the dot means. Returns y below them.
double draw_scale(FigureInput& input, const ColorMap& map, bool marked, double y, double width) {
  const double bar = std::min(300.0, width - 2 * kMargin), beside = kMargin + bar + 40;
  draw_color_bar(input, map, "z of the best token, in standard deviations", kMargin, y, bar);
  if (!marked) return y + 44;
  const double key = input.canvas.width_of(dot_words(input.table), kSmallFont) + 12;
  const bool fits = beside + key <= width - kMargin;
  draw_dot_key(input, fits ? beside : kMargin, fits ? y + 15 : y + 50);
  return y + (fits ? 44 : 66);
}

double draw_panel(FigureInput& input, const Layout& layout, const ColorMap& map, double left, double y,
                  bool marked) {
  const double cell = layer_height(input.table, layout.axis.strips.size());
  for (const Strip& strip : layout.axis.strips) {
    draw_layer_labels(input, left, y, cell);
    draw_cells(input, strip, left, y, {layout.axis.pitch, cell, marked}, "best_z", map);
    y += cell * static_cast<double>(input.table.layers.size());
    draw_token_labels(input, layout.axis, strip, left, y);
    y += layout.axis.height + kRowGap;
  }
  return y - kRowGap;
}

// A panel's input: the same canvas, another lens's table.
std::vector<FigureInput> panel_inputs(Canvas& canvas, const Ladder& ladder, const FigureOptions& options,
                                      const Palette& palette) {
  std::vector<FigureInput> inputs;
  for (const LensTable& table : ladder.tables) {
    inputs.push_back({canvas, table, options, palette, {}});
    for (const Row& row : table.rows()) inputs.back().rows.push_back(&row);
  }
  return inputs;
}

ColorMap shared_map(const std::vector<FigureInput>& panels) {
  return fitted_map(Scale::inferno, panels.front().palette.faint,
                    [&](const std::function<void(double)>& take) {
                      for (const FigureInput& panel : panels)
                        for (const Row* row : panel.rows)
                          for (const double value : row->values("best_z")) take(value);
                    });
}

std::string lens_phrase(const Ladder& ladder) {
  std::vector<std::string> names;
  for (const LensTable& table : ladder.tables) names.push_back(table.run.lens);
  return fmt::format("lens{} {}", names.size() == 1 ? "" : "es", fmt::join(names, ", "));
}

void draw_content(std::vector<FigureInput>& panels, const Ladder& ladder) {
  FigureInput& whole = panels.back();
  const Layout layout = plan_layout(whole, panels.size());
  const double width = figure_width(whole.options, layout.content());
  const double heading_width = layout.panel_width - layout.left;
  const ColorMap map = shared_map(panels);
  const bool marked = std::ranges::any_of(panels, has_right_guess);

  double y = draw_header(whole, "Lens by lens: z of the best token", width, lens_phrase(ladder)) + 26;
  y = draw_scale(whole, map, marked, y, width) + 24;
  for (std::size_t first = 0; first < panels.size(); first += layout.columns) {
    const std::size_t end = std::min(first + layout.columns, panels.size());
    std::vector<Heading> headings;
    std::size_t most = 0;
    for (std::size_t i = first; i < end; ++i) {
      headings.push_back(heading_of(panels[i], ladder, i, heading_width));
      most = std::max(most, headings.back().words.size());
    }
    const double top = y + kWordLine * static_cast<double>(most) + 22;
    for (std::size_t i = first; i < end; ++i) {
      const double left =
          kMargin + layout.left + static_cast<double>(i - first) * (layout.panel_width + kBetween);
      const Heading& heading = headings[i - first];
      draw_lines(panels[i], {heading.lens}, kHeadingFont, panels[i].palette.ink, {left, y}, 0, heading_width);
      draw_lines(panels[i], heading.words, kSmallFont, panels[i].palette.muted, {left, y + 17}, kWordLine,
                 heading_width);
      const double bottom = draw_panel(panels[i], layout, map, left, top, marked);
      if (i + 1 == end) y = bottom + kRowGap;
    }
  }
  y += 4;
  for (const std::string& sentence : ladder.sentences)
    y = draw_lines(whole, wrap_to(whole.canvas, sentence, kTextFont, width - 2 * kMargin), kTextFont,
                   whole.palette.ink, {kMargin, y}, 18, width - 2 * kMargin);
  draw_footer(whole,
              {names_sentence(whole.table), layer_sentence(whole.table), "All panels have the same colours.",
               statistic_sentence(whole.table, *find_statistic("best_z"))},
              y - 14, width);
}

Status check_ladder(const Ladder& ladder) {
  for (const LensTable& table : ladder.tables)
    for (const Row& row : table.rows())
      if (row.values("best_z").empty())
        return usage_error("figure of a ladder", "a table without best_z", "a table with it",
                           "Sweep with best_z among the statistics");
  if (!ladder.tables.empty()) return ok_status();
  return usage_error("figure of a ladder", "no table", "a table for each lens", "");
}

}  // namespace

Result<Canvas> draw_ladder(const Ladder& ladder, const FigureOptions& options) {
  LL_TRY(check_figure({.width = options.width}, {}));
  LL_TRY(check_ladder(ladder));
  const Palette& palette = palette_of(options.theme);
  LL_ASSIGN(Canvas canvas, Canvas::create(palette.paper));
  std::vector<FigureInput> panels = panel_inputs(canvas, ladder, options, palette);
  if (panels.back().rows.empty() || panels.back().table.layers.empty())
    draw_nothing(panels.back());
  else
    draw_content(panels, ladder);
  return canvas;
}

Result<std::string> write_ladder_picture(Picture picture, const Ladder& ladder,
                                         const RenderOptions& options) {
  const std::string text = ladder.tables.empty() ? "" : ladder.tables.back().text;
  const std::string description =
      fmt::format("z of the best token at every layer, a panel a lens. {}", fmt::join(ladder.sentences, " "));
  return write_picture(picture, options, "ladder", text, description,
                       [&] { return draw_ladder(ladder, options.figure); });
}

}  // namespace logitlens
