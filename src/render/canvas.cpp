#include "render/canvas.h"

#include <fmt/format.h>

#include <cmath>
#include <numbers>
#include <utility>

#include "base/escape.h"

namespace logitlens {
namespace {

double shift_of(Anchor anchor, double width) {
  if (anchor == Anchor::middle) return -width / 2;
  return anchor == Anchor::end ? -width : 0;
}

// The corners of a label's ink on the paper, turned as the label is.
std::vector<Point> ink_corners(const Label& label, const TextExtent& extent) {
  const double shift = shift_of(label.anchor, extent.width), turn = label.angle * std::numbers::pi / 180;
  const double left = shift + extent.ink_left, right = shift + extent.ink_right;
  std::vector<Point> corners = {
      {left, extent.ink_top}, {right, extent.ink_top}, {right, extent.ink_bottom}, {left, extent.ink_bottom}};
  for (Point& corner : corners) {
    const Point flat = corner;
    corner = {label.at.x + flat.x * std::cos(turn) + flat.y * std::sin(turn),
              label.at.y - flat.x * std::sin(turn) + flat.y * std::cos(turn)};
  }
  return corners;
}

}  // namespace

Result<Canvas> Canvas::create(Rgb paper) {
  LL_ASSIGN(TextShaper shaper, TextShaper::create());
  return Canvas(paper, std::move(shaper));
}

void Canvas::fill(Box box, Rgb color) {
  items_.emplace_back(Shape{.kind = Shape::Kind::fill_box, .box = box, .points = {}, .color = color});
}

void Canvas::disc(Point center, double radius, Rgb color) {
  items_.emplace_back(Shape{
      .kind = Shape::Kind::fill_circle, .box = {}, .points = {center}, .radius = radius, .color = color});
}

void Canvas::ring(Point center, double radius, double line_width, Rgb color) {
  items_.emplace_back(Shape{.kind = Shape::Kind::stroke_circle,
                            .box = {},
                            .points = {center},
                            .radius = radius,
                            .line_width = line_width,
                            .color = color});
}

void Canvas::line(std::vector<Point> points, double width, Rgb color, bool dashed) {
  items_.emplace_back(Shape{.kind = Shape::Kind::stroke_line,
                            .box = {},
                            .points = std::move(points),
                            .line_width = width,
                            .dashed = dashed,
                            .color = color});
}

void Canvas::text(Label label) {
  label.text = escaped(label.text);
  if (label.text.empty()) return;
  const TextExtent extent = shaper_.measure(label.text, label.font, label.max_width, label.keep_end);
  const Point at = label.at;
  inked_.emplace_back(label.text, ink_corners(label, extent));
  // From here on the label starts at `at`: nothing is measured again when it is drawn.
  const double shift = shift_of(label.anchor, extent.width), turn = label.angle * std::numbers::pi / 180;
  label.at = {at.x + shift * std::cos(turn), at.y - shift * std::sin(turn)};
  label.anchor = Anchor::start;
  items_.emplace_back(std::move(label));
}

double Canvas::width_of(std::string_view text, Font font) {
  return shaper_.measure(escaped(text), font).width;
}

double Canvas::ink_height_of(std::string_view text, Font font) {
  const TextExtent extent = shaper_.measure(escaped(text), font);
  return extent.ink_bottom - extent.ink_top;
}

std::string Canvas::missing_letters() const {
  const auto& missing = shaper_.missing();
  if (missing.empty()) return "";
  std::string list;
  std::size_t named = 0;
  for (const std::uint32_t code : missing) {
    if (named++ == 5) break;
    list += fmt::format("{}U+{:04X}", list.empty() ? "" : ", ", code);
  }
  if (missing.size() > 5) list += fmt::format(" and {} more", missing.size() - 5);
  return fmt::format("no font here has {}: shown as a box with its number", list);
}

}  // namespace logitlens
