// A trace as a picture: a panel for each position, all on one scale; under each what its lines are.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "render/documents.h"
#include "render/figure_plot.h"
#include "render/trace_words.h"

namespace logitlens {
namespace {

constexpr double kHeight = 260, kValues = 46, kWidestGraph = 700, kWidestNames = 170, kBetween = 36;
constexpr double kAxis = 44, kKeyLine = 16, kKeySample = 26, kHeadingLine = 18, kRowGap = 44, kNameGap = 18;
constexpr double kWidestPanel = kValues + kWidestGraph + kWidestNames, kNarrowestPair = 480;

// What the frame of every figure reads of a table.
LensTable frame_table(const Trace& trace) {
  LensTable table;
  table.model = trace.model;
  table.run = trace.run;
  table.text = trace.text;
  table.text_second = trace.text_second;
  table.tokens = trace.tokens;
  table.layers = trace.layers;
  return table;
}

std::string statistic_name(const FigureInput& input, const Trace& trace) {
  if (trace.statistic == "z") return "z of a token";
  if (trace.statistic == "logprob") return "log-probability of a token";
  if (trace.statistic == "logit") return "logit of a token";
  const StatisticInfo* info = find_statistic(trace.statistic);
  return info == nullptr ? trace.statistic : statistic_words(input.table, *info);
}

// A panel with its lines of text already cut to the width it will have.
struct PanelPlan {
  const TracePanel* panel = nullptr;
  std::vector<std::string> heading;
  std::vector<std::vector<std::string>> key;  // [lines], each in as many lines of text as it takes
  double apart = 0;                           // px from one name to the next
  double heading_height = 0, graph_height = 0, key_height = 0;
};

// "god", or "god (raw)" where there are several lenses; a line that is of no word is its lens's.
std::string line_name(const Trace& trace, const TraceLine& line) {
  if (!line.id) return line.lens;
  return trace.lenses.size() > 1 ? fmt::format("{} ({})", line.token, line.lens) : line.token;
}

PanelPlan plan_panel(FigureInput& input, const Trace& trace, const TracePanel& panel, double width) {
  PanelPlan plan{.panel = &panel, .heading = {}, .key = {}};
  std::string heading = panel_words(panel);
  heading[0] = 'P';
  plan.heading = wrap_to(input.canvas, heading, kHeadingFont, width);
  plan.apart = 15;
  std::size_t key_lines = 0;
  for (const TraceLine& line : shown_lines(panel)) {
    plan.key.push_back(
        wrap_to(input.canvas, line_words(trace, panel, line, ""), kSmallFont, width - kKeySample));
    key_lines += plan.key.back().size();
    plan.apart = std::max(plan.apart, input.canvas.ink_height_of(line_name(trace, line), kTextFont) + 2);
  }
  plan.heading_height = kHeadingLine * static_cast<double>(plan.heading.size()) + 24;
  plan.graph_height = std::max(kHeight, plan.apart * static_cast<double>(plan.key.size()));
  plan.key_height =
      kKeyLine * static_cast<double>(key_lines + (panel.lines.size() > plan.key.size() ? 1 : 0));
  return plan;
}

// A word has one colour, through whichever lens it is seen.
std::vector<Rgb> colors_of(const FigureInput& input, std::span<const TraceLine> lines) {
  const std::span<const Rgb> all = line_colors(input.options.theme);
  std::vector<std::optional<int>> words;
  std::vector<Rgb> colors;
  for (const TraceLine& line : lines) {
    auto at = std::ranges::find(words, line.id);
    if (!line.id || at == words.end()) at = words.insert(words.end(), line.id);
    colors.push_back(all[static_cast<std::size_t>(at - words.begin()) % all.size()]);
  }
  return colors;
}

// Names at the lines' ends, moved apart, with a thin line back to where they belong.
void draw_names(FigureInput& input, const Trace& trace, const PanelPlan& plan, const Plot& plot,
                const std::vector<Rgb>& colors, double room) {
  const std::span<const TraceLine> lines = shown_lines(*plan.panel);
  std::vector<double> ends;
  for (const TraceLine& line : lines) {
    const std::size_t end = end_of_curve(line.values);
    ends.push_back(end > 0 ? plot.y(line.values[end - 1]) : plot.area.bottom());
  }
  const std::vector<double> middles = spread(ends, plan.apart, plot.area.y, plot.area.bottom());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    input.canvas.line({{plot.area.right() + 4, ends[i]}, {plot.area.right() + 14, middles[i]}}, 1, colors[i]);
    input.canvas.text({.at = {plot.area.right() + kNameGap, baseline_at(middles[i], kTextFont)},
                       .text = line_name(trace, lines[i]),
                       .font = kTextFont,
                       .color = colors[i],
                       .max_width = room - kNameGap});
  }
}

void draw_key(FigureInput& input, const Trace& trace, const PanelPlan& plan, const std::vector<Rgb>& colors,
              double left, double y, double width) {
  const std::span<const TraceLine> lines = shown_lines(*plan.panel);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    input.canvas.line({{left, y - 4}, {left + kKeySample - 8, y - 4}}, 2, colors[i],
                      lines[i].lens != trace.lenses.front());
    y = draw_lines(input, plan.key[i], kSmallFont, input.palette.ink, {left + kKeySample, y}, kKeyLine,
                   width - kKeySample);
  }
  if (const std::size_t more = plan.panel->lines.size() - lines.size(); more > 0)
    draw_lines(input, {fmt::format("and {} more lines, in the JSON", more)}, kSmallFont, input.palette.muted,
               {left + kKeySample, y}, kKeyLine, width - kKeySample);
}

