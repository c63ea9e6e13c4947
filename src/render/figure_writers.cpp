// Figures as documents: SVG, PNG and PDF.
#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "base/escape.h"
#include "render/drawing_lock.h"
#include "render/figure_frame.h"
#include "render/table_words.h"
#include "render/writer.h"

namespace logitlens {
namespace {

constexpr std::size_t kLongestTitle = 200;  // bytes of the text

// Draws, tells of missing letters, and hands the canvas to `write`.
template <class Write>
Result<std::string> write_figure(const LensTable& table, const RenderOptions& options, const Write& write) {
  std::string document, missing;
  {
    const DrawingLock lock;
    LL_ASSIGN(const Canvas canvas, draw_figure(table, options.figure));
    LL_ASSIGN(document, write(canvas));
    missing = canvas.missing_letters();
  }
  if (!missing.empty() && options.note) options.note(missing);  // it may draw too
  return document;
}

std::string title_of(const LensTable& table, const FigureOptions& options) {
  return escaped(fmt::format("logitlens {}: {}", options.name, utf8_prefix(table.text, kLongestTitle)));
}

std::string description_of(const LensTable& table, const FigureOptions& options) {
  const auto figure = std::ranges::find(figures(), options.name, &FigureInfo::name);
  return fmt::format("{}. Model {}, {} lens, {}, {} layers, {} rows.", figure->description, model_name(table),
                     table.run.lens, mask_words(table.run), table.model.layers, table.rows().size());
}

}  // namespace

Result<std::string> write_svg(const LensTable& table, const RenderOptions& options) {
  return write_figure(table, options, [&](const Canvas& canvas) {
    return canvas.svg(title_of(table, options.figure), description_of(table, options.figure));
  });
}

Result<std::string> write_png(const LensTable& table, const RenderOptions& options) {
  return write_figure(table, options, [](const Canvas& canvas) { return canvas.png(); });
}

Result<std::string> write_pdf(const LensTable& table, const RenderOptions& options) {
  return write_figure(table, options,
                      [&](const Canvas& canvas) { return canvas.pdf(title_of(table, options.figure)); });
}

}  // namespace logitlens
