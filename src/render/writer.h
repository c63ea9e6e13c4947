// Outputs of a table. An output is one file with one function here, and one line in the registry
// (writer.cpp).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "logitlens/report.h"
#include "logitlens/table.h"

namespace logitlens {

struct Writer {
  std::string_view name;         // what --format takes
  std::string_view suffix;       // what -o chooses it by
  std::string_view description;  // one line for help
  Result<std::string> (*write)(const LensTable& table, const RenderOptions& options) = nullptr;
};

const std::vector<Writer>& writers();
const Writer* find_writer(std::string_view name);
const Writer* find_writer_for(std::string_view path);  // by the suffix of `path`

Result<std::string> write_terminal(const LensTable& table, const RenderOptions& options);
Result<std::string> write_json(const LensTable& table, const RenderOptions& options);
Result<std::string> write_ndjson(const LensTable& table, const RenderOptions& options);
Result<std::string> write_csv(const LensTable& table, const RenderOptions& options);
Result<std::string> write_svg(const LensTable& table, const RenderOptions& options);
Result<std::string> write_png(const LensTable& table, const RenderOptions& options);
Result<std::string> write_pdf(const LensTable& table, const RenderOptions& options);
Result<std::string> write_html(const LensTable& table, const RenderOptions& options);

}  // namespace logitlens
