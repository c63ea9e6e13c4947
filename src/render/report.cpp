#include "logitlens/report.h"

#include <unistd.h>

#include <filesystem>
#include <system_error>
#include <utility>

#include "base/no_throw.h"
#include "io/file_writer.h"
#include "render/html.h"
#include "render/writer.h"

namespace logitlens {
namespace {

std::string join(std::string_view Writer::* member) {
  std::string joined;
  for (const Writer& writer : writers()) {
    if (!joined.empty()) joined += ", ";
    joined += writer.*member;
  }
  return joined;
}

Error output_error(Code code, const std::string& path, std::string found, std::string expected,
                   std::string remedy) {
  return {code, path, "output", std::move(found), std::move(expected), std::move(remedy), {}};
}

Error unknown_suffix(const std::string& path) {
  return output_error(Code::usage, path, "a name that tells no format",
                      "one that ends in " + join(&Writer::suffix), "");
}

}  // namespace

Result<std::string> render(const LensTable& table, std::string_view format, const RenderOptions& options) {
  return no_throw([&]() -> Result<std::string> {
    const Writer* writer = find_writer(format);
    if (writer == nullptr) {
      return usage_error("format", std::string(format), "one of " + join(&Writer::name));
    }
    return writer->write(table, options);
  });
}

Status save(const LensTable& table, const std::string& path, bool force, const RenderOptions& options) {
  return no_throw([&]() -> Status {
    const Writer* writer = find_writer_for(path);
    if (writer == nullptr) return unknown_suffix(path);
    LL_ASSIGN(const std::string document, writer->write(table, options));
    return write_file(path, document, force);
  });
}

Result<std::string> render_page(std::span<const LensTable> tables) {
  return no_throw([&]() -> Result<std::string> {
    if (tables.empty()) return usage_error("tables", "none", "at least one");
    return html_page(tables);
  });
}

Status save_page(std::span<const LensTable> tables, const std::string& path, bool force) {
  LL_ASSIGN(const std::string page, render_page(tables));
  return no_throw([&] { return write_file(path, page, force); });
}

Status check_table_suffix(const std::string& path) {
  return find_writer_for(path) == nullptr ? Status(unknown_suffix(path)) : ok_status();
}

Status check_output(const std::string& path, bool force) {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (fs::is_directory(status)) return output_error(Code::io, path, "a directory", "a file name", "");
  if (fs::exists(status) && !force) {
    return output_error(Code::usage, path, "a file that exists already", "",
                        "Choose another name, or add --force");
  }
  const fs::path parent = fs::path(path).parent_path();
  const fs::path folder = parent.empty() ? fs::path(".") : parent;
  if (!fs::is_directory(folder, error)) {
    return output_error(Code::io, path, "no folder " + folder.string(), "", "Create the folder first");
  }
  // Files are written beside their final name and renamed, so it is the folder that must be writable.
  if (access(folder.c_str(), W_OK | X_OK) != 0) {
    return output_error(Code::io, path, "a folder that cannot be written to", "", "Choose another folder");
  }
  return ok_status();
}

std::string format_list() { return join(&Writer::name) + " (suffixes " + join(&Writer::suffix) + ")"; }

}  // namespace logitlens
