#include "render/figure_frame.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>

#include "render/table_words.h"

namespace logitlens {
namespace {

constexpr double kNarrowest = 660, kWidest = 1200;

std::string on_one_line(std::string_view text) {
  std::string line(text);
  for (char& c : line)
    if (c == '\n' || c == '\r' || c == '\t') c = ' ';
  return line;
}

void draw_line(FigureInput& input, std::string_view text, Font font, Rgb color, double y, double width) {
  input.canvas.text(
      {.at = {kMargin, y}, .text = std::string(text), .font = font, .color = color, .max_width = width});
}

// Sequences of phrases with " · " between those that share a line.
std::vector<std::string> wrap_phrases_to(Canvas& canvas, const std::vector<std::string>& phrases,
                                         double width) {
  std::vector<std::string> lines;
  for (const std::string& phrase : phrases) {
    const std::string joined = lines.empty() ? phrase : lines.back() + "  ·  " + phrase;
    if (!lines.empty() && canvas.width_of(joined, kTextFont) <= width)
      lines.back() = joined;
    else
      lines.push_back(phrase);
  }
  return lines;
}

}  // namespace

std::string model_name(const LensTable& table) {
  const std::string& id = table.model.id;
  if (id.empty() || std::string_view("/.~").find(id[0]) == std::string_view::npos) return id;
  std::filesystem::path path = std::filesystem::path(id).lexically_normal();
  if (!path.has_filename()) path = path.parent_path();
  const std::string name = path.filename().string();
  return name.empty() || name == "." || name == ".." ? id : name;
}

double figure_width(const FigureOptions& options, double content) {
  return options.width > 0 ? options.width : std::clamp(content + 2 * kMargin, kNarrowest, kWidest);
}

double content_room(const FigureOptions& options) {
  return (options.width > 0 ? options.width : kWidest) - 2 * kMargin;
}

double draw_lines(FigureInput& input, const std::vector<std::string>& lines, Font font, Rgb color, Point at,
                  double step, double width) {
  for (const std::string& line : lines) {
    input.canvas.text({.at = at, .text = line, .font = font, .color = color, .max_width = width});
    at.y += step;
  }
  return at.y;
}

double draw_header(FigureInput& input, std::string_view title, double width, std::string_view lenses) {
  const double room = width - 2 * kMargin;
  double y = kMargin + 14;
  for (const std::string& line : wrap_to(input.canvas, title, kTitleFont, room)) {
    draw_line(input, line, kTitleFont, input.palette.ink, y, room);
    y += 22;
  }
  std::vector<std::string> phrases = title_phrases(input.table);
  phrases[0] = model_name(input.table);
  if (!lenses.empty()) phrases[2] = lenses;
  for (const std::string& line : wrap_phrases_to(input.canvas, phrases, room)) {
    draw_line(input, line, kTextFont, input.palette.muted, y, room);
    y += 18;
  }
  y += 2;
  for (const std::string& text : {input.table.text, input.table.text_second.value_or("")}) {
    if (text.empty()) continue;
    draw_line(input, on_one_line(text), kTextFont, input.palette.ink, y, room);
    y += 18;
  }
  return y - 4;
}

void draw_footer(FigureInput& input, std::vector<std::string> sentences, double y, double width) {
  const double room = width - 2 * kMargin;
  if (const std::string missing = input.canvas.missing_letters(); !missing.empty())
    sentences.push_back("In this picture " + missing + ".");
  std::string words;
  for (const std::string& sentence : sentences)
    if (!sentence.empty()) words += (words.empty() ? "" : " ") + sentence;
  y += 24;
  for (const std::string& line : wrap_to(input.canvas, words, kSmallFont, room)) {
    draw_line(input, line, kSmallFont, input.palette.muted, y, room);
    y += 16;
  }
  input.canvas.set_size(width, std::ceil(y - 16 + kMargin));
}

// A table without rows (an empty text) has a picture too: one that says so.
void draw_nothing(FigureInput& input) {
  const double width = figure_width(input.options, 0), y = draw_header(input, "Nothing to show", width);
  const bool no_rows = input.table.rows().empty();
  draw_footer(input,
              {no_rows ? "The text has no token of its own, so the table has no rows."
                       : "The table has the output of no layer."},
              y, width);
}

std::vector<std::string> wrap_to(Canvas& canvas, std::string_view words, Font font, double width) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < words.size();) {
    const std::size_t end = std::min(words.find(' ', at), words.size());
    const std::string word(words.substr(at, end - at));
    at = end + 1;
    const std::string joined = lines.empty() ? word : lines.back() + " " + word;
    if (!lines.empty() && canvas.width_of(joined, font) <= width)
      lines.back() = joined;
    else
      lines.push_back(word);
  }
  return lines;
}

std::string statistic_words(const LensTable& table, const StatisticInfo& info) {
  const std::string_view noun = target_noun(table);
  if (info.name == "best_z") return "z of the best token";
  if (info.name == "target_z") return fmt::format("z of the {}", noun);
  if (info.name == "best_logprob") return "log-probability of the best token";
  if (info.name == "target_logprob") return fmt::format("log-probability of the {}", noun);
  if (info.name == "target_rank") return fmt::format("rank of the {} (0: the best)", noun);
  if (info.name == "kl_to_last") return "KL divergence of the last layer from this one";
  if (info.name == "mean") return "mean of the logits";
  if (info.name == "std") return "standard deviation of the logits";
  return info.name;
}

std::string statistic_sentence(const LensTable& table, const StatisticInfo& info) {
  if (info.name.ends_with("_z")) {
    return fmt::format(
        "z = (logit − mean) / standard deviation, over all {} tokens of the vocabulary (population standard "
        "deviation): "
        "how decided a layer is, not whether it is right.",
        grouped(table.model.vocab));
  }
  if (info.name.ends_with("_logprob"))
    return fmt::format(
        "Log-probabilities are natural logarithms (nats), over all {} tokens of the vocabulary.",
        grouped(table.model.vocab));
  return fmt::format("{} ({}): {}.", info.name, info.unit, info.formula);
}

std::string grouped(int number) {
  std::string digits = fmt::format("{}", number);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, 1, ',');
  return digits;
}

const StatisticInfo* find_statistic(std::string_view name) {
  for (const StatisticInfo& info : statistics())
    if (info.name == name) return &info;
  return nullptr;
}

std::string token_text(const LensTable& table, const Row& row) {
  for (const Token& token : table.tokens)
    if (token.position == row.position) return on_one_line(token.text.empty() ? token.token : token.text);
  return fmt::format("{}", row.position);
}

std::string names_sentence(const LensTable& table) {
  if (table.run.predicts != "next") return "";
  return "The names are those of the tokens at the positions; what a layer says there is about the token "
         "after it.";
}

}  // namespace logitlens
