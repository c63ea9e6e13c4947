#include "render/terminal_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "analysis/layer_outputs.h"
#include "render/display_width.h"
#include "render/table_words.h"

namespace logitlens {
namespace {

// Layers at which the target was best, as "layer 9", "layers 9 to 11", "layers 2, 5 and others".
std::string layers_right(const std::vector<int>& layers) {
  const bool one_run = layers.back() - layers.front() + 1 == static_cast<int>(layers.size());
  if (layers.size() == 1) return fmt::format("layer {}", layers.front());
  if (one_run) return fmt::format("layers {} to {}", layers.front(), layers.back());
  if (layers.size() == 2) return fmt::format("layers {} and {}", layers.front(), layers.back());
  return fmt::format("{} layers between {} and {}", layers.size(), layers.front(), layers.back());
}

std::vector<int> layers_where_best_is_target(const LensTable& table, const Row& row) {
  std::vector<int> layers;
  const std::span<const double> best = row.values("best_id");
  for (std::size_t i = 0; i < best.size() && i < table.layers.size(); ++i)
    if (row.target_id && is_layer_output(table, i) && best[i] == *row.target_id)
      layers.push_back(table.layers[i]);
  return layers;
}

}  // namespace

std::string layer_words(const LensTable& table, int layer) {
  if (layer == table.layers.front()) return "at every layer";
  if (layer == table.layers.back()) return fmt::format("only at layer {}", layer);
  return fmt::format("from layer {} on", layer);
}

std::string legend_words(const LensTable& table, const Grid& grid, bool colored) {
  std::string words;
  if (grid.shows_tokens) {
    words = "Each cell holds the token which that layer thinks most likely at that place";
    if (!colored && grid.shade != nullptr) words += ", and its " + shade_words(table, grid);
    words += ". ";
    if (std::any_of(table.rows().begin(), table.rows().end(),
                    [](const Row& row) { return row.target_id.has_value(); })) {
      const std::string_view noun = target_noun(table);
      words += noun == "next token" ? "✓ marks the token that follows in the text. "
                                    : fmt::format("✓ marks the {}. ", noun);
    }
  } else if (!colored && grid.shade != nullptr) {
    words = "Each cell holds " + shade_words(table, grid) + ". ";
  }
  words += layer_clause(table);
  if (!table.layers.empty() && table.layers.back() == table.model.layers)
    words += fmt::format("; layer {} is what the model answers", table.model.layers);
  return words + ".";
}

std::string shade_words(const LensTable& table, const Grid& grid) {
  if (grid.shade->name == "best_z") {
    return fmt::format("z: how many standard deviations it stands above the mean of all {} tokens",
                       table.model.vocab);
  }
  return fmt::format("{} ({}): {}", grid.shade->name, grid.shade->unit, grid.shade->formula);
}

std::string settling_words(const LensTable& table, const Row& row) {
  const Settling& settling = row.settling;
  if (settling.target_stable) return "right " + layer_words(table, *settling.target_stable);
  if (!settling.best_stable) return "";
  const std::string decided = layer_words(table, *settling.best_stable);
  if (!row.target_id) return "this guess " + decided;
  const std::vector<int> right = layers_where_best_is_target(table, row);
  if (right.empty()) return "never right; this guess " + decided;
  return fmt::format("right at {}, then given up; this guess {}", layers_right(right), decided);
}

std::string brief_settling_words(const Row& row) {
  if (row.settling.target_stable) return fmt::format("layer {}", *row.settling.target_stable);
  if (!row.settling.best_stable) return "";
  return fmt::format("layer {}{}", *row.settling.best_stable, row.target_id ? ", wrong" : "");
}

std::string ordinal(long long rank) {
  const long long place = rank + 1, tens = place % 100;
  const char* ending = "th";
  if (tens < 11 || tens > 13) {
    if (place % 10 == 1) ending = "st";
    if (place % 10 == 2) ending = "nd";
    if (place % 10 == 3) ending = "rd";
  }
  return fmt::format("{}{}", place, ending);
}

std::string percent(double logprob) {
  if (!std::isfinite(logprob)) return "";
  const double value = 100 * std::exp(logprob);
  if (value < 0.1) return "< 0.1 %";
  if (value > 99.9) return "> 99.9 %";
  return fmt::format("{:.1f} %", value);
}

std::vector<std::string> wrap(std::string_view words, int width) {
  std::vector<std::string> lines;
  int used = 0;
  for (std::size_t at = 0; at < words.size();) {
    const std::size_t end = std::min(words.find(' ', at), words.size());
    const std::string_view word = words.substr(at, end - at);
    at = end + 1;
    const int columns = shown(word).width;
    if (lines.empty() || used + 1 + columns > width) {
      lines.emplace_back(word);
      used = columns;
    } else {
      lines.back() += " ";
      lines.back() += word;
      used += 1 + columns;
    }
  }
  return lines;
}

std::vector<std::string> wrap_phrases(const std::vector<std::string>& phrases, int width) {
  std::vector<std::string> lines;
  for (const std::string& phrase : phrases) {
    const bool fits = !lines.empty() && shown(lines.back()).width + 3 + shown(phrase).width <= width;
    if (fits) {
      lines.back() += " · " + phrase;
    } else {
      for (std::string& line : wrap(phrase, width)) lines.push_back(std::move(line));
    }
  }
  return lines;
}

}  // namespace logitlens
