#include "analysis/layer_outputs.h"

#include <utility>
#include <vector>

namespace logitlens {

namespace {

// The entries of `values` at `kept`; nothing of a list that was not filled.
template <class T>
void keep(std::vector<T>& values, const std::vector<std::size_t>& kept) {
  std::vector<T> some;
  for (std::size_t i : kept)
    if (i < values.size()) some.push_back(std::move(values[i]));
  values = std::move(some);
}

}  // namespace

bool has_inner_states(const LensTable& table) {
  for (std::size_t i = 0; i < table.layers.size(); ++i)
    if (!is_layer_output(table, i)) return true;
  return false;
}

LensTable layer_outputs(const LensTable& table) {
  std::vector<std::size_t> kept;
  for (std::size_t i = 0; i < table.layers.size(); ++i)
    if (is_layer_output(table, i)) kept.push_back(i);
  LensTable outputs = table;
  if (kept.size() == table.layers.size()) return outputs;
  keep(outputs.layers, kept);
  keep(outputs.taps, kept);
  for (Row& row : outputs.rows()) {
    for (Series& series : row.series) keep(series.values, kept);
    keep(row.best, kept);
    keep(row.top, kept);
    for (TrackedToken& token : row.tracked)
      for (std::vector<double>* values : {&token.logit, &token.logprob, &token.z}) keep(*values, kept);
  }
  return outputs;
}

}  // namespace logitlens
