// A small table made by hand, for tests of what reads tables.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include "logitlens/table.h"

namespace logitlens::testing {

inline const StatisticInfo* statistic(std::string_view name) {
  for (const StatisticInfo& info : statistics())
    if (info.name == name) return &info;
  return nullptr;
}

inline void set(Row& row, std::string_view name, std::vector<double> values) {
  row.series.push_back({statistic(name), std::move(values)});
}

// A row at `position` whose best token is `best[k]` at layer k; ids are what the strings hash to, so that
// equal strings are equal tokens.
inline double id_of(std::string_view token) {
  double id = 7;
  for (char c : token) id = std::fmod(id * 31 + static_cast<unsigned char>(c), 30011);
  return id;
}

inline Row make_row(int position, const std::string& target, const std::vector<std::string>& best) {
  Row row;
  row.position = position;
  row.masked = true;
  row.masked_with = {position};
  row.target_id = static_cast<int>(id_of(target));
  row.target = target;
  row.best = best;
  std::vector<double> ids, z, logprob, rank;
  for (std::size_t k = 0; k < best.size(); ++k) {
    ids.push_back(id_of(best[k]));
    z.push_back(2.0 + static_cast<double>(k));
    logprob.push_back(-1.0 / static_cast<double>(k + 1));
    rank.push_back(best[k] == target ? 0 : 9);
  }
  set(row, "best_id", ids);
  set(row, "best_z", z);
  set(row, "target_z", z);
  set(row, "best_logprob", logprob);
  set(row, "target_logprob", logprob);
  set(row, "target_rank", rank);
  return row;
}

// [CLS] tokens [SEP]; every token masked in turn, right at the last layer only, "of" before.
inline LensTable make_table(const std::vector<std::string>& tokens, int layers) {
  LensTable table;
  table.model = {"tiny", "bert", layers, 8, 100, std::nullopt, "embedded"};
  table.run.version = "0.1.0";
  table.run.lens = "full";
  table.run.mask = "each";
  table.run.top = 2;
  table.run.settle_rank = 10;
  table.run.settle_kl = 0.1;
  for (int k = 0; k <= layers; ++k) table.layers.push_back(k);
  table.tokens.push_back({0, 1, "[CLS]", "[CLS]", 0, 0, true});
  for (const std::string& token : tokens) {
    const int position = static_cast<int>(table.tokens.size());
    const std::size_t start = table.text.empty() ? 0 : table.text.size() + 1;
    table.text += (start > 0 ? " " : "") + token;
    table.tokens.push_back(
        {position, static_cast<int>(id_of(token)), token, token, start, table.text.size(), false});
    std::vector<std::string> best(static_cast<std::size_t>(layers), "of");
    best.push_back(token);
    table.rows().push_back(make_row(position, token, best));
  }
  table.tokens.push_back({static_cast<int>(table.tokens.size()), 2, "[SEP]", "[SEP]", table.text.size(),
                          table.text.size(), true});
  return table;
}

}  // namespace logitlens::testing
