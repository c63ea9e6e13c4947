#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "logitlens/report.h"
#include "sample_table.h"

namespace logitlens {
namespace {

using testing::make_table;
using Record = std::vector<std::string>;

// A reader of RFC 4180, strict about line ends.
std::vector<Record> parse(const std::string& csv) {
  std::vector<Record> records(1, Record(1));
  bool in_quotes = false;
  for (std::size_t i = 0; i < csv.size(); ++i) {
    const bool doubled = in_quotes && csv[i] == '"' && i + 1 < csv.size() && csv[i + 1] == '"';
    if (doubled) {
      records.back().back() += csv[++i];
    } else if (csv[i] == '"') {
      in_quotes = !in_quotes;
    } else if (!in_quotes && csv[i] == ',') {
      records.back().emplace_back();
    } else if (!in_quotes && csv.compare(i, 2, "\r\n") == 0) {
      records.emplace_back(1);
      ++i;
    } else {
      records.back().back() += csv[i];
    }
  }
  EXPECT_EQ(records.back(), Record(1)) << "the last record has no line end";
  records.pop_back();
  return records;
}

std::vector<Record> written(const LensTable& table) { return parse(render(table, "csv").value()); }

TEST(CsvWriter, HasOneRecordForEachPositionAndLayer) {
  const auto records = written(make_table({"the", "way"}, 3));
  ASSERT_EQ(records.size(), 1u + 2 * 4);
  EXPECT_EQ(records[0], (Record{"model",
                                "lens",
                                "position",
                                "token",
                                "masked",
                                "masked_with",
                                "target_id",
                                "target",
                                "layer",
                                "tap",
                                "best",
                                "best_id",
                                "best_z",
                                "target_z",
                                "best_logprob",
                                "target_logprob",
                                "target_rank",
                                "settling_best_stable",
                                "settling_target_stable",
                                "settling_rank_le_k",
                                "settling_kl_below",
                                "settling_largest_jump",
                                "settling_knee",
                                "settling_two_segment"}));
  for (const Record& record : records) EXPECT_EQ(record.size(), records[0].size());
  EXPECT_EQ(records[8][2], "2");
  EXPECT_EQ(records[8][3], "way");
  EXPECT_EQ(records[8][8], "3");
  EXPECT_EQ(records[8][10], "way");
  EXPECT_EQ(records[8][12], "5");
  EXPECT_EQ(records[8][15], "-0.25");
}

TEST(CsvWriter, QuotesCommasQuotesAndLineEnds) {
  LensTable table = make_table({"the"}, 1);
  table.rows()[0].best = {"a,\"b\"", "x\r\ny"};
  const auto records = written(table);
  EXPECT_EQ(records[1][10], "a,\"b\"");
  EXPECT_EQ(records[2][10], "x\r\ny");
}

TEST(CsvWriter, EscapesFormulasInTextButNotNumbers) {
  for (const char* token : {"=1+1", "+", "-", "@x"}) {
    LensTable table = make_table({token}, 1);
    const auto records = written(table);
    EXPECT_EQ(records[1][3], std::string("'") + token);
    EXPECT_EQ(records[1][7], std::string("'") + token);
    EXPECT_EQ(records[2][10], std::string("'") + token);
    EXPECT_EQ(records[1][14], "-1") << "a negative number stays a number";
  }
}

TEST(CsvWriter, LeavesCellsWithoutAValueEmpty) {
  LensTable table = make_table({"the"}, 1);
  table.rows()[0].target_id.reset();
  table.rows()[0].series[2].values = {std::numeric_limits<double>::quiet_NaN(),
                                      std::numeric_limits<double>::infinity()};
  const auto records = written(table);
  EXPECT_EQ(records[1][6], "");
  EXPECT_EQ(records[1][7], "");
  EXPECT_EQ(records[1][13], "");
  EXPECT_EQ(records[2][13], "");
}

TEST(CsvWriter, NamesPositionsMaskedTogether) {
  LensTable table = make_table({"the", "way"}, 1);
  table.rows()[0].masked_with = {1, 2};
  EXPECT_EQ(written(table)[1][5], "1 2");
}

TEST(CsvWriter, ATableWithoutRowsNamesEveryStatistic) {
  const auto records = written(make_table({}, 3));
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].size(), 11 + statistics().size() - 1 + 7) << "all but `top`, and the settling layers";
}

}  // namespace
}  // namespace logitlens
