// Figures as documents: SVG, PNG and PDF.
#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "base/address_space.h"
#include "base/escape.h"
#include "render/drawing_lock.h"
#include "render/figure_document.h"
#include "render/figure_frame.h"
#include "render/table_words.h"
#include "render/writer.h"

namespace logitlens {
namespace {

constexpr std::size_t kLongestTitle = 200;  // bytes of the text

// For fonts, their caches, and the threads that look for them: where these find no memory, Fontconfig and GLib end the
// process.
constexpr std::size_t kRoomToDraw = std::size_t{192} << 20;

Status check_room_to_draw() {
  return require_address_space(kRoomToDraw, "", fmt::format("no room for {} bytes", kRoomToDraw),
                               "room to draw");
}

Result<std::string> write_canvas(const Canvas& canvas, Picture picture, std::string_view title,
                                 std::string_view description) {
  switch (picture) {
    case Picture::svg: return canvas.svg(title, description);
    case Picture::png: return canvas.png();
    case Picture::pdf: return canvas.pdf(title);
  }
  return std::string();
}

std::string description_of(const LensTable& table, const FigureOptions& options) {
  const auto figure = std::ranges::find(figures(), options.name, &FigureInfo::name);
  if (figure == figures().end()) return "";  // drawing it is the error
  return fmt::format("{}. Model {}, {} lens, {}, {} layers, {} rows.", figure->description, model_name(table),
                     table.run.lens, mask_words(table.run), table.model.layers, table.rows().size());
}

Result<std::string> write_figure(Picture picture, const LensTable& table, const RenderOptions& options) {
  return write_picture(picture, options, options.figure.name, table.text,
                       description_of(table, options.figure),
                       [&] { return draw_figure(table, options.figure); });
}

}  // namespace

Result<std::string> write_picture(Picture picture, const RenderOptions& options, std::string_view what,
                                  std::string_view text, std::string_view description,
                                  const std::function<Result<Canvas>()>& draw) {
  const std::string title = escaped(fmt::format("logitlens {}: {}", what, utf8_prefix(text, kLongestTitle)));
  std::string document, missing;
  {
    const DrawingLock lock;
    LL_TRY(check_room_to_draw());
    LL_ASSIGN(const Canvas canvas, draw());
    LL_ASSIGN(document, write_canvas(canvas, picture, title, description));
    missing = canvas.missing_letters();
  }
  if (!missing.empty() && options.note) options.note(missing);  // it may draw too
  return document;
}

Result<std::string> write_svg(const LensTable& table, const RenderOptions& options) {
  return write_figure(Picture::svg, table, options);
}

Result<std::string> write_png(const LensTable& table, const RenderOptions& options) {
  return write_figure(Picture::png, table, options);
}

Result<std::string> write_pdf(const LensTable& table, const RenderOptions& options) {
  return write_figure(Picture::pdf, table, options);
}

}  // namespace logitlens
