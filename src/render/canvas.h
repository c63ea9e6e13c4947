// What a figure is drawn on: shapes and lines of text kept as a list, measured as they come, and written as
// SVG, PNG or PDF at the end, when it is known how large the picture has become. Px, y down.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/escape.h"
#include "logitlens/status.h"
#include "render/color_scale.h"
#include "render/text_shaper.h"

namespace logitlens {

struct Point {
  double x = 0, y = 0;
};

struct Box {
  double x = 0, y = 0, width = 0, height = 0;
  double right() const { return x + width; }
  double bottom() const { return y + height; }
};

enum class Anchor { start, middle, end };

// One line of text; `at` is on its baseline, at its start, middle or end.
struct Label {
  Point at;
  std::string text;
  Font font;
  Rgb color;
  Anchor anchor = Anchor::start;
  double max_width = 0;   // 0: as long as it is
  double angle = 0;       // degrees, counter-clockwise around `at`
  bool keep_end = false;  // if it is too long, its start is left out
};

struct Shape {
  enum class Kind { fill_box, fill_circle, stroke_circle, stroke_line } kind = Kind::fill_box;
  Box box;                    // of fill_box
  std::vector<Point> points;  // of stroke_line; the centre of a circle
  double radius = 0, line_width = 0;
  bool dashed = false;
  Rgb color;
};

// What a reader is told who points at a place (SVG only).
struct Tooltip {
  Box box;
  std::string text;
};

class Canvas {
 public:
  static Result<Canvas> create(Rgb paper);

  void fill(Box box, Rgb color);
  void disc(Point center, double radius, Rgb color);
  void ring(Point center, double radius, double line_width, Rgb color);
  void line(std::vector<Point> points, double width, Rgb color, bool dashed = false);
  void text(Label label);
  void tooltip(Box box, std::string text) { tooltips_.push_back({box, std::move(text)}); }

  // In px. `text` is made safe to show first, as it is when drawn.
  double width_of(std::string_view text, Font font);
  double ink_height_of(std::string_view text, Font font);
  bool is_right_to_left(std::string_view text) const { return shaper_.is_right_to_left(escaped(text)); }

  void set_size(double width, double height) { width_ = width, height_ = height; }
  double width() const { return width_; }
  double height() const { return height_; }

  // A sentence about the letters that no font has; empty if there are none.
  std::string missing_letters() const;

  // For tests: the corners of the ink of every label, and whether all of it lies on the paper.
  const std::vector<std::pair<std::string, std::vector<Point>>>& inked() const { return inked_; }

  // Whole documents. `title` and `description` are what a screen reader says of the picture.
  Result<std::string> svg(std::string_view title, std::string_view description) const;
  Result<std::string> png() const;  // two pixels to a px, one if that would be too many
  Result<std::string> pdf(std::string_view title) const;

 private:
  explicit Canvas(Rgb paper, TextShaper shaper) : paper_(paper), shaper_(std::move(shaper)) {}
  void draw(cairo_t* cr) const;

  Rgb paper_;
  TextShaper shaper_;
  std::vector<std::variant<Shape, Label>> items_;
  std::vector<Tooltip> tooltips_;
  std::vector<std::pair<std::string, std::vector<Point>>> inked_;
  double width_ = 0, height_ = 0;
};

// The baseline that centres a line of digits or capitals on `middle`.
inline double baseline_at(double middle, Font font) { return middle + 0.357 * font.size; }

}  // namespace logitlens
