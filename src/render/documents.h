// Outputs of what is not a table (traces, ladders): the same formats for each, a figure
// among them, and for a ladder the page.
#pragma once

#include <string>
#include <string_view>

#include "base/no_throw.h"
#include "io/file_writer.h"
#include "logitlens/ladder.h"
#include "logitlens/report.h"
#include "logitlens/trace.h"
#include "render/figure_document.h"

namespace logitlens {

enum class DocumentFormat { text, json, ndjson, csv, svg, png, pdf, html };

// `has_page`: html is one of them. Errors: usage.
Result<DocumentFormat> document_format(std::string_view name, bool has_page);
Result<DocumentFormat> document_format_for(const std::string& path, bool has_page);  // by its suffix

template <class Document>
struct DocumentWriters {
  using Write = Result<std::string> (*)(const Document&, const RenderOptions&);
  using Draw = Result<std::string> (*)(Picture, const Document&, const RenderOptions&);
  Write text, json, ndjson, csv;
  Draw picture;
  Write html = nullptr;  // nullptr: has no page

  Result<std::string> write(DocumentFormat format, const Document& document,
                            const RenderOptions& options) const {
    switch (format) {
      case DocumentFormat::text: return text(document, options);
      case DocumentFormat::json: return json(document, options);
      case DocumentFormat::ndjson: return ndjson(document, options);
      case DocumentFormat::csv: return csv(document, options);
      case DocumentFormat::svg: return picture(Picture::svg, document, options);
      case DocumentFormat::png: return picture(Picture::png, document, options);
      case DocumentFormat::pdf: return picture(Picture::pdf, document, options);
      case DocumentFormat::html: return html(document, options);
    }
    return std::string();
  }
};

template <class Document>
Result<std::string> render_document(const DocumentWriters<Document>& writers, const Document& document,
                                    std::string_view format, const RenderOptions& options) {
  return no_throw([&]() -> Result<std::string> {
    LL_ASSIGN(const DocumentFormat known, document_format(format, writers.html != nullptr));
    return writers.write(known, document, options);
  });
}

template <class Document>
Status save_document(const DocumentWriters<Document>& writers, const Document& document,
                     const std::string& path, bool force, const RenderOptions& options) {
  return no_throw([&]() -> Status {
    LL_ASSIGN(const DocumentFormat format, document_format_for(path, writers.html != nullptr));
    const RenderOptions of_a_file{.figure = options.figure, .note = options.note};  // not the terminal's
    LL_ASSIGN(const std::string content, writers.write(format, document, of_a_file));
    return write_file(path, content, force);
  });
}

Result<std::string> write_trace_text(const Trace& trace, const RenderOptions& options);
Result<std::string> write_trace_json(const Trace& trace, const RenderOptions& options);
Result<std::string> write_trace_ndjson(const Trace& trace, const RenderOptions& options);
Result<std::string> write_trace_csv(const Trace& trace, const RenderOptions& options);
Result<std::string> write_trace_picture(Picture picture, const Trace& trace, const RenderOptions& options);

Result<std::string> write_ladder_text(const Ladder& ladder, const RenderOptions& options);
Result<std::string> write_ladder_json(const Ladder& ladder, const RenderOptions& options);
Result<std::string> write_ladder_ndjson(const Ladder& ladder, const RenderOptions& options);
Result<std::string> write_ladder_csv(const Ladder& ladder, const RenderOptions& options);
Result<std::string> write_ladder_picture(Picture picture, const Ladder& ladder, const RenderOptions& options);
Result<std::string> write_ladder_html(const Ladder& ladder, const RenderOptions& options);

// Their figures; of `options` theme and width count. Errors: usage (a width out of range, a ladder without best_z).
Result<Canvas> draw_trace(const Trace& trace, const FigureOptions& options);
Result<Canvas> draw_ladder(const Ladder& ladder, const FigureOptions& options);

}  // namespace logitlens
