// What Cairo writes as SVG, made fit to publish: the same names in every run, words for screen readers, and
// tooltips.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace logitlens {

struct Tooltip;

// Names such as surface5 count what the process has drawn so far: they are numbered anew. Adds `title` and
// `description`, and an invisible box for every tooltip.
std::string finish_svg(std::string_view document, std::string_view title, std::string_view description,
                       const std::vector<Tooltip>& tooltips);

// Text between tags or in an attribute: & < > " as entities, control characters as escapes (XML allows none).
std::string xml_text(std::string_view text);

}  // namespace logitlens
