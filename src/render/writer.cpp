#include "render/writer.h"

namespace logitlens {

const std::vector<Writer>& writers() {
  static const std::vector<Writer> all = {
      {"text", ".txt", "a picture for a terminal: tokens across, layers up, coloured by z", write_terminal},
      {"json", ".json", "one document, schema logitlens/1", write_json},
      {"ndjson", ".ndjson", "a header line, then one line a row", write_ndjson},
      {"csv", ".csv", "one record per position and layer (RFC 4180)", write_csv},
      {"html", ".html", "a page to look around in, in one file, without a network", write_html},
      {"svg", ".svg", "a figure, as vectors for the web", write_svg},
      {"png", ".png", "a figure, as pixels", write_png},
      {"pdf", ".pdf", "a figure, as vectors for print", write_pdf},
  };
  return all;
}

const Writer* find_writer(std::string_view name) {
  for (const Writer& writer : writers())
    if (writer.name == name) return &writer;
  return nullptr;
}

const Writer* find_writer_for(std::string_view path) {
  for (const Writer& writer : writers())
    if (path.size() > writer.suffix.size() && path.ends_with(writer.suffix)) return &writer;
  return nullptr;
}

}  // namespace logitlens
