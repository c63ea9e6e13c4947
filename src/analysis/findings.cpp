#include "analysis/findings.h"

#include <cmath>
#include <cstddef>
#include <span>

namespace logitlens {
namespace {

// With --target a row may ask for another token than the one that was masked.
bool target_is_masked_token(const LensTable& table, const Row& row) {
  for (const Token& token : table.tokens)
    if (token.position == row.position) return row.target_id == token.id;
  return false;
}

}  // namespace

Findings make_findings(const LensTable& table) {
  if (table.run.mask != "each" || table.rows().empty()) return {};
  if (table.layers.empty() || table.layers.back() != table.model.layers) return {};
  std::vector<double> sums(table.layers.size(), 0.0);
  for (const Row& row : table.rows()) {
    const std::span<const double> logprob = row.values("target_logprob");
    if (!target_is_masked_token(table, row) || logprob.size() != sums.size()) return {};
    for (std::size_t layer = 0; layer < sums.size(); ++layer) sums[layer] += logprob[layer];
  }
  for (double sum : sums)
    if (!std::isfinite(sum)) return {};
  return {sums.back(), sums, {}};
}

}  // namespace logitlens
