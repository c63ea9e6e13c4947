// Lines over the layers for a terminal: a panel for each position, all on the same scale, and under it what each line is.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "render/braille_plot.h"
#include "render/documents.h"
#include "render/settling_fields.h"
#include "render/table_words.h"
#include "render/terminal_blocks.h"
#include "render/terminal_text.h"
#include "render/terminal_words.h"
#include "render/trace_words.h"

namespace logitlens {
namespace {

constexpr int kDefaultWidth = 100, kWidestPanel = 96, kNarrowestPanel = 40, kPlotHeight = 12;

struct View {
  const Trace& trace;
  double lowest = std::numeric_limits<double>::infinity(), highest = -std::numeric_limits<double>::infinity();
  int width = kDefaultWidth;        // of the terminal
  int panel_width = kDefaultWidth;  // of a panel
  Color color = Color::none;
};

void find_range(View& view) {
  for (const TracePanel& panel : shown_panels(view.trace))
    for (const TraceLine& line : shown_lines(panel))
      for (double value : line.values) {
        if (!std::isfinite(value)) continue;
        view.lowest = std::min(view.lowest, value);
        view.highest = std::max(view.highest, value);
      }
  if (view.lowest > view.highest) view.lowest = 0, view.highest = 1;
}

std::optional<std::size_t> index_of(std::span<const int> layers, const std::optional<Knee>& knee) {
  if (!knee) return std::nullopt;
  const auto at = std::ranges::find(layers, knee->layer);
  return at == layers.end() ? std::nullopt : std::optional(static_cast<std::size_t>(at - layers.begin()));
}

std::string letter(std::size_t line) { return std::string(1, static_cast<char>('a' + line)); }

std::vector<PlotCurve> curves_of(const View& view, const TracePanel& panel) {
  std::vector<PlotCurve> curves;
  for (const TraceLine& line : shown_lines(panel)) {
    const std::size_t number = curves.size();
    curves.push_back({line.values, letter(number), number, line.lens != view.trace.lenses.front(),
                      index_of(view.trace.layers, line.knee)});
  }
  return curves;
}

// "settles: best stays 12", "true stays –", "rank≤10 9", ..
std::vector<std::string> settling_phrases(const View& view, const TraceSettling& one) {
  std::vector<std::string> phrases;
  for (const SettlingField& field : settling_fields()) {
    const auto layer = field.layer(one.settling);
    phrases.push_back(fmt::format("{} {}", settling_label(field.name, view.trace.run),
                                  layer ? fmt::format("{}", *layer) : std::string("–")));
  }
  const std::string lens = view.trace.lenses.size() > 1 ? fmt::format("through {}, ", one.lens) : "";
  phrases.front() = lens + "settling layers: " + phrases.front();
  return phrases;
}

Block panel_block(const View& view, const TracePanel& panel) {
  Block block{.width = view.panel_width, .color = view.color};
  block.paragraph(panel_words(panel), TextStyle::bold);
  const std::vector<PlotCurve> curves = curves_of(view, panel);
  const PlotFrame frame{view.trace.layers, view.lowest, view.highest,
                        view.panel_width,  kPlotHeight, view.color};
  for (std::string& line : draw_plot(frame, curves)) block.lines.push_back(std::move(line));
  for (std::size_t i = 0; i < curves.size(); ++i) {
    const std::string mark = inked(curves[i].dashed ? "╌╌" : "──", i, view.color) + " " +
                             inked(curves[i].letter, i, view.color) + "  ";
    block.hanging(mark, 5, line_words(view.trace, panel, panel.lines[i], " ◆"));
  }
  if (panel.lines.size() > curves.size())
    block.paragraph(fmt::format("and {} more lines, in the JSON", panel.lines.size() - curves.size()),
                    TextStyle::faint);
  for (const TraceSettling& one : panel.settling)
    for (const std::string& line : wrap_phrases(settling_phrases(view, one), view.panel_width))
      block.lines.push_back(styled(line, TextStyle::faint, view.color));
  return block;
}

}  // namespace

Result<std::string> write_trace_text(const Trace& trace, const RenderOptions& options) {
  View view{.trace = trace, .color = options.color};
  if (options.width > 0) view.width = options.width;
  const int columns = view.width >= 2 * 72 && trace.panels.size() > 1 ? 2 : 1;
  view.panel_width = std::clamp((view.width - 3 * (columns - 1)) / columns, kNarrowestPanel, kWidestPanel);
  find_range(view);

  Block head{.width = view.width, .color = view.color};
  for (const std::string& one : wrap_phrases(trace_title(trace), view.width))
    head.lines.push_back(styled(one, TextStyle::bold, view.color));
  head.quote(trace.text);
  head.lines.emplace_back();
  if (trace.panels.empty()) {
    head.lines.emplace_back("There is no token to look at in this text.");
    return join_lines(head.lines);
  }
  head.paragraph(trace_axis_words(trace));
  head.lines.emplace_back();
  std::vector<Block> panels;
  for (const TracePanel& panel : shown_panels(trace)) panels.push_back(panel_block(view, panel));
  std::string out = join_lines(head.lines) + join_lines(side_by_side(panels, columns, 3));
  if (trace.panels.size() > panels.size())
    out += fmt::format("{} of {} positions are shown: choose some with --position, or take all as JSON.\n",
                       panels.size(), trace.panels.size());
  return out;
}

}  // namespace logitlens
