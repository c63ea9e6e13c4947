// Sweeps of one text, a lens each, held against each other: which step of the head makes the prediction right?
#include "logitlens/ladder.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <map>

#include "analysis/target_noun.h"
#include "base/no_throw.h"

namespace logitlens {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

Error internal(std::string found) { return {Code::internal, "", "ladder", std::move(found), "", "", {}}; }

Status check_tables(const std::vector<LensTable>& tables) {
  if (tables.empty()) return internal("no table");
  for (const LensTable& table : tables) {
    if (table.text != tables[0].text || table.layers != tables[0].layers || table.layers.empty() ||
        table.rows().size() != tables[0].rows().size())
      return internal("tables of different texts");
    for (const Row& row : table.rows())
      for (const char* needed : {"best_id", "best_z"})
        if (row.values(needed).size() != table.layers.size())
          return usage_error("--stats", "a table without it", needed);
  }
  return ok_status();
}

// What a lens does to the state beyond the lens before it (logitlens/lens.h).
std::string added_step(const std::string& lens, const std::string& before) {
  if (before.empty()) return "";
  if (lens == "bias") return "the decoder's bias";
  if (lens == "final_norm") return "the model's final norm";
  if (lens == "norm") return before == "raw" ? "the decoder's bias and the LayerNorm" : "the LayerNorm";
  if (lens == "full")
    return before == "norm" ? "the head's dense layer and activation" : "the rest of the head";
  return lens;
}

double median(std::vector<double> values) {
  std::erase_if(values, [](double value) { return !std::isfinite(value); });
  if (values.empty()) return kNaN;
  std::ranges::sort(values);
  return (values[(values.size() - 1) / 2] + values[values.size() / 2]) / 2;
}

double mean(const std::vector<double>& values) {
  double sum = 0, count = 0;
  for (double value : values) {
    if (!std::isfinite(value)) continue;
    sum += value;
    ++count;
  }
  return count > 0 ? sum / count : kNaN;
}

// What each row should say: its target, or without one the whole head's own answer.
struct Expected {
  double id = 0;
  std::string token;
};
std::vector<Expected> expectations(const LensTable& whole) {
  std::vector<Expected> all;
  for (const Row& row : whole.rows()) {
    if (row.target_id) {
      all.push_back({static_cast<double>(*row.target_id), row.target});
    } else {
      all.push_back({row.values("best_id").back(), row.best.empty() ? "" : row.best.back()});
    }
  }
  return all;
}

std::vector<double> column(const LensTable& table, std::string_view statistic, std::size_t layer) {
  std::vector<double> values;
  for (const Row& row : table.rows()) {
    const std::span<const double> series = row.values(statistic);
    values.push_back(layer < series.size() ? series[layer] : kNaN);
  }
  return values;
}

void find_last_best(const LensTable& table, LadderStep& step) {
  std::map<std::string, int> rows_of;
  for (const Row& row : table.rows())
    if (!row.best.empty()) ++rows_of[row.best.back()];
  for (const auto& [token, rows] : rows_of) {
    if (rows <= step.last_best_rows) continue;
    step.last_best = token;
    step.last_best_rows = rows;
  }
}

LadderStep make_step(const LensTable& table, const std::string& before,
                     const std::vector<Expected>& expected) {
  LadderStep step;
  step.lens = table.run.lens;
  step.adds = added_step(table.run.lens, before);
  for (std::size_t layer = 0; layer < table.layers.size(); ++layer) {
    const std::vector<double> best = column(table, "best_id", layer);
    int right = 0;
    for (std::size_t r = 0; r < best.size(); ++r) right += best[r] == expected[r].id;
    step.right.push_back(right);
    step.median_rank.push_back(median(column(table, "target_rank", layer)));
    step.mean_best_z.push_back(mean(column(table, "best_z", layer)));
  }
  find_last_best(table, step);
  return step;
}

std::vector<LadderRow> make_rows(const std::vector<LensTable>& tables,
                                 const std::vector<Expected>& expected) {
  std::vector<LadderRow> rows;
  for (std::size_t r = 0; r < expected.size(); ++r) {
    LadderRow row{tables[0].rows()[r].position, expected[r].token, ""};
    for (std::size_t t = tables.size(); t-- > 0;) {
      if (tables[t].rows()[r].values("best_id").back() != expected[r].id) break;
      row.right_from = tables[t].run.lens;
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

// The step with the greatest gain at the last layer; of equal ones the earlier.
void find_rescuer(Ladder& ladder) {
  for (std::size_t s = 1; s < ladder.steps.size(); ++s) {
    const int gained = ladder.steps[s].right.back() - ladder.steps[s - 1].right.back();
    if (gained <= ladder.gained) continue;
    ladder.gained = gained;
    ladder.rescuer = ladder.steps[s].lens;
  }
}

std::string places(std::size_t count) { return fmt::format("{} place{}", count, count == 1 ? "" : "s"); }

std::string last_layer(const Ladder& ladder) {
  const LensTable& table = ladder.tables[0];
  const int last = table.layers.back();
  return fmt::format("layer {}{}", last, last == table.model.layers ? ", the last" : "");
}

bool has_targets(const Ladder& ladder) {
  return std::ranges::all_of(ladder.tables[0].rows(),
                             [](const Row& row) { return row.target_id.has_value(); });
}

std::string target_words(const LensTable& table) {
  const std::string_view noun = target_noun(table);
  return noun == "true token" ? "the true one" : fmt::format("the {}", noun);
}

std::string rescue_sentence(const Ladder& ladder) {
  std::vector<std::string> counts;
  for (const LadderStep& step : ladder.steps)
    counts.push_back(fmt::format("{} through {}", step.right.back(), step.lens));
  std::string text =
      fmt::format("At {}, the most likely token is {} at this many of {}: {}.", last_layer(ladder),
                  has_targets(ladder) ? target_words(ladder.tables[0])
                                      : "the expected one (without a target: the whole head's own answer)",
                  places(ladder.rows.size()), fmt::join(counts, ", "));
  const auto step = std::ranges::find(ladder.steps, ladder.rescuer, &LadderStep::lens);
  if (step == ladder.steps.end()) return text + " No step rescues the prediction.";
  return text + fmt::format(" The step that rescues the prediction is {} (lens {}): it adds {}.", step->adds,
                            step->lens, ladder.gained);
}

// How much each lens gets right where it is best.
std::string layers_sentence(const Ladder& ladder) {
  std::vector<std::string> parts;
  for (const LadderStep& step : ladder.steps) {
    const auto most = std::ranges::max_element(step.right);
    const int layer = ladder.tables[0].layers[static_cast<std::size_t>(most - step.right.begin())];
    parts.push_back(*most == 0 ? fmt::format("{} never", step.lens)
                               : fmt::format("{} at {} (layer {})", step.lens, *most, layer));
  }
  return fmt::format("At its best layer each lens is right: {}.", fmt::join(parts, ", "));
}

// The least of the lenses, where it is more decided than the whole head and right less often.
std::string decided_sentence(const Ladder& ladder) {
  const LadderStep &first = ladder.steps.front(), &whole = ladder.steps.back();
  if (!(first.mean_best_z.back() > whole.mean_best_z.back()) || first.right.back() >= whole.right.back())
    return "";
  return fmt::format(
      "Through {} the most likely token of layer {} is \"{}\" at {} of {}, and stands {:.1f} standard "
      "deviations above the "
      "mean; through {} it stands {:.1f} above. The more decided lens is the wrong one: z says decided, not "
      "right.",
      first.lens, ladder.tables[0].layers.back(), first.last_best, first.last_best_rows,
      places(ladder.rows.size()), first.mean_best_z.back(), whole.lens, whole.mean_best_z.back());
}

}  // namespace

Result<Ladder> make_ladder(std::vector<LensTable> tables) {
  return no_throw([&]() -> Result<Ladder> {
    LL_TRY(check_tables(tables));
    Ladder ladder;
    ladder.tables = std::move(tables);
    const std::vector<Expected> expected = expectations(ladder.tables.back());
    std::string before;
    for (const LensTable& table : ladder.tables) {
      ladder.steps.push_back(make_step(table, before, expected));
      before = table.run.lens;
    }
    ladder.rows = make_rows(ladder.tables, expected);
    if (ladder.rows.empty()) return ladder;
    find_rescuer(ladder);
    for (std::string sentence : {rescue_sentence(ladder), layers_sentence(ladder), decided_sentence(ladder)})
      if (!sentence.empty()) ladder.sentences.push_back(std::move(sentence));
    return ladder;
  });
}

}  // namespace logitlens
