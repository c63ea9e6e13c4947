#include "analysis/words.h"

#include <cmath>
#include <cstddef>
#include <limits>
#include <string_view>
#include <vector>

#include "analysis/layer_outputs.h"

namespace logitlens {
namespace {

using Rows = std::span<const std::size_t>;

const Token& token_of(const LensTable& table, std::size_t row) {
  return table.tokens[static_cast<std::size_t>(table.rows()[row].position)];
}

// From its first piece to its last, without white space at the ends: some tokenizers count the space before a
// word in.
void find_text(const LensTable& table, Rows rows, Word& word) {
  word.part = token_of(table, rows.front()).part;
  const std::string_view text = table.text_of(word.part);
  std::size_t start = token_of(table, rows.front()).start, end = token_of(table, rows.back()).end;
  const auto is_space = [&](std::size_t at) {
    return std::string_view(" \t\r\n").find(text[at]) != std::string_view::npos;
  };
  while (start < end && is_space(start)) ++start;
  while (start < end && is_space(end - 1)) --end;
  word.start = start;
  word.end = end;
  word.text = std::string(text.substr(start, end - start));
}

double value(const Row& row, std::string_view statistic, std::size_t layer) {
  const std::span<const double> values = row.values(statistic);
  return layer < values.size() ? values[layer] : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

Word make_word(const LensTable& table, Rows rows, const JoinPieces& join) {
  Word word;
  find_text(table, rows, word);
  for (const std::size_t row : rows) word.positions.push_back(table.rows()[row].position);
  for (std::size_t layer = 0; layer < table.layers.size(); ++layer) {
    double logprob = 0;
    bool best_is_target = true;
    std::vector<std::string> best;
    for (const std::size_t index : rows) {
      const Row& row = table.rows()[index];
      logprob +=
          row.target_id ? value(row, "target_logprob", layer) : std::numeric_limits<double>::quiet_NaN();
      best_is_target = best_is_target && row.target_id && value(row, "best_id", layer) == *row.target_id;
      best.push_back(row.best[layer]);
    }
    word.target_logprob.push_back(logprob);
    word.best_is_target.push_back(best_is_target);
    word.best.push_back(join(best));
  }
  for (std::size_t i = table.layers.size(); i > 0; --i) {
    if (!is_layer_output(table, i - 1)) continue;
    if (!word.best_is_target[i - 1]) break;
    word.target_stable = table.layers[i - 1];
  }
  return word;
}

}  // namespace logitlens
