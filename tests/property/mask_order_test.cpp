// A row depends on its own masks and nothing else: not on the order of the masks, nor on which others are asked for.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <numeric>
#include <random>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "logitlens/logitlens.h"
#include "support/golden.h"

namespace logitlens {
namespace {

using Group = std::vector<int>;  // positions masked together

class MaskOrder : public testing::TestWithParam<std::string> {
 protected:
  LensTable sweep(const SweepOptions& options) const {
    const std::string_view text =
        GetParam() == "esm" ? "MKTAYIAKQRQISFVKSHFSRQ" : "the way you do anything is the way";
    auto table = model_->sweep(text, options);
    EXPECT_TRUE(table.ok()) << table.error().message();
    return std::move(table).value();
  }

  // Every row as it is written, by the group it was masked in and its position.
  static std::map<std::pair<Group, int>, std::string> rows_of(const LensTable& table) {
    std::map<std::pair<Group, int>, std::string> rows;
    for (const Row& row : table.rows()) {
      LensTable one = table;
      one.rows() = {row};
      one.run = {};
      one.notes.clear();
      one.findings = {};
      Group group = row.masked_with;
      std::ranges::sort(group);
      rows[{group, row.position}] = *render(one, "ndjson");
    }
    return rows;
  }

  Result<Model> model_ = Model::open(test::golden_folder(GetParam()));
};

TEST_P(MaskOrder, PermutedMasksGivePermutedRows) {
  ASSERT_TRUE(model_.ok());
  if (model_->describe()->predicts == "next") GTEST_SKIP() << "nothing is masked";
  std::mt19937 random(5);
  const int tokens = static_cast<int>(sweep({.mask = Mask::none}).tokens.size());
  for (int repeat = 0; repeat < 4; ++repeat) {
    // Each position at most once, in groups of one to three.
    std::vector<int> positions(static_cast<std::size_t>(tokens));
    std::iota(positions.begin(), positions.end(), 0);
    std::ranges::shuffle(positions, random);
    std::vector<Group> groups;
    while (groups.size() < 6 && !positions.empty()) {
      Group& group = groups.emplace_back();
      for (std::size_t size = 1 + random() % 3; group.size() < size && !positions.empty();
           positions.pop_back())
        group.push_back(positions.back());
      std::ranges::sort(group);
    }
    SweepOptions options{.mask = {Mask::Kind::groups, groups}, .taps = Taps::all};
    const auto expected = rows_of(sweep(options));
    std::ranges::shuffle(options.mask.groups, random);
    const LensTable shuffled = sweep(options);
    // In the order that was asked for.
    std::vector<int> order, asked;
    for (const Row& row : shuffled.rows()) order.push_back(row.position);
    for (const Group& group : options.mask.groups) asked.insert(asked.end(), group.begin(), group.end());
    EXPECT_EQ(order, asked);
    EXPECT_EQ(rows_of(shuffled), expected);
    // Fewer of them, in other batches.
    options.mask.groups.resize(1 + random() % options.mask.groups.size());
    options.batch_rows = 1 + random() % 60;
    for (const auto& [key, row] : rows_of(sweep(options))) EXPECT_EQ(row, expected.at(key));
  }
}

TEST_P(MaskOrder, ARowAloneIsTheRowAmongAll) {
  ASSERT_TRUE(model_.ok());
  const bool decoder = model_->describe()->predicts == "next";
  const SweepOptions all{.mask = decoder ? Mask::none : Mask::each};
  const auto expected = rows_of(sweep(all));
  for (const auto& [key, row] : expected) {
    SweepOptions one = all;
    one.positions = {key.second};
    for (const auto& [its_key, its_row] : rows_of(sweep(one))) EXPECT_EQ(its_row, expected.at(its_key));
  }
}

// What the model says of a text whose ids are masked by hand, by the separate path.
TEST_P(MaskOrder, AGroupIsMaskedTogether) {
  ASSERT_TRUE(model_.ok());
  const ModelDescription description = *model_->describe();
  if (description.predicts == "next") GTEST_SKIP() << "nothing is masked";
  const auto mask = std::ranges::find_if(description.special_tokens, [](const auto& token) {
    return token.first == "[MASK]" || token.first == "<mask>";
  });
  ASSERT_NE(mask, description.special_tokens.end());
  for (const Group& group : {Group{2, 5}, Group{1, 3, 4}, Group{6}}) {
    const LensTable table = sweep({.mask = {Mask::Kind::groups, {group}}});
    std::vector<std::int32_t> ids;
    for (const Token& token : table.tokens) ids.push_back(token.id);
    for (int position : group) ids[static_cast<std::size_t>(position)] = mask->second;
    std::vector<float> states;  // [T, H], after the last layer
    const auto keep = [&](const TapView& view) {
      if (view.layer == table.model.layers) states.assign(view.states.begin(), view.states.end());
    };
    ASSERT_TRUE(model_->forward(ids, ids.size(), keep).ok());
    const auto logits = model_->reference_logits(states);  // [T, V]
    ASSERT_TRUE(logits.ok());
    const auto vocab = static_cast<std::size_t>(table.model.vocab);
    for (const Row& row : table.rows()) {
      const auto of_row = std::span(*logits).subspan(static_cast<std::size_t>(row.position) * vocab, vocab);
      double sum = 0;
      for (double logit : of_row) sum += std::exp(logit);
      const double expected = of_row[static_cast<std::size_t>(*row.target_id)] - std::log(sum);
      EXPECT_NEAR(row.values("target_logprob").back(), expected, 1e-4) << "position " << row.position;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Goldens, MaskOrder, testing::ValuesIn(test::golden_names()), [](const auto& one) {
  std::string name = one.param;
  std::ranges::replace(name, '-', '_');
  return name;
});

}  // namespace
}  // namespace logitlens
