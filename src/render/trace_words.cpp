#include "render/trace_words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "render/display_width.h"
#include "render/table_words.h"

namespace logitlens {
namespace {

constexpr std::size_t kMostPanels = 8, kMostLines = 7;
constexpr int kWidestWord = 24;

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

std::string role_words(const Trace& trace, const TracePanel& panel, const TraceLine& line) {
  std::vector<std::string> parts;
  if (line.target)
    parts.push_back(
        fmt::format("the {}", target_noun(trace.run, trace.tokens, panel.position, panel.target)));
  if (line.best_at.empty()) {
    if (line.target) parts.emplace_back("never the most likely one");
  } else if (line.best_at.size() == trace.layers.size()) {
    parts.emplace_back("most likely at every layer");
  } else {
    parts.push_back(fmt::format("most likely at layer{} {}", line.best_at.size() == 1 ? "" : "s",
                                layer_list(line.best_at)));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string knee_words(const TraceLine& line, std::string_view mark) {
  if (!line.knee && !line.two_segment) return "no knee";
  std::string words = line.knee ? fmt::format("knee{} at layer {} (strength {:.2f})", mark, line.knee->layer,
                                              line.knee->strength)
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

}  // namespace

std::span<const TracePanel> shown_panels(const Trace& trace) {
  return std::span(trace.panels).first(std::min(trace.panels.size(), kMostPanels));
}
std::span<const TraceLine> shown_lines(const TracePanel& panel) {
  return std::span(panel.lines).first(std::min(panel.lines.size(), kMostLines));
}

std::string panel_words(const TracePanel& panel) {
  return fmt::format("position {} “{}” {}", panel.position, shown(panel.token, kWidestWord).bytes,
                     panel.masked ? "masked" : "not masked");
}

std::string line_words(const Trace& trace, const TracePanel& panel, const TraceLine& line,
                       std::string_view knee_mark) {
  std::vector<std::string> parts;
  if (line.id) {
    std::string name = shown(line.token, kWidestWord).bytes;
    if (trace.lenses.size() > 1) name += fmt::format(" ({} lens)", line.lens);
    const std::string role = role_words(trace, panel, line);
    parts.push_back(role.empty() ? name : fmt::format("{}: {}", name, role));
  } else {
    parts.push_back(fmt::format("{} lens", line.lens));
  }
  parts.push_back(knee_words(line, knee_mark));
  if (const std::string fit = fit_words(line); !fit.empty()) parts.push_back(fit);
  return fmt::format("{}", fmt::join(parts, "; "));
}

std::vector<std::string> trace_title(const Trace& trace) {
  LensTable table;
  table.model = trace.model;
  table.run = trace.run;
  std::vector<std::string> phrases = title_phrases(table);
  if (trace.lenses.size() > 1) phrases[2] = fmt::format("lenses {}", fmt::join(trace.lenses, " and "));
  return phrases;
}

std::string trace_axis_words(const Trace& trace) {
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

}  // namespace logitlens
