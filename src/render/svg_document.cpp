#include "render/svg_document.h"

#include <fmt/format.h>

#include <cstddef>
#include <map>
#include <utility>

#include "base/escape.h"
#include "render/canvas.h"

namespace logitlens {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return c >= 'a' && c <= 'z'; }

// Letters and a number, as surface5 or image10. Not glyph0-3: those are counted within the document already.
std::string_view counted_name(std::string_view text) {
  std::size_t letters = 0;
  while (letters < text.size() && is_letter(text[letters])) ++letters;
  std::size_t end = letters;
  while (end < text.size() && is_digit(text[end])) ++end;
  const bool ends_here = end < text.size() && (text[end] == '"' || text[end] == ')');
  return letters > 0 && end > letters && ends_here ? text.substr(0, end) : std::string_view();
}

// Every name after id=" or # is numbered in the order in which the document first has it.
std::string with_names_numbered(std::string_view document) {
  std::map<std::string, std::string, std::less<>> names;
  std::string out;
  out.reserve(document.size());
  while (!document.empty()) {
    const std::size_t id = document.find("id=\""), reference = document.find('#');
    const std::size_t at = std::min(id == std::string_view::npos ? id : id + 4,
                                    reference == std::string_view::npos ? reference : reference + 1);
    out += document.substr(0, at);
    if (at == std::string_view::npos) break;
    document.remove_prefix(at);
    const std::string_view name = counted_name(document);
    if (name.empty()) continue;
    const std::string_view letters = name.substr(0, name.find_first_of("0123456789"));
    const auto found = names.emplace(name, fmt::format("{}{}", letters, names.size() + 1)).first;
    out += found->second;
    document.remove_prefix(name.size());
  }
  return out;
}

std::string tooltip_box(const Tooltip& tooltip) {
  const Box& box = tooltip.box;
  return fmt::format("<rect x=\"{:g}\" y=\"{:g}\" width=\"{:g}\" height=\"{:g}\"><title>{}</title></rect>\n",
                     box.x, box.y, box.width, box.height, xml_text(tooltip.text));
}

}  // namespace

std::string xml_text(std::string_view text) {
  std::string out;
  for (const char c : escaped(text)) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string finish_svg(std::string_view document, std::string_view title, std::string_view description,
                       const std::vector<Tooltip>& tooltips) {
  std::string out = with_names_numbered(document);
  const std::string words =
      fmt::format("<title>{}</title>\n<desc>{}</desc>\n", xml_text(title), xml_text(description));
  const std::size_t root = out.find("<svg ");
  const std::size_t inside = out.find('>', root);
  out.insert(inside + 1, "\n" + words);
  out.insert(root + 5, "role=\"img\" ");
  std::string boxes;
  for (const Tooltip& tooltip : tooltips) boxes += tooltip_box(tooltip);
  if (!boxes.empty())
    out.insert(out.rfind("</svg>"), "<g fill=\"none\" pointer-events=\"all\">\n" + boxes + "</g>\n");
  return out;
}

}  // namespace logitlens
