// A statistic of the lens: a column of the table, one file under stats/ and one line in the registry. Most are computed
// at the end from the sums that one streaming pass collects (kernels/vocabulary_sums.h); one that needs more brings a
// state of its own, which sees every tile of logits of its row.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "kernels/vocabulary_sums.h"
#include "logitlens/table.h"

namespace logitlens {

// What is known of one row at the end of the pass. Formulas below write x for its logits [V], r for the last layer's.
struct RowSums {
  VocabularySums sums;
  std::optional<std::int32_t> target_id;
  float target_logit = 0;

  double std_deviation() const;        // sqrt(m2 / V)
  double log_sum_exp() const;          // log sum exp(x)
  double logprob(double logit) const;  // logit - log sum exp(x), without losing small differences
  double z(double logit) const;        // (logit - mean) / std; NaN where all logits are equal
};

// One tile of a row's logits, biases added: ids first_id .. first_id + logits.size() - 1.
struct LogitTile {
  std::int32_t first_id = 0;
  std::span<const float> logits;
  std::span<const float> last;  // the last layer's, same ids
};

class StatisticState {
 public:
  virtual ~StatisticState() = default;
  virtual void update(const LogitTile& tile) = 0;
  virtual void merge(const StatisticState& other) = 0;  // `other` saw the ids after this one's
  virtual double finish(const RowSums& row) const = 0;
};

// What a statistic is computed from.
enum class Needs {
  all_logits,  // anything; what a statistic that says nothing gets
  summary,  // RowSums' count, mean, m2, max, argmax, greater and target_logit: known without all the logits
};

struct Statistic {
  StatisticInfo info;
  Needs needs = Needs::all_logits;
  double (*finish)(const RowSums& row) = nullptr;             // NaN: no value
  std::unique_ptr<StatisticState> (*make_state)() = nullptr;  // instead of `finish`
};

// All statistics in the table's order; without `top`, which is a list.
const std::vector<Statistic>& statistic_registry();

}  // namespace logitlens
