// Sweeps of one text, a lens each, turned into lines over the layers.
#include "logitlens/trace.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstddef>

#include "analysis/knee.h"
#include "analysis/least_squares.h"
#include "base/no_throw.h"

namespace logitlens {
namespace {

using WordValues = std::vector<double> TrackedToken::*;

struct WordStatistic {
  StatisticInfo info;
  WordValues values;
};

// What is known of any one token at every layer.
const std::vector<WordStatistic>& word_statistics() {
  using Kind = StatisticInfo::Kind;
  static const std::vector<WordStatistic> all = {
      {{"z", "standard deviations", "(x[token] - mean x) / std x", Kind::real, false}, &TrackedToken::z},
      {{"logprob", "nats", "x[token] - log sum exp x", Kind::real, false}, &TrackedToken::logprob},
      {{"logit", "logits", "x[token]", Kind::real, false}, &TrackedToken::logit},
  };
  return all;
}

const WordStatistic* find_word_statistic(std::string_view name) {
  for (const WordStatistic& one : word_statistics())
    if (one.info.name == name) return &one;
  return nullptr;
}

Error internal(std::string found) { return {Code::internal, "", "trace", std::move(found), "", "", {}}; }

Result<StatisticInfo> find_statistic(const std::string& name) {
  std::vector<std::string> names;
  for (const StatisticInfo& info : trace_statistics()) {
    if (info.name == name) return info;
    names.push_back(info.name);
  }
  return usage_error("--stat", name, fmt::format("one of {}", fmt::join(names, ", ")));
}

Status check_tables(std::span<const LensTable> tables) {
  if (tables.empty()) return internal("no table");
  for (const LensTable& table : tables) {
    if (table.text != tables[0].text || table.layers != tables[0].layers || table.layers.empty() ||
        table.rows().size() != tables[0].rows().size())
      return internal("tables of different texts");
    for (std::size_t r = 0; r < table.rows().size(); ++r)
      if (table.rows()[r].position != tables[0].rows()[r].position)
        return internal("tables of different rows");
  }
  return ok_status();
}

void describe_line(TraceLine& line, std::span<const int> layers) {
  line.knee = find_knee(layers, line.values);
  line.two_segment = find_two_segments(layers, line.values);
  const Line fit = fit_sqrt(layers, line.values);
  line.sqrt_fit = {fit.b0, fit.b1, fit.r2};
}

TraceLine word_line(const LensTable& table, const Row& row, const TrackedToken& word, WordValues values,
                    std::span<const std::string> named) {
  TraceLine line;
  line.lens = table.run.lens;
  line.id = word.id;
  line.token = word.token;
  const std::span<const double> best = row.values("best_id");
  line.target = row.target_id == word.id;
  line.named = std::ranges::find(named, word.token) != named.end();
  line.final_best = !best.empty() && best.back() == word.id;
  for (std::size_t k = 0; k < best.size(); ++k)
    if (best[k] == word.id) line.best_at.push_back(table.layers[k]);
  line.values = word.*values;
  return line;
}

bool is_wanted(const TraceLine& line, const TraceOptions& options) {
  return line.named || (line.target && options.target) || (line.final_best && options.final_best) ||
         (!line.best_at.empty() && options.best);
}

int order_of(const TraceLine& line) { return line.target ? 0 : line.named ? 1 : line.final_best ? 2 : 3; }

std::vector<TraceLine> word_lines(const LensTable& table, const Row& row, WordValues values,
                                  const TraceOptions& options, std::span<const std::string> named) {
  std::vector<TraceLine> lines;
  for (const TrackedToken& word : row.tracked) {
    TraceLine line = word_line(table, row, word, values, named);
    if (is_wanted(line, options)) lines.push_back(std::move(line));
  }
  std::ranges::stable_sort(lines, {}, order_of);
  return lines;
}

TracePanel make_panel(std::span<const LensTable> tables, std::size_t r, const TraceOptions& options,
                      std::span<const std::string> named) {
  const Row& first = tables[0].rows()[r];
  TracePanel panel;
  panel.position = first.position;
  panel.masked = first.masked;
  panel.target_id = first.target_id;
  panel.target = first.target;
  for (const Token& token : tables[0].tokens)
    if (token.position == first.position) panel.token = token.token;
  const WordStatistic* of_words = find_word_statistic(options.statistic);
  for (const LensTable& table : tables) {
    const Row& row = table.rows()[r];
    panel.settling.push_back({table.run.lens, row.settling});
    std::vector<TraceLine> lines;
    if (of_words != nullptr) {
      lines = word_lines(table, row, of_words->values, options, named);
    } else {
      const std::span<const double> values = row.values(options.statistic);
      lines.emplace_back();
      lines.back().lens = table.run.lens;
      lines.back().values.assign(values.begin(), values.end());
    }
    for (TraceLine& line : lines) {
      describe_line(line, table.layers);
      panel.lines.push_back(std::move(line));
    }
  }
  return panel;
}

}  // namespace

std::vector<StatisticInfo> trace_statistics() {
  std::vector<StatisticInfo> all;
  for (const WordStatistic& one : word_statistics()) all.push_back(one.info);
  for (const StatisticInfo& info : statistics())
    if (info.kind != StatisticInfo::Kind::token && info.name != "top") all.push_back(info);
  return all;
}

Result<Trace> make_trace(std::span<const LensTable> tables, const TraceOptions& options,
                         std::span<const std::string> named) {
  return no_throw([&]() -> Result<Trace> {
    LL_ASSIGN(const StatisticInfo info, find_statistic(options.statistic));
    LL_TRY(check_tables(tables));
    Trace trace;
    trace.model = tables[0].model;
    trace.run = tables[0].run;
    trace.text = tables[0].text;
    trace.text_second = tables[0].text_second;
    trace.notes = tables[0].notes;
    trace.tokens = tables[0].tokens;
    trace.layers = tables[0].layers;
    trace.statistic = info.name;
    trace.unit = info.unit;
    trace.formula = info.formula;
    trace.run.wall_s = 0;
    for (const LensTable& table : tables) {
      trace.lenses.push_back(table.run.lens);
      trace.run.wall_s += table.run.wall_s;
    }
    trace.run.lens = fmt::format("{}", fmt::join(trace.lenses, ","));
    const WordStatistic* of_words = find_word_statistic(options.statistic);
    for (const LensTable& table : tables)
      for (const Row& row : table.rows())
        if (of_words == nullptr && row.values(options.statistic).empty())
          return usage_error("--stat", options.statistic, "a statistic that was swept");
    for (std::size_t r = 0; r < tables[0].rows().size(); ++r) {
      if (of_words != nullptr && tables[0].rows()[r].tracked.empty())
        return internal("rows that follow no token");
      trace.panels.push_back(make_panel(tables, r, options, named));
    }
    return trace;
  });
}

}  // namespace logitlens
