// A canvas drawn on Cairo's surfaces. The same canvas gives the same bytes: no time, no random name, nothing
// of the process gets into a document.
#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <cairo.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <numbers>
#include <tuple>
#include <utility>

#include "render/canvas.h"
#include "render/svg_document.h"

namespace logitlens {
namespace {

constexpr double kMostPixels = 32767;  // Cairo's limit for a side of an image
constexpr double kPoints = 0.75;       // of PDF to a px: 72 / 96
constexpr double kManyPixels = 60e6;   // beyond this a PNG gets one pixel to a px

struct DestroySurface {
  void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
};
struct DestroyContext {
  void operator()(cairo_t* cr) const { cairo_destroy(cr); }
};
using Surface = std::unique_ptr<cairo_surface_t, DestroySurface>;
using Context = std::unique_ptr<cairo_t, DestroyContext>;

// What a surface writes. Cairo may go on after a write that failed, and call the whole a success.
struct Document {
  std::string bytes;
  cairo_status_t status = CAIRO_STATUS_SUCCESS;
};

cairo_status_t append(void* closure, const unsigned char* bytes, unsigned int count) {
  auto& document = *static_cast<Document*>(closure);
  try {
    document.bytes.append(reinterpret_cast<const char*>(bytes), count);
  } catch (...) {  // no exception may pass through Cairo's frames
    document.status = CAIRO_STATUS_NO_MEMORY;
  }
  return document.status;
}

Status checked(cairo_status_t status) {
  if (status == CAIRO_STATUS_SUCCESS) return ok_status();
  const bool is_memory = status == CAIRO_STATUS_NO_MEMORY;
  return Error{.code = is_memory ? Code::memory : Code::internal,
               .file = "",
               .field = "figure",
               .found = cairo_status_to_string(status),
               .expected = "",
               .remedy = is_memory ? "Close other programs, or draw a smaller figure" : "",
               .names = {}};
}

void set_color(cairo_t* cr, Rgb color) {
  cairo_set_source_rgb(cr, color.red / 255.0, color.green / 255.0, color.blue / 255.0);
}

void draw_shape(cairo_t* cr, const Shape& shape) {
  cairo_new_path(cr);  // text leaves a point behind
  set_color(cr, shape.color);
  cairo_set_line_width(cr, shape.line_width);
  switch (shape.kind) {
    case Shape::Kind::fill_box:
      cairo_rectangle(cr, shape.box.x, shape.box.y, shape.box.width, shape.box.height);
      cairo_fill(cr);
      break;
    case Shape::Kind::fill_circle:
    case Shape::Kind::stroke_circle:
      cairo_arc(cr, shape.points[0].x, shape.points[0].y, shape.radius, 0, 2 * std::numbers::pi);
      if (shape.kind == Shape::Kind::fill_circle)
        cairo_fill(cr);
      else
        cairo_stroke(cr);
      break;
    case Shape::Kind::stroke_line: {
      const double dashes[] = {4, 3};
      cairo_set_dash(cr, dashes, shape.dashed ? 2 : 0, 0);
      cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
      for (const Point& point : shape.points) cairo_line_to(cr, point.x, point.y);
      cairo_stroke(cr);
      cairo_set_dash(cr, dashes, 0, 0);
      break;
    }
  }
}

// Draws the labels of one document.
class LabelPainter {
 public:
  LabelPainter(cairo_t* cr, const TextShaper& shaper)
      : cr_(cr),
        shaper_(shaper),
        is_vector_(cairo_surface_get_type(cairo_get_target(cr)) != CAIRO_SURFACE_TYPE_IMAGE) {}

  void draw(const Label& label) {
    cairo_save(cr_);
    cairo_translate(cr_, label.at.x, label.at.y);
    cairo_rotate(cr_, -label.angle * std::numbers::pi / 180);
    if (is_vector_ && has_pictures(label))
      paint_image(label);
    else
      draw_at_origin(cr_, label);
    cairo_restore(cr_);
  }

 private:
  using Key = std::tuple<std::string, Font, double, bool, std::uint8_t>;
  static constexpr double kFine = 4;  // pixels of such an image to a px

  // Most labels are plain: only what can hold emoji is looked at closely.
  bool has_pictures(const Label& label) const {
    const bool plain =
        std::ranges::all_of(label.text, [](char c) { return static_cast<unsigned char>(c) < 0xe2; });
    return !plain && shaper_.has_pictures(label.text, label.font);
  }

  void draw_at_origin(cairo_t* cr, const Label& label) const {
    set_color(cr, label.color);
    cairo_move_to(cr, 0, 0);
    shaper_.draw(cr, label.text, label.font, label.max_width, label.keep_end);
  }

