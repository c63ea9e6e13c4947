// What must hold of a table that a sweep gave, whatever the model and the text.
#pragma once

#include <cmath>
#include <set>

#include "support.h"

namespace logitlens::fuzz {

inline void check_row(const LensTable& table, const Row& row) {
  const std::size_t layers = table.layers.size();
  const int vocab = table.model.vocab;
  check(row.position >= 0 && static_cast<std::size_t>(row.position) < table.tokens.size(),
        "a row's position");
  check(!row.target_id || (*row.target_id >= 0 && *row.target_id < vocab), "a target is a token");
  for (const Series& series : row.series) {
    check(series.values.size() == layers, "a value a layer");
    for (const double value : series.values) {
      check(!std::isinf(value), "a value is finite, or none");
      if (std::isnan(value)) continue;
      if (series.info->kind == StatisticInfo::Kind::token) check(value >= 0 && value < vocab, "a token's id");
      if (series.info->name == "target_rank")
        check(value >= 0 && value < vocab, "a rank is below the vocabulary");
      if (series.info->name.ends_with("logprob")) check(value <= 1e-6, "a probability is at most 1");
      if (series.info->name == "kl_to_last") check(value >= -1e-6, "a divergence is not negative");
      if (series.info->name == "entropy")
        check(value >= -1e-6 && value <= std::log(vocab) + 1e-6, "an entropy is at most the uniform one's");
    }
  }
  for (const auto& top : row.top)
    for (std::size_t i = 1; i < top.size(); ++i)
      check(!(top[i - 1].logit < top[i].logit), "the most likely tokens come in their order");
}

// Two documents of the same sweep, run in another way, are the same but for how long it took.
inline std::string json_of(LensTable table) {
  table.run.threads = 1;
  table.run.batch = 1;
  table.run.wall_s = 0;
  const auto json = render(table, "json");
  check(json.ok(), "a table has its JSON");
  return *json;
}

inline void check_table(const LensTable& table) {
  std::set<int> positions;
  for (const Row& row : table.rows()) {
    check_row(table, row);
    check(positions.insert(row.position).second, "a position has one row");
  }
  const std::string json = json_of(table);
  const auto again = parse_table("table.json", json);
  check(again.ok(), again.ok() ? "" : "a sweep's JSON can be read: " + again.error().message());
  check(json_of(*again) == json, "a sweep's JSON is the same once read");
  for (const char* format : {"text", "csv"}) check(render(table, format).ok(), "a table has every document");
}

}  // namespace logitlens::fuzz
