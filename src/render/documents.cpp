#include "render/documents.h"

#include <array>
#include <span>

namespace logitlens {
namespace {

struct Named {
  std::string_view name, suffix;
  DocumentFormat format;
};
constexpr std::array<Named, 8> kFormats = {{{"text", ".txt", DocumentFormat::text},
                                            {"json", ".json", DocumentFormat::json},
                                            {"ndjson", ".ndjson", DocumentFormat::ndjson},
                                            {"csv", ".csv", DocumentFormat::csv},
                                            {"svg", ".svg", DocumentFormat::svg},
                                            {"png", ".png", DocumentFormat::png},
                                            {"pdf", ".pdf", DocumentFormat::pdf},
                                            {"html", ".html", DocumentFormat::html}}};

std::span<const Named> formats(bool has_page) { return std::span(kFormats).first(has_page ? 8 : 7); }

std::string joined(std::span<const Named> formats, std::string_view Named::* member) {
  std::string list;
  for (const Named& one : formats) list += (list.empty() ? "" : ", ") + std::string(one.*member);
  return list;
}

constexpr DocumentWriters<Trace> kTraceWriters = {write_trace_text, write_trace_json, write_trace_ndjson,
                                                  write_trace_csv, write_trace_picture};
constexpr DocumentWriters<Ladder> kLadderWriters = {write_ladder_text,    write_ladder_json,
                                                    write_ladder_ndjson,  write_ladder_csv,
                                                    write_ladder_picture, write_ladder_html};

}  // namespace

Result<DocumentFormat> document_format(std::string_view name, bool has_page) {
  for (const Named& one : formats(has_page))
    if (one.name == name) return one.format;
  const std::string expected = "one of " + joined(formats(has_page), &Named::name);
  return usage_error("format", std::string(name), expected);
}

Result<DocumentFormat> document_format_for(const std::string& path, bool has_page) {
  for (const Named& one : formats(has_page))
    if (path.size() > one.suffix.size() && path.ends_with(one.suffix)) return one.format;
  const std::string expected = "one that ends in " + joined(formats(has_page), &Named::suffix);
  return Error{Code::usage, path, "output", "a name that tells no format", expected, "", {}};
}

Status check_document_suffix(const std::string& path, bool has_page) {
  const auto format = document_format_for(path, has_page);
  return format.ok() ? ok_status() : Status(format.error());
}

Status check_document_format(std::string_view format, bool has_page) {
  const auto known = document_format(format, has_page);
  return known.ok() ? ok_status() : Status(known.error());
}

Result<std::string> render(const Trace& trace, std::string_view format, const RenderOptions& options) {
  return render_document(kTraceWriters, trace, format, options);
}
Status save(const Trace& trace, const std::string& path, bool force, const RenderOptions& options) {
  return save_document(kTraceWriters, trace, path, force, options);
}

Result<std::string> render(const Ladder& ladder, std::string_view format, const RenderOptions& options) {
  return render_document(kLadderWriters, ladder, format, options);
}
Status save(const Ladder& ladder, const std::string& path, bool force, const RenderOptions& options) {
  return save_document(kLadderWriters, ladder, path, force, options);
}

}  // namespace logitlens
