// The lenses side by side for a terminal: a panel each on one colour scale, what each says at the last layer, how often each
// is right, and what follows from it.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "render/color_scale.h"
#include "render/documents.h"
#include "render/table_words.h"
#include "render/terminal_blocks.h"
#include "render/terminal_text.h"
#include "render/terminal_words.h"

namespace logitlens {
namespace {

constexpr int kDefaultWidth = 100, kGap = 2, kLabel = 5, kWidestToken = 12, kNarrowestToken = 4,
              kGradient = 24;

struct View {
  const Ladder& ladder;
  int width = kDefaultWidth;
  Color color = Color::none;
  double lowest = std::numeric_limits<double>::infinity(), highest = -std::numeric_limits<double>::infinity();
  int number_width = 1;  // of z in a cell

  const LensTable& whole() const { return ladder.tables.back(); }
  std::size_t rows() const { return whole().rows().size(); }
  std::size_t layers() const { return whole().layers.size(); }
  int cell_width() const { return number_width + 2; }
};

std::string rounded(double z) { return std::isfinite(z) ? fmt::format("{:.0f}", z) : "·"; }

double best_z(const LensTable& table, std::size_t row, std::size_t layer) {
  return table.rows()[row].values("best_z")[layer];
}

// Right: the most likely token has the expected one's string.
bool is_right(const View& view, const LensTable& table, std::size_t row, std::size_t layer) {
  const Row& one = table.rows()[row];
  const Row& whole = view.whole().rows()[row];
  const double expected =
      whole.target_id ? static_cast<double>(*whole.target_id) : whole.values("best_id").back();
  return one.values("best_id")[layer] == expected;
}

void measure(View& view) {
  for (const LensTable& table : view.ladder.tables)
    for (std::size_t r = 0; r < view.rows(); ++r) {
      view.number_width =
          std::max(view.number_width, static_cast<int>(fmt::formatted_size("{}", table.rows()[r].position)));
      for (std::size_t k = 0; k < view.layers(); ++k) {
        const double z = best_z(table, r, k);
        view.number_width = std::max(view.number_width, shown(rounded(z)).width);
        if (!std::isfinite(z)) continue;
        view.lowest = std::min(view.lowest, z);
        view.highest = std::max(view.highest, z);
      }
    }
  if (view.lowest > view.highest) view.lowest = view.highest = 0;
}

std::string cell(const View& view, const LensTable& table, std::size_t row, std::size_t layer) {
  const double z = best_z(table, row, layer);
  const bool right = is_right(view, table, row, layer);
  std::string text = " " + right_aligned(shown(rounded(z)), view.number_width) + (right ? "✓" : " ");
  if (view.color == Color::none || !std::isfinite(z)) return text;
  const double range = view.highest - view.lowest;
  return paint(range > 0 ? (z - view.lowest) / range : 1.0, view.color) + (right ? "\x1b[1m" : "") + text +
         "\x1b[0m";
}

std::string label(const View& view, std::string_view text) {
  return styled(right_aligned(shown(text), kLabel), TextStyle::faint, view.color);
}

struct Columns {
  std::size_t first = 0, count = 0;
};

// Wide enough for its columns and for the longest title.
int panel_width(const View& view, Columns columns) {
  int title = 0;
  for (const LadderStep& step : view.ladder.steps)
    title = std::max(title, static_cast<int>(fmt::formatted_size("{}: adds {}", step.lens, step.adds)));
  return std::max(kLabel + view.cell_width() * static_cast<int>(columns.count), std::min(title, view.width));
}

Block panel(const View& view, std::size_t lens, Columns columns) {
  const LensTable& table = view.ladder.tables[lens];
  const LadderStep& step = view.ladder.steps[lens];
  const std::string title = step.adds.empty() ? step.lens : fmt::format("{}: adds {}", step.lens, step.adds);
  Block block{.width = panel_width(view, columns), .color = view.color};
  block.lines.push_back(styled(shown(title, block.width).bytes, TextStyle::bold, view.color));
  std::string header = label(view, "layer");
  for (std::size_t r = columns.first; r < columns.first + columns.count; ++r)
    header +=
        styled(" " + right_aligned(shown(std::to_string(table.rows()[r].position)), view.number_width) + " ",
               TextStyle::faint, view.color);
  block.lines.push_back(header);
  for (std::size_t k = view.layers(); k-- > 0;) {
    std::string line = label(view, std::to_string(table.layers[k]));
    for (std::size_t r = columns.first; r < columns.first + columns.count; ++r)
      line += cell(view, table, r, k);
    block.lines.push_back(line);
  }
  return block;
}

// As many panels beside each other as fit; columns that do not fit one panel go into rows of panels of their own.
void draw_panels(const View& view, std::string& out) {
  const int room = std::max(1, (view.width - kLabel) / view.cell_width());
  const std::size_t groups =
      (view.rows() + static_cast<std::size_t>(room) - 1) / static_cast<std::size_t>(room);
  const std::size_t most = (view.rows() + groups - 1) / groups;
  for (std::size_t first = 0; first < view.rows(); first += most) {
    std::vector<Block> panels;
    const Columns columns{first, std::min(most, view.rows() - first)};
    for (std::size_t lens = 0; lens < view.ladder.tables.size(); ++lens)
      panels.push_back(panel(view, lens, columns));
    const int most_across = std::max(1, (view.width + kGap) / (panels.front().width + kGap));
    const int lenses = static_cast<int>(panels.size()), lines = (lenses + most_across - 1) / most_across;
    out += join_lines(side_by_side(panels, (lenses + lines - 1) / lines, kGap)) + "\n";
  }
}

std::string legend(const View& view) {
  std::string words =
      "A column a position, a row a layer (0: the output of the embeddings). Each cell holds z of the most "
      "likely token, how "
      "many standard deviations it stands above the mean of the vocabulary; ✓ where it is ";
  const auto& rows = view.whole().rows();
  const bool targets = std::ranges::all_of(rows, [](const Row& row) { return row.target_id.has_value(); });
  const std::string target = fmt::format("the {}", target_noun(view.whole()));
  words += targets ? target + "." : "the expected one: " + target + ", or the whole head's own answer.";
  return words + " The scale is the same in all panels.";
}

std::string gradient(const View& view) {
  std::string bar;
  for (int i = 0; i < kGradient; ++i)
    bar += paint(static_cast<double>(i) / (kGradient - 1), view.color) + " ";
  return fmt::format("  {:.1f} {}\x1b[0m {:.1f}", view.lowest, bar, view.highest);
}

// What every lens says at the last layer, a line a position.
void draw_answers(const View& view, std::string& out) {
  const std::size_t last = view.layers() - 1;
  const int lenses = static_cast<int>(view.ladder.tables.size());
  const int token_width = std::clamp((view.width - 2 - kWidestToken - lenses * 8) / std::max(1, lenses),
                                     kNarrowestToken, kWidestToken);
  std::vector<TableRow> rows = {{{"", "token"}, TextStyle::faint}};
  for (const LadderStep& step : view.ladder.steps) rows[0].cells.push_back("  " + step.lens);
  for (std::size_t r = 0; r < view.rows(); ++r) {
    TableRow row{{std::to_string(view.whole().rows()[r].position),
                  shown(view.ladder.rows[r].expected, kWidestToken).bytes}};
    for (const LensTable& table : view.ladder.tables) {
      const Row& one = table.rows()[r];
      const std::string token = one.best.empty() ? "" : shown(one.best[last], token_width).bytes;
      row.cells.push_back(fmt::format("{} {} {:.1f}", is_right(view, table, r, last) ? "✓" : " ", token,
                                      best_z(table, r, last)));
    }
    if (is_right(view, view.whole(), r, last)) row.style = TextStyle::bold;
    rows.push_back(std::move(row));
  }
  out += styled(fmt::format("Most likely at layer {}, and its z", view.whole().layers.back()),
                TextStyle::bold, view.color) +
         "\n";
  out += join_lines(aligned(rows, 99, view.color)) + "\n";
}

// How many rows each lens gets right, layer by layer; every n-th layer where not all find room.
void draw_counts(const View& view, std::string& out) {
  const std::size_t room = static_cast<std::size_t>(std::max(1, (view.width - 6) / 5));
  const std::size_t step = (view.layers() + room - 1) / room;
  const auto shown_layer = [&](std::size_t k) { return (view.layers() - 1 - k) % step == 0; };
  std::vector<TableRow> rows = {{{"layer"}, TextStyle::faint}};
  for (std::size_t k = 0; k < view.layers(); ++k)
    if (shown_layer(k)) rows[0].cells.push_back(std::to_string(view.whole().layers[k]));
  for (const LadderStep& one : view.ladder.steps) {
    rows.push_back({{one.lens}});
    for (std::size_t k = 0; k < view.layers(); ++k)
      if (shown_layer(k)) rows.back().cells.push_back(std::to_string(one.right[k]));
  }
  out += styled(fmt::format("Right, of {}", view.rows()), TextStyle::bold, view.color) + "\n";
  out += join_lines(aligned(rows, 1, view.color)) + "\n";
}

}  // namespace

Result<std::string> write_ladder_text(const Ladder& ladder, const RenderOptions& options) {
  View view{.ladder = ladder, .color = options.color};
  if (options.width > 0) view.width = options.width;
  Block head{.width = view.width, .color = view.color};
  std::vector<std::string> phrases = title_phrases(ladder.tables.back());
  phrases[2] = "the lenses side by side";
  for (const std::string& one : wrap_phrases(phrases, view.width))
    head.lines.push_back(styled(one, TextStyle::bold, view.color));
  head.quote(ladder.tables.back().text);
  head.lines.emplace_back();
  if (view.rows() == 0) {
    head.lines.emplace_back("There is no token to look at in this text.");
    return join_lines(head.lines);
  }
  measure(view);
  head.paragraph(legend(view));
  if (view.color != Color::none) head.lines.push_back(gradient(view));
  head.lines.emplace_back();

  std::string out = join_lines(head.lines);
  draw_panels(view, out);
  draw_answers(view, out);
  draw_counts(view, out);
  Block words{.width = view.width, .color = view.color};
  for (const std::string& sentence : ladder.sentences) words.paragraph(shown(sentence).bytes);
  return out + join_lines(words.lines);
}

}  // namespace logitlens
