// The picture for a terminal: a title, how to read it, the tokens across and the layers up (the last on top),
// and under it one line for each token.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "render/color_scale.h"
#include "render/display_width.h"
#include "render/table_words.h"
#include "render/terminal_cells.h"
#include "render/terminal_settling.h"
#include "render/terminal_summary.h"
#include "render/terminal_text.h"
#include "render/terminal_word_list.h"
#include "render/terminal_words.h"
#include "render/writer.h"

namespace logitlens {
namespace {

constexpr int kDefaultWidth = 100, kGradientWidth = 24;
constexpr std::string_view kMark = "✓";

struct Canvas {
  const LensTable& table;
  Grid grid;
  Layout layout;
  Color color = Color::none;
  int width = kDefaultWidth;
  int label_width = 5;   // "layer"
  int number_width = 0;  // of the shade beside each token, where there are no colours to tell it
  std::string out;

  void line(std::string_view text) { out += std::string(text) + "\n"; }
  void paragraph(std::string_view words, TextStyle style = TextStyle::plain) {
    for (const std::string& one : wrap(words, width)) line(styled(one, style, color));
  }
};

std::string shade_number(const Canvas& canvas, double shade) {
  if (!std::isfinite(shade)) return "·";
  return canvas.grid.shade->name == "best_z" ? fmt::format("{:.0f}", shade) : fmt::format("{:.3g}", shade);
}

int widest_number(const Canvas& canvas) {
  int widest = 0;
  for (const Column& column : canvas.grid.columns)
    for (const Cell& cell : column.cells)
      widest = std::max(widest, shown(shade_number(canvas, cell.shade)).width);
  return widest;
}

// Columns of a cell beside its text: the mark or a space in front, a space behind, the number.
int cell_extra(const Canvas& canvas) { return 2 + (canvas.number_width > 0 ? canvas.number_width + 2 : 0); }

int text_width(const Canvas& canvas, const Column& column) {
  return std::min(column.natural_width, canvas.layout.widest_text);
}

std::string cell_text(const Canvas& canvas, const Column& column, const Cell& cell) {
  std::string text = cell.is_target ? std::string(kMark) : " ";
  text += padded(shown(cell.text, text_width(canvas, column)), text_width(canvas, column)) + " ";
  if (canvas.number_width > 0) {
    text += right_aligned(shown(shade_number(canvas, cell.shade)), canvas.number_width) + "  ";
  }
  if (canvas.color == Color::none || !std::isfinite(cell.shade)) return text;
  const std::string_view bold = cell.is_target ? "\x1b[1m" : "";
  return fmt::format("{}{}{}\x1b[0m", paint(unit_shade(canvas.grid, cell.shade), canvas.color), bold, text);
}

std::string header_text(const Canvas& canvas, const Column& column, std::string_view text, TextStyle style) {
  const int width = text_width(canvas, column) + cell_extra(canvas) - 1;
  return " " + styled(padded(shown(text, text_width(canvas, column)), width), style, canvas.color);
}

std::span<const Column> columns_of(const Canvas& canvas, const Panel& panel) {
  return std::span<const Column>(canvas.grid.columns).subspan(panel.first, panel.count);
}

void draw_header(Canvas& canvas, const Panel& panel, std::string_view label, bool positions) {
  std::string text =
      styled(right_aligned(shown(label), canvas.label_width), TextStyle::faint, canvas.color) + " ";
  for (const Column& column : columns_of(canvas, panel)) {
    text += positions ? header_text(canvas, column, std::to_string(column.position), TextStyle::faint)
                      : header_text(canvas, column, column.token, TextStyle::bold);
  }
  canvas.line(trimmed_right(text));
}

void draw_panel(Canvas& canvas, const Panel& panel) {
  draw_header(canvas, panel, "", true);
  draw_header(canvas, panel, "layer", false);
  for (std::size_t i = canvas.table.layers.size(); i-- > 0;) {
    const std::string label = state_label(canvas.table, i);
    std::string text =
        styled(right_aligned(shown(label), canvas.label_width), TextStyle::faint, canvas.color) + " ";
    for (const Column& column : columns_of(canvas, panel)) text += cell_text(canvas, column, column.cells[i]);
    canvas.line(canvas.color == Color::none ? trimmed_right(text) : text);
  }
}

void draw_title(Canvas& canvas) {
  for (const std::string& one : wrap_phrases(title_phrases(canvas.table), canvas.width)) {
    canvas.line(styled(one, TextStyle::bold, canvas.color));
  }
  const auto quote = [&](const std::string& text) {
    canvas.line(
        styled("“" + shown(text, std::max(1, canvas.width - 2)).bytes + "”", TextStyle::faint, canvas.color));
  };
  if (!canvas.table.text.empty()) quote(canvas.table.text);
  if (canvas.table.text_second && !canvas.table.text_second->empty()) quote(*canvas.table.text_second);
  canvas.line("");
}

std::string gradient(const Canvas& canvas) {
  std::string bar;
  for (int i = 0; i < kGradientWidth; ++i) {
    bar += paint(static_cast<double>(i) / (kGradientWidth - 1), canvas.color) + " ";
  }
  return bar + "\x1b[0m";
}

void draw_legend(Canvas& canvas) {
  const bool colored = canvas.color != Color::none;
  canvas.paragraph(legend_words(canvas.table, canvas.grid, colored));
  if (!colored || canvas.grid.shade == nullptr) return;
  canvas.paragraph("The colour is " + shade_words(canvas.table, canvas.grid) + ":");
  const bool z = canvas.grid.shade->name == "best_z";
  const auto end = [z](double shade) {
    return z ? fmt::format("{:.1f}", shade) : fmt::format("{:.3g}", shade);
  };
  canvas.line(fmt::format("  {} {} {}", end(canvas.grid.lowest), gradient(canvas), end(canvas.grid.highest)));
}

void draw_findings(Canvas& canvas) {
  const auto& total = canvas.table.findings.pseudo_log_likelihood;
  if (!total) return;
  canvas.line("");
  canvas.paragraph(
      fmt::format("Pseudo-log-likelihood of the text (the log-probabilities of the true tokens, summed): "
                  "{:.4f} nats",
                  *total));
}

}  // namespace

Result<std::string> write_terminal(const LensTable& table, const RenderOptions& options) {
  Canvas canvas{.table = table, .grid = make_grid(table), .layout = {}, .color = options.color, .out = {}};
  if (options.width > 0) canvas.width = options.width;
  if (canvas.color == Color::none && canvas.grid.shows_tokens && canvas.grid.shade != nullptr) {
    canvas.number_width = widest_number(canvas);
  }
  for (std::size_t i = 0; i < table.layers.size(); ++i)
    canvas.label_width = std::max(canvas.label_width, static_cast<int>(state_label(table, i).size()));
  const int available = canvas.width - canvas.label_width - 1;
  canvas.layout = lay_out(canvas.grid.columns, cell_extra(canvas), available);

  draw_title(canvas);
  if (table.rows().empty()) {
    canvas.line("There is no token to look at in this text.");
    return canvas.out;
  }
  draw_legend(canvas);
  for (const Panel& panel : canvas.layout.panels) {
    canvas.line("");
    draw_panel(canvas, panel);
  }
  canvas.line("");
  canvas.out += summary_lines(table, canvas.width, canvas.color);
  canvas.out += word_lines(table, canvas.width, canvas.color);
  canvas.line("");
  canvas.out += settling_table(table, canvas.width, canvas.color);
  if (const std::string classes = class_lines(table, canvas.width, canvas.color); !classes.empty())
    canvas.out += "\n" + classes;
  draw_findings(canvas);
  return canvas.out;
}

}  // namespace logitlens
