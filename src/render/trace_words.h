// What is said of a trace, in the terminal and in its figure: which panels and lines are shown, and what each
// line is.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "logitlens/trace.h"

namespace logitlens {

// The first few: the other formats hold all.
std::span<const TracePanel> shown_panels(const Trace& trace);
std::span<const TraceLine> shown_lines(const TracePanel& panel);

// Model, lenses and mask, a phrase each.
std::vector<std::string> trace_title(const Trace& trace);

// "position 3 “god” masked".
std::string panel_words(const TracePanel& panel);

// The word, when it is the most likely one, the knee, the fit. `knee_mark` stands for the knee in the plot.
std::string line_words(const Trace& trace, const TracePanel& panel, const TraceLine& line,
                       std::string_view knee_mark);

// What the two axes are.
std::string trace_axis_words(const Trace& trace);

}  // namespace logitlens
