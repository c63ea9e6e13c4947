// Where trace and ladder write, and how: the options they share, and the checks before the model runs.
#pragma once

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string>
#include <vector>

#include "figure_options.h"
#include "logitlens/logitlens.h"
#include "options.h"
#include "output.h"

namespace logitlens {

struct DocumentArguments {
  std::vector<std::string> outputs;
  std::string format, color = "auto";
  bool force = false, quiet = false;
  FigureArguments figure;  // its theme and width
  bool has_page = false;   // .html is one of the formats
};
void add_document_arguments(CLI::App& app, DocumentArguments& arguments);

// What can be told without the model: suffixes, formats, files that exist, the text's file among the outputs.
Status check_documents(const DocumentArguments& arguments, const std::string& text_file);
Status check_documents_against(const Model& model, const DocumentArguments& arguments);

// Into the files, and to standard output if there are none or a format was named; then the notes.
template <class Document>
Status write_documents(const Document& document, const DocumentArguments& arguments,
                       std::vector<std::string> notes) {
  LL_ASSIGN(const Color color, choose_color(arguments.color));
  LL_ASSIGN(const FigureOptions figure, figure_options(arguments.figure));
  const auto note = [&notes](const std::string& one) {
    if (std::ranges::find(notes, one) == notes.end()) notes.push_back(one);
  };
  const RenderOptions options{.width = terminal_width(), .color = color, .figure = figure, .note = note};
  for (const std::string& output : arguments.outputs)
    LL_TRY(save(document, output, arguments.force, options));
  if (arguments.outputs.empty() || !arguments.format.empty()) {
    LL_ASSIGN(const std::string text,
              render(document, arguments.format.empty() ? "text" : arguments.format, options));
    LL_TRY(print(text));
  }
  if (!arguments.quiet) print_notes(notes);
  return ok_status();
}

// The sweeps of one text through several lenses, with a line of progress if wanted.
Result<std::vector<LensTable>> sweep_lenses(const Model& model, const std::string& text, SweepOptions options,
                                            const std::vector<Lens>& lenses, bool progress);

}  // namespace logitlens
