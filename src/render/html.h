// The report: one HTML file with its script, its style and its data.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "logitlens/status.h"
#include "logitlens/table.h"

namespace logitlens {

// `tables`: at least one; several are shown side by side.
Result<std::string> html_page(std::span<const LensTable> tables);

// `json`, the text of a JSON value, such that no HTML parser finds a tag, a comment or an entity in it; it is the same
// value still.
std::string json_in_html(std::string_view json);

// `text` as content of an element or of an attribute in quotes.
std::string html_text(std::string_view text);

}  // namespace logitlens
