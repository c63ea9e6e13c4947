// What docs/tour.md says of the seed sentence in the real bert-base-uncased: full against raw, grammar against content.
#include <gtest/gtest.h>

#include <cstdlib>

#include "logitlens/logitlens.h"

namespace logitlens {
namespace {

constexpr const char* seed = "the way you do anything is the way you do everything";

class RealBertSeed : public testing::Test {
 protected:
  void SetUp() override {
    const char* folder = std::getenv("LOGITLENS_BERT_BASE");
    if (!folder)
      GTEST_SKIP() << "LOGITLENS_BERT_BASE does not name the folder that script/get-bert-base prints";
    auto model = Model::open(folder);
    ASSERT_TRUE(model.ok()) << model.error().message();
    for (Lens lens : {Lens::raw, Lens::bias, Lens::norm, Lens::full}) {
      auto table = model->sweep(seed, {.lens = lens, .track_best = true});
      ASSERT_TRUE(table.ok()) << table.error().message();
      tables_.push_back(*table);
    }
  }
  std::vector<LensTable> tables_;  // raw, bias, norm, full
};

TEST_F(RealBertSeed, TheWholeHeadRescuesAndTheRawLensIsDecidedAndWrong) {
  const auto ladder = make_ladder(tables_);
  ASSERT_TRUE(ladder.ok()) << ladder.error().message();
  EXPECT_EQ(ladder->steps[0].right, std::vector<int>(13, 0));
  EXPECT_EQ(ladder->steps[3].right.back(), 8);
  EXPECT_EQ(ladder->rescuer, "full");
  EXPECT_EQ(ladder->gained, 7);
  EXPECT_EQ(ladder->steps[0].last_best, "[CLS]");
  EXPECT_EQ(ladder->steps[0].last_best_rows, 11);
  EXPECT_NEAR(ladder->steps[0].mean_best_z.back(), 17.9, 0.05);
  EXPECT_NEAR(ladder->steps[3].mean_best_z.back(), 10.1, 0.05);
}

TEST_F(RealBertSeed, TheSecondWay) {
  const std::vector<LensTable> both = {tables_[3], tables_[0]};
  const auto trace = make_trace(both, {});
  ASSERT_TRUE(trace.ok()) << trace.error().message();
  const TracePanel& panel = trace->panels[7];
  EXPECT_EQ(panel.token, "way");
  EXPECT_EQ(panel.settling[0].settling.target_stable, 8);
  EXPECT_NEAR(panel.lines[0].values.back(), 10.4, 0.05);
  EXPECT_EQ(panel.lines[0].knee->layer, 6);
  EXPECT_EQ(panel.lines[0].two_segment->layer, 8);
  EXPECT_EQ(panel.lines[2].token, "[CLS]");
  EXPECT_EQ(panel.lines[2].best_at.size(), 13u) << "at every layer";
}

TEST_F(RealBertSeed, GrammarWordsDoNotClearlySettleFirstHere) {
  const auto& classes = tables_[3].findings.classes;
  ASSERT_TRUE(classes);
  EXPECT_EQ(classes->all.grammar, 9);
  EXPECT_EQ(classes->all.content, 2);
  EXPECT_EQ(classes->grammar.median, 11);
  EXPECT_EQ(classes->content.median, 8.5);
  EXPECT_EQ(classes->all.u, 8);
  EXPECT_NEAR(classes->all.p, 0.818, 0.001);
}

}  // namespace
}  // namespace logitlens
