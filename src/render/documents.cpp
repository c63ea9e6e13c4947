#include "render/documents.h"

#include <array>

namespace logitlens {
namespace {

struct Named {
  std::string_view name, suffix;
  DocumentFormat format;
};
constexpr std::array<Named, 4> kFormats = {{{"text", ".txt", DocumentFormat::text},
                                            {"json", ".json", DocumentFormat::json},
                                            {"ndjson", ".ndjson", DocumentFormat::ndjson},
                                            {"csv", ".csv", DocumentFormat::csv}}};

constexpr DocumentWriters<Trace> kTraceWriters = {write_trace_text, write_trace_json, write_trace_ndjson,
                                                  write_trace_csv};
constexpr DocumentWriters<Ladder> kLadderWriters = {write_ladder_text, write_ladder_json, write_ladder_ndjson,
                                                    write_ladder_csv};

}  // namespace

Result<DocumentFormat> document_format(std::string_view name) {
  for (const Named& one : kFormats)
    if (one.name == name) return one.format;
  return Error{Code::usage, "", "format", std::string(name), "one of text, json, ndjson, csv", "", {}};
}

Result<DocumentFormat> document_format_for(const std::string& path) {
  for (const Named& one : kFormats)
    if (path.size() > one.suffix.size() && path.ends_with(one.suffix)) return one.format;
  return Error{Code::usage,
               path,
               "output",
               "a name that tells no format",
               "one that ends in .txt, .json, .ndjson, .csv",
               "",
               {}};
}

Status check_document_suffix(const std::string& path) {
  const auto format = document_format_for(path);
  return format.ok() ? ok_status() : Status(format.error());
}

Status check_document_format(std::string_view format) {
  const auto known = document_format(format);
  return known.ok() ? ok_status() : Status(known.error());
}

Result<std::string> render(const Trace& trace, std::string_view format, const RenderOptions& options) {
  return render_document(kTraceWriters, trace, format, options);
}
Status save(const Trace& trace, const std::string& path, bool force) {
  return save_document(kTraceWriters, trace, path, force);
}

Result<std::string> render(const Ladder& ladder, std::string_view format, const RenderOptions& options) {
  return render_document(kLadderWriters, ladder, format, options);
}
Status save(const Ladder& ladder, const std::string& path, bool force) {
  return save_document(kLadderWriters, ladder, path, force);
}

}  // namespace logitlens
