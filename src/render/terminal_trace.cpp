// Lines over the layers for a terminal: a panel for each position, all on the same scale, and under it what each line is.
#include <fmt/format.h>
#include <fmt/ranges.h>

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

namespace logitlens {
namespace {

constexpr int kDefaultWidth = 100, kWidestPanel = 96, kNarrowestPanel = 40, kPlotHeight = 12,
              kWidestWord = 24;
constexpr std::size_t kMostPanels = 8, kMostLines = 7;

struct View {
  const Trace& trace;
  double lowest = std::numeric_limits<double>::infinity(), highest = -std::numeric_limits<double>::infinity();
  int width = kDefaultWidth;        // of the terminal
  int panel_width = kDefaultWidth;  // of a panel
  Color color = Color::none;
};

std::span<const TracePanel> shown_panels(const Trace& trace) {
  return std::span(trace.panels).first(std::min(trace.panels.size(), kMostPanels));
}
std::span<const TraceLine> shown_lines(const TracePanel& panel) {
  return std::span(panel.lines).first(std::min(panel.lines.size(), kMostLines));
}

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

// Ascending layer numbers as "3, 5 to 8 and 12".
std::string layer_list(std::span<const int> layers) {
  std::vector<std::string> runs;
  for (std::size_t i = 0; i < layers.size();) {
    std::size_t end = i;
    while (end + 1 < layers.size() && layers[end + 1] == layers[end] + 1) ++end;
    const std::size_t count = end - i + 1;
    if (count > 2)
      runs.push_back(fmt::format("{} to {}", layers[i], layers[end]));
    else
      for (; i <= end; ++i) runs.push_back(fmt::format("{}", layers[i]));
    i = end + 1;
  }
  if (runs.size() == 1) return runs.front();
  const std::string last = runs.back();
  runs.pop_back();
  return fmt::format("{} and {}", fmt::join(runs, ", "), last);
}

std::string role_words(const View& view, const TracePanel& panel, const TraceLine& line) {
  std::vector<std::string> parts;
  if (line.target)
    parts.push_back(
        fmt::format("the {}", target_noun(view.trace.run, view.trace.tokens, panel.position, panel.target)));
  if (line.best_at.empty()) {
    if (line.target) parts.emplace_back("never the most likely one");
  } else if (line.best_at.size() == view.trace.layers.size()) {
    parts.emplace_back("most likely at every layer");
  } else {
    parts.push_back(fmt::format("most likely at layer{} {}", line.best_at.size() == 1 ? "" : "s",
                                layer_list(line.best_at)));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string knee_words(const TraceLine& line) {
  if (!line.knee && !line.two_segment) return "no knee";
  std::string words =
      line.knee ? fmt::format("knee ◆ at layer {} (strength {:.2f})", line.knee->layer, line.knee->strength)
                : "no knee";
  if (!line.two_segment) return words + ", no two lines";
  return words +
         fmt::format(", two lines meet at {} (gain {:.2f})", line.two_segment->layer, line.two_segment->gain);
}

std::string fit_words(const TraceLine& line) {
  const SqrtFit& fit = line.sqrt_fit;
  if (!std::isfinite(fit.b1)) return "";
  std::string words = fmt::format("{}{:.2f} {} {:.2f} √layer", fit.b0 < 0 ? "−" : "", std::abs(fit.b0),
                                  fit.b1 < 0 ? "−" : "+", std::abs(fit.b1));
  if (std::isfinite(fit.r2)) words += fmt::format(" (R² {:.2f})", fit.r2);
  return words;
}

std::string line_words(const View& view, const TracePanel& panel, const TraceLine& line) {
  std::vector<std::string> parts;
  if (line.id) {
    std::string name = shown(line.token, kWidestWord).bytes;
    if (view.trace.lenses.size() > 1) name += fmt::format(" ({} lens)", line.lens);
    const std::string role = role_words(view, panel, line);
    parts.push_back(role.empty() ? name : fmt::format("{}: {}", name, role));
  } else {
    parts.push_back(fmt::format("{} lens", line.lens));
  }
  parts.push_back(knee_words(line));
  if (const std::string fit = fit_words(line); !fit.empty()) parts.push_back(fit);
  return fmt::format("{}", fmt::join(parts, "; "));
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
  const std::string what = panel.masked ? "masked" : "not masked";
  block.paragraph(
      fmt::format("position {} “{}” {}", panel.position, shown(panel.token, kWidestWord).bytes, what),
      TextStyle::bold);
  const std::vector<PlotCurve> curves = curves_of(view, panel);
  const PlotFrame frame{view.trace.layers, view.lowest, view.highest,
                        view.panel_width,  kPlotHeight, view.color};
  for (std::string& line : draw_plot(frame, curves)) block.lines.push_back(std::move(line));
  for (std::size_t i = 0; i < curves.size(); ++i) {
    const std::string mark = inked(curves[i].dashed ? "╌╌" : "──", i, view.color) + " " +
                             inked(curves[i].letter, i, view.color) + "  ";
    block.hanging(mark, 5, line_words(view, panel, panel.lines[i]));
  }
  if (panel.lines.size() > curves.size())
    block.paragraph(fmt::format("and {} more lines, in the JSON", panel.lines.size() - curves.size()),
                    TextStyle::faint);
  for (const TraceSettling& one : panel.settling)
    for (const std::string& line : wrap_phrases(settling_phrases(view, one), view.panel_width))
      block.lines.push_back(styled(line, TextStyle::faint, view.color));
  return block;
}

std::vector<std::string> title(const Trace& trace) {
  LensTable table;
  table.model = trace.model;
  table.run = trace.run;
  std::vector<std::string> phrases = title_phrases(table);
  if (trace.lenses.size() > 1) phrases[2] = fmt::format("lenses {}", fmt::join(trace.lenses, " and "));
  return phrases;
}

std::string axis_words(const Trace& trace) {
  std::string words = trace.statistic == "z"
                          ? "Upwards z, how many standard deviations a word stands above the mean of "
                            "the vocabulary"
                          : fmt::format("Upwards {} ({}): {}", trace.statistic, trace.unit, trace.formula);
  words += "; across the layers, 0 the output of the embeddings. All panels have the same scale.";
  if (trace.lenses.size() > 1)
    words += fmt::format(" Whole lines are through the {} lens, broken ones through another.",
                         trace.lenses.front());
  return words;
}

}  // namespace

Result<std::string> write_trace_text(const Trace& trace, const RenderOptions& options) {
  View view{.trace = trace, .color = options.color};
  if (options.width > 0) view.width = options.width;
  const int columns = view.width >= 2 * 72 && trace.panels.size() > 1 ? 2 : 1;
  view.panel_width = std::clamp((view.width - 3 * (columns - 1)) / columns, kNarrowestPanel, kWidestPanel);
  find_range(view);

  Block head{.width = view.width, .color = view.color};
  for (const std::string& one : wrap_phrases(title(trace), view.width))
    head.lines.push_back(styled(one, TextStyle::bold, view.color));
  head.quote(trace.text);
  head.lines.emplace_back();
  if (trace.panels.empty()) {
    head.lines.emplace_back("There is no token to look at in this text.");
    return join_lines(head.lines);
  }
  head.paragraph(axis_words(trace));
  head.lines.emplace_back();
  std::vector<Block> panels;
  for (const TracePanel& panel : shown_panels(trace)) panels.push_back(panel_block(view, panel));
  std::string out = join_lines(head.lines) + join_lines(side_by_side(panels, columns, 3));
  if (trace.panels.size() > kMostPanels)
    out += fmt::format("{} of {} positions are shown: choose some with --position, or take all as JSON.\n",
                       kMostPanels, trace.panels.size());
  return out;
}

}  // namespace logitlens
