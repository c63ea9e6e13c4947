// Texts longer than one cut of queries, and longer than a local window, against the plain path in double precision; and the
// few rows of the last block against all of them.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "base/cpu.h"
#include "model/forward.h"
#include "model/reference_forward.h"
#include "support/tampered_checkpoint.h"

namespace logitlens {
namespace {

using test::TamperedCheckpoint;

constexpr double bound = 1e-4;  // of the largest magnitude

struct LongModel {
  explicit LongModel(const std::string& golden) : folder(golden) {
    EXPECT_TRUE(select_isa().ok());
    folder.config["max_position_embeddings"] = 4000;
    if (golden.starts_with("deberta"))
      folder.config["max_relative_positions"] = 160;  // the table's size is its own
    folder.save_config();
    checkpoint.emplace(*read_checkpoint(folder.path()));
    config = *read_config(*checkpoint);
    weights.emplace(*Weights::load(*checkpoint, config));
  }

  // States of the asked rows at every tap, in order.
  std::vector<std::vector<float>> run(std::size_t T, const std::vector<std::size_t>& asked, bool all) const {
    ThreadTeam team(2);
    auto plan = ForwardPlan::create(config, *weights, {1, T, asked.size(), all, 2, Taps::all});
    EXPECT_TRUE(plan.ok());
    std::vector<std::vector<float>> states;
    const auto ids = ids_of(T);
    const Status status = run_forward(
        config, *weights, *plan, {ids, asked}, team, false, [&](std::size_t, TapPoint, ConstMatrix rows) {
          states.emplace_back();
          for (std::size_t r = 0; r < rows.rows; ++r)
            states.back().insert(states.back().end(), rows.row(r), rows.row(r) + rows.cols);
        });
    EXPECT_TRUE(status.ok());
    return states;
  }

  std::vector<std::int32_t> ids_of(std::size_t T) const {
    std::vector<std::int32_t> ids(T);
    for (std::size_t t = 0; t < T; ++t)
      ids[t] = static_cast<std::int32_t>((t * t + 3 * t + 5) % config.vocab);
    return ids;
  }

  TamperedCheckpoint folder;
  std::optional<Checkpoint> checkpoint;
  ModelConfig config;
  std::optional<Weights> weights;
};

void expect_near(const std::vector<float>& ours, const Doubles& reference,
                 const std::vector<std::size_t>& rows, std::size_t hidden) {
  double largest = 0, worst = 0;
  for (double value : reference) largest = std::max(largest, std::abs(value));
  for (std::size_t r = 0; r < rows.size(); ++r)
    for (std::size_t i = 0; i < hidden; ++i)
      worst = std::max(worst,
                       std::abs(static_cast<double>(ours[r * hidden + i]) - reference[rows[r] * hidden + i]));
  EXPECT_LE(worst, bound * largest);
}

class LongSequence : public testing::TestWithParam<std::string> {};

TEST_P(LongSequence, AgreesWithThePlainPathAtEveryTap) {
  const LongModel model(GetParam());
  ThreadTeam team(2);
  for (std::size_t T : {std::size_t{1}, std::size_t{2}, std::size_t{9}, std::size_t{513}, std::size_t{700}}) {
    SCOPED_TRACE(T);
    std::vector<std::size_t> all(T), few;
    std::iota(all.begin(), all.end(), std::size_t{0});
    for (std::size_t row : {std::size_t{0}, T / 3, T / 2, T - 1})
      if (few.empty() || few.back() < row) few.push_back(row);
    const auto reference = reference_forward(model.config, *model.weights, model.ids_of(T), Taps::all, team);
    const auto ours = model.run(T, all, true), some = model.run(T, few, few.size() == T);
    ASSERT_EQ(ours.size(), reference.size());
    ASSERT_EQ(some.size(), reference.size());
    for (std::size_t state = 0; state < reference.size(); ++state) {
      SCOPED_TRACE(testing::Message()
                   << "layer " << reference[state].layer << ", " << tap_name(reference[state].point));
      expect_near(ours[state], reference[state].values, all, model.config.hidden);
      expect_near(some[state], reference[state].values, few, model.config.hidden);
    }
  }
}

// Families without a table of positions: their texts may be as long as their configuration says.
INSTANTIATE_TEST_SUITE_P(Goldens, LongSequence,
                         testing::Values("modernbert", "esm", "llama", "qwen3", "gpt-neox", "deberta-v2",
                                         "deberta-v3", "deberta-v2-conv", "deberta"),
                         [](const auto& one) {
                           std::string name = one.param;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace logitlens