// Px right of every graph: what the longest name takes, within limits.
double names_width(FigureInput& input, const Trace& trace, double panel_width) {
  double widest = 0;
  for (const TracePanel& panel : shown_panels(trace))
    for (const TraceLine& line : shown_lines(panel))
      widest = std::max(widest, input.canvas.width_of(line_name(trace, line), kTextFont));
  return std::min({std::ceil(widest) + kNameGap + 2, kWidestNames, std::floor(0.3 * panel_width)});
}

// `scale`: low and high of all panels; its area is this panel's, `names` px of `width` are the names'.
void draw_panel(FigureInput& input, const Trace& trace, const PanelPlan& plan, const Plot& scale, double left,
                double top, double width, double names) {
  Plot plot = scale;
  draw_lines(input, plan.heading, kHeadingFont, input.palette.ink, {left, top}, kHeadingLine, width);
  plot.area = {left + kValues, top + plan.heading_height, width - kValues - names, plan.graph_height};
  draw_plot_axes(input, plot, statistic_name(input, trace), 10);
  const std::span<const TraceLine> lines = shown_lines(*plan.panel);
  const std::vector<Rgb> colors = colors_of(input, lines);
  for (std::size_t i = lines.size(); i-- > 0;)  // the first ones, which matter most, above the others
    draw_curve(input, plot, lines[i].values, 2, colors[i], lines[i].lens != trace.lenses.front());
  for (std::size_t i = 0; i < lines.size(); ++i)
    if (const auto& knee = lines[i].knee) draw_knee(input, plot, lines[i].values, knee->layer, colors[i]);
  draw_names(input, trace, plan, plot, colors, names);
  draw_key(input, trace, plan, colors, left, plot.area.bottom() + kAxis + 14, width);
}

std::vector<std::string> footer_sentences(const Trace& trace) {
  bool has_knee = false;
  for (const TracePanel& panel : shown_panels(trace))
    for (const TraceLine& line : shown_lines(panel)) has_knee = has_knee || line.knee;
  std::vector<std::string> sentences;
  const std::size_t shown = shown_panels(trace).size();
  if (shown < trace.panels.size())
    sentences.push_back(fmt::format("{} of {} positions are shown, the first ones: {} are left out.", shown,
                                    trace.panels.size(), trace.panels.size() - shown));
  sentences.push_back(trace_axis_words(trace));
  if (has_knee)
    sentences.emplace_back("A ring marks the knee of a line, where its flat stretch turns into a climb.");
  sentences.emplace_back("The fit is ordinary least squares on √layer.");
  return sentences;
}

void draw_content(FigureInput& input, const Trace& trace) {
  const std::span<const TracePanel> panels = shown_panels(trace);
  const double width =
      figure_width(input.options, panels.size() > 1 ? content_room(input.options) : kWidestPanel);
  const double room = width - 2 * kMargin;
  const std::size_t columns = panels.size() > 1 && room >= 2 * kNarrowestPair + kBetween ? 2 : 1;
  const double panel_width =
      std::floor((room - kBetween * static_cast<double>(columns - 1)) / static_cast<double>(columns));
  std::vector<std::span<const double>> curves;
  for (const TracePanel& panel : panels)
    for (const TraceLine& line : shown_lines(panel)) curves.emplace_back(line.values);
  const Plot scale = make_plot({}, trace.layers, curves);

  const std::string lenses =
      trace.lenses.size() > 1 ? fmt::format("lenses {}", fmt::join(trace.lenses, " and ")) : "";
  double y = draw_header(input, "From layer to layer: " + statistic_name(input, trace), width, lenses) + 34;
  const double names = names_width(input, trace, panel_width);
  double bottom = y;
  for (std::size_t first = 0; first < panels.size(); first += columns) {
    std::vector<PanelPlan> row;
    for (std::size_t i = first; i < std::min(first + columns, panels.size()); ++i)
      row.push_back(plan_panel(input, trace, panels[i], panel_width));
    double heading = 0, graph = 0, key = 0;
    for (const PanelPlan& plan : row) {
      heading = std::max(heading, plan.heading_height);
      graph = std::max(graph, plan.graph_height);
      key = std::max(key, plan.key_height);
    }
    for (std::size_t i = 0; i < row.size(); ++i) {
      row[i].heading_height = heading;  // those side by side begin and end together
      row[i].graph_height = graph;
      draw_panel(input, trace, row[i], scale, kMargin + static_cast<double>(i) * (panel_width + kBetween), y,
                 panel_width, names);
    }
    bottom = y + heading + graph + kAxis + key;
    y = bottom + kRowGap;
  }
  draw_footer(input, footer_sentences(trace), bottom + 8, width);
}

}  // namespace

Result<Canvas> draw_trace(const Trace& trace, const FigureOptions& options) {
  LL_TRY(check_figure({.width = options.width}, {}));
  const LensTable table = frame_table(trace);
  const Palette& palette = palette_of(options.theme);
  LL_ASSIGN(Canvas canvas, Canvas::create(palette.paper));
  FigureInput input{canvas, table, options, palette, {}};
  if (trace.panels.empty() || trace.layers.empty())
    draw_nothing(input);
  else
    draw_content(input, trace);
  return canvas;
}

Result<std::string> write_trace_picture(Picture picture, const Trace& trace, const RenderOptions& options) {
  const std::string description =
      fmt::format("{} against layer, as lines, a panel a position. {}. {} positions.", trace.statistic,
                  fmt::join(trace_title(trace), ", "), trace.panels.size());
  return write_picture(picture, options, "trace", trace.text, description,
                       [&] { return draw_trace(trace, options.figure); });
}

}  // namespace logitlens