  // Emoji fonts hold pixels. Cairo would shrink them to the size of the letters, which is coarse in print:
  // the label becomes an image that is finer, one for all labels that look the same.
  void paint_image(const Label& label) {
    Surface& image = images_[{label.text, label.font, label.max_width, label.keep_end, label.color.red}];
    const double ascent = std::ceil(1.6 * label.font.size), air = std::ceil(label.font.size);
    if (!image) {
      const double width = std::ceil(shaper_.width(label.text, label.font, label.max_width, label.keep_end));
      image.reset(cairo_image_surface_create(CAIRO_FORMAT_ARGB32, static_cast<int>(kFine * (width + 2 * air)),
                                             static_cast<int>(kFine * 2 * ascent)));
      const Context cr(cairo_create(image.get()));
      cairo_scale(cr.get(), kFine, kFine);
      cairo_translate(cr.get(), air, ascent);
      draw_at_origin(cr.get(), label);
    }
    cairo_scale(cr_, 1 / kFine, 1 / kFine);
    cairo_set_source_surface(cr_, image.get(), -kFine * air, -kFine * ascent);
    cairo_paint(cr_);
  }

  cairo_t* cr_;
  const TextShaper& shaper_;
  bool is_vector_;
  std::map<Key, Surface> images_;
};

// Draws on `surface`, which writes to its stream when it is finished.
template <class Draw>
Status finish(cairo_surface_t* surface, double scale, const Draw& draw) {
  LL_TRY(checked(cairo_surface_status(surface)));
  const Context cr(cairo_create(surface));
  cairo_scale(cr.get(), scale, scale);
  draw(cr.get());
  LL_TRY(checked(cairo_status(cr.get())));
  cairo_surface_show_page(surface);
  cairo_surface_finish(surface);
  return checked(cairo_surface_status(surface));
}

}  // namespace

void Canvas::draw(cairo_t* cr) const {
  set_color(cr, paper_);
  cairo_rectangle(cr, 0, 0, width_, height_);
  cairo_fill(cr);
  LabelPainter labels(cr, shaper_);
  for (const auto& item : items_) {
    if (const auto* shape = std::get_if<Shape>(&item)) draw_shape(cr, *shape);
    if (const auto* label = std::get_if<Label>(&item)) labels.draw(*label);
  }
}

Result<std::string> Canvas::svg(std::string_view title, std::string_view description) const {
  Document document;
  {
    const Surface surface(cairo_svg_surface_create_for_stream(append, &document, width_, height_));
    cairo_svg_surface_set_document_unit(surface.get(), CAIRO_SVG_UNIT_PX);
    LL_TRY(finish(surface.get(), 1, [&](cairo_t* cr) { draw(cr); }));
  }
  LL_TRY(checked(document.status));
  return finish_svg(document.bytes, title, description, tooltips_);
}

Result<std::string> Canvas::png() const {
  const bool dense =
      2 * width_ <= kMostPixels && 2 * height_ <= kMostPixels && 4 * width_ * height_ <= kManyPixels;
  const double scale = dense ? 2 : 1;
  if (width_ > kMostPixels || height_ > kMostPixels || width_ * height_ > 8 * kManyPixels) {
    return usage_error(
        "figure", fmt::format("{:.0f} x {:.0f} pixels", width_, height_),
        fmt::format("at most {:.0f} on a side and {:.0f} million in all", kMostPixels, 8 * kManyPixels / 1e6),
        "Write .svg or .pdf, or show fewer positions or layers");
  }
  const Surface surface(cairo_image_surface_create(CAIRO_FORMAT_RGB24,
                                                   static_cast<int>(std::lround(scale * width_)),
                                                   static_cast<int>(std::lround(scale * height_))));
  LL_TRY(checked(cairo_surface_status(surface.get())));
  const Context cr(cairo_create(surface.get()));
  cairo_scale(cr.get(), scale, scale);
  draw(cr.get());
  LL_TRY(checked(cairo_status(cr.get())));
  Document document;
  LL_TRY(checked(cairo_surface_write_to_png_stream(surface.get(), append, &document)));
  LL_TRY(checked(document.status));
  return std::move(document.bytes);
}

Result<std::string> Canvas::pdf(std::string_view title) const {
  Document document;
  const Surface surface(
      cairo_pdf_surface_create_for_stream(append, &document, kPoints * width_, kPoints * height_));
  cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_TITLE, std::string(title).c_str());
  cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_CREATOR, "logitlens");
  cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_CREATE_DATE, "2000-01-01T00:00:00Z");
  LL_TRY(finish(surface.get(), kPoints, [&](cairo_t* cr) { draw(cr); }));
  LL_TRY(checked(document.status));
  return std::move(document.bytes);
}

}  // namespace logitlens
