#include "document_output.h"

#include "progress.h"

namespace logitlens {

void add_document_arguments(CLI::App& app, DocumentArguments& arguments) {
  const std::string page = arguments.has_page ? "; .html, the page of all lenses" : "";
  app.add_option(
         "-o,--output", arguments.outputs,
         "write a file: .txt, .json, .ndjson, .csv; .svg, .png, .pdf, a figure" + page + "; repeatable")
      ->option_text("FILE")
      ->allow_extra_args(false);
  app.add_option("--format", arguments.format,
                 std::string("standard output: text, json, ndjson, csv, svg, png or pdf") +
                     (arguments.has_page ? ", html" : ""))
      ->option_text("FORMAT");
  add_paper_arguments(app, arguments.figure);
  app.add_flag("--force", arguments.force, "overwrite files that exist");
  app.add_option("--color", arguments.color, "auto, always or never (NO_COLOR is honoured)")
      ->option_text("WHEN");
  app.add_flag("--quiet", arguments.quiet, "no notes on standard error");
  add_verbose(app);
}

Status check_documents(const DocumentArguments& arguments, const std::string& text_file) {
  for (const std::string& output : arguments.outputs) {
    LL_TRY(check_document_suffix(output, arguments.has_page));
    if (!text_file.empty()) LL_TRY(check_not_input(output, {text_file}));
    LL_TRY(check_output(output, arguments.force));
  }
  if (!arguments.format.empty()) LL_TRY(check_document_format(arguments.format, arguments.has_page));
  if (const auto figure = figure_options(arguments.figure); !figure.ok()) return figure.error();
  const auto color = choose_color(arguments.color);
  return color.ok() ? ok_status() : Status(color.error());
}

Status check_documents_against(const Model& model, const DocumentArguments& arguments) {
  if (arguments.outputs.empty()) return ok_status();
  const std::vector<std::string> files = files_of(model);
  for (const std::string& output : arguments.outputs) LL_TRY(check_not_input(output, files));
  return ok_status();
}

Result<std::vector<LensTable>> sweep_lenses(const Model& model, const std::string& text, SweepOptions options,
                                            const std::vector<Lens>& lenses, bool progress) {
  ProgressLine line(progress);
  std::vector<LensTable> tables;
  for (const Lens lens : lenses) {
    options.lens = lens;
    options.progress = [&](std::size_t done, std::size_t total) {
      line.show(tables.size() * total + done, lenses.size() * total);
    };
    LL_ASSIGN(LensTable table, model.sweep(text, options));
    tables.push_back(std::move(table));
  }
  return tables;
}

}  // namespace logitlens
