// Ladders of small tables made by hand, and every form they are written in.
#include "logitlens/ladder.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cmath>

#include "render/terminal_blocks.h"
#include "sample_table.h"
#include "test_folder.h"

namespace logitlens {
namespace {

using Json = nlohmann::json;
using testing::make_row;
using testing::make_table;

// Two words, four layers; what each lens says is most likely at each layer, a row each.
using Best = std::vector<std::vector<std::string>>;
LensTable table_of(const std::string& lens, const Best& best, double z) {
  LensTable table = make_table({"the", "way"}, 3);
  table.run.lens = lens;
  for (std::size_t r = 0; r < 2; ++r) {
    table.rows()[r] = make_row(static_cast<int>(r) + 1, r == 0 ? "the" : "way", best[r]);
    for (Series& series : table.rows()[r].series)
      if (series.info->name == "best_z") series.values.assign(4, z);
  }
  return table;
}

std::vector<LensTable> seed() {
  const std::vector<std::string> cls(4, "[CLS]");
  return {table_of("raw", {cls, cls}, 20), table_of("bias", {{"the", "the", "of", "the"}, cls}, 12),
          table_of("norm", {{"of", "of", "of", "of"}, {"way", "way", "way", "of"}}, 4),
          table_of("full", {{"of", "the", "the", "the"}, {"of", "of", "way", "way"}}, 10)};
}

Ladder ladder_of(std::vector<LensTable> tables) {
  auto ladder = make_ladder(std::move(tables));
  EXPECT_TRUE(ladder.ok()) << ladder.error().message();
  return *ladder;
}

std::string written(const Ladder& ladder, std::string_view format, const RenderOptions& options = {}) {
  auto text = render(ladder, format, options);
  EXPECT_TRUE(text.ok()) << text.error().message();
  return *text;
}

std::string all_sentences(const Ladder& ladder) {
  std::string all;
  for (const std::string& sentence : ladder.sentences) all += sentence + " ";
  return all;
}

TEST(MakeLadder, CountsWhatEachLensGetsRight) {
  const Ladder ladder = ladder_of(seed());
  ASSERT_EQ(ladder.steps.size(), 4u);
  EXPECT_EQ(ladder.steps[0].right, (std::vector<int>{0, 0, 0, 0}));
  EXPECT_EQ(ladder.steps[1].right, (std::vector<int>{1, 1, 0, 1}));
  EXPECT_EQ(ladder.steps[2].right, (std::vector<int>{1, 1, 1, 0}));
  EXPECT_EQ(ladder.steps[3].right, (std::vector<int>{0, 1, 2, 2}));
  EXPECT_EQ(ladder.steps[0].median_rank, (std::vector<double>{9, 9, 9, 9}));
  EXPECT_EQ(ladder.steps[3].median_rank.back(), 0);
  EXPECT_EQ(ladder.steps[0].mean_best_z.back(), 20);
  EXPECT_EQ(ladder.steps[0].last_best, "[CLS]");
  EXPECT_EQ(ladder.steps[0].last_best_rows, 2);
  EXPECT_EQ(ladder.steps[0].adds, "");
  EXPECT_EQ(ladder.steps[2].adds, "the LayerNorm");
}

TEST(MakeLadder, NamesTheStepThatRescues) {
  const Ladder ladder = ladder_of(seed());
  EXPECT_EQ(ladder.rescuer, "full");
  EXPECT_EQ(ladder.gained, 2);
  EXPECT_EQ(ladder.rows[0].right_from, "full") << "bias is right too, but norm in between is not";
  const std::string words = all_sentences(ladder);
  EXPECT_NE(words.find("0 through raw, 1 through bias, 0 through norm, 2 through full"), std::string::npos)
      << words;
  EXPECT_NE(words.find("the head's dense layer and activation (lens full): it adds 2"), std::string::npos)
      << words;
  EXPECT_NE(words.find("bias at 1 (layer 0)"), std::string::npos) << words;
  EXPECT_NE(words.find("\"[CLS]\" at 2 of 2 places"), std::string::npos) << words;
  EXPECT_NE(words.find("decided, not right"), std::string::npos) << words;
}

TEST(MakeLadder, SaysSoWhereNoStepRescues) {
  const std::vector<std::string> of(4, "of");
  const Ladder ladder = ladder_of({table_of("raw", {of, of}, 3), table_of("full", {of, of}, 10)});
  EXPECT_EQ(ladder.rescuer, "");
  EXPECT_EQ(ladder.rows[1].right_from, "");
  EXPECT_NE(all_sentences(ladder).find("No step rescues"), std::string::npos);
  EXPECT_EQ(all_sentences(ladder).find("decided, not right"), std::string::npos)
      << "raw is less decided here";
}

TEST(MakeLadder, AnotherStepCanBeTheOne) {
  auto tables = seed();
  tables[1] = table_of("bias", {std::vector<std::string>(4, "the"), std::vector<std::string>(4, "way")}, 5);
  EXPECT_EQ(ladder_of(tables).rescuer, "bias");
  tables[0] = tables[1];
  tables[0].run.lens = "raw";
  EXPECT_EQ(ladder_of(tables).rescuer, "full") << "raw was right already, norm lost it";
}

TEST(MakeLadder, WithoutATargetTheWholeHeadIsTheMeasure) {
  auto tables = seed();
  for (LensTable& table : tables)
    for (Row& row : table.rows()) {
      row.target_id.reset();
      row.target.clear();
    }
  const Ladder ladder = ladder_of(tables);
  EXPECT_EQ(ladder.steps[3].right.back(), 2);
  EXPECT_EQ(ladder.rows[1].expected, "way");
  EXPECT_NE(all_sentences(ladder).find("whole head's own answer"), std::string::npos);
}

TEST(MakeLadder, Errors) {
  EXPECT_EQ(make_ladder({}).error().code, Code::internal);
  EXPECT_EQ(make_ladder({seed()[0], make_table({"other"}, 3)}).error().code, Code::internal);
  auto tables = seed();
  tables[2].rows()[0].series.erase(tables[2].rows()[0].series.begin());
  EXPECT_EQ(make_ladder(tables).error().code, Code::usage);
}

TEST(LadderText, ShowsEveryLensOnOneScaleAndTheSentences) {
  const std::string text = written(ladder_of(seed()), "text");
  for (const char* part : {"bias: adds the decoder's bias", "[CLS] 20.0", "✓ way 10.0", "Right, of 2",
                           "layer  0  1  2  3", "full   0  1  2  2", "rescues the prediction"})
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
}

TEST(LadderText, FitsTheWidthInAnyColour) {
  for (int width : {40, 80, 100, 200})
    for (Color color : {Color::none, Color::ansi256, Color::truecolor}) {
      const std::string text = written(ladder_of(seed()), "text", {width, color});
      std::size_t begin = 0;
      for (std::size_t end; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1) {
        const std::string_view line = std::string_view(text).substr(begin, end - begin);
        EXPECT_LE(columns_of_line(line), std::max(width, 60)) << line;
      }
      EXPECT_EQ(text.find('\x1b') == std::string::npos, color == Color::none);
    }
}

TEST(LadderText, OfNoToken) {
  EXPECT_NE(written(ladder_of({make_table({}, 3)}), "text").find("no token"), std::string::npos);
}

TEST(LadderJson, HoldsTheTablesAndWhatTheySayTogether) {
  const Json json = Json::parse(written(ladder_of(seed()), "json"));
  EXPECT_EQ(json["schema"], "logitlens-ladder/1");
  EXPECT_EQ(json["lenses"], Json::parse(R"(["raw", "bias", "norm", "full"])"));
  EXPECT_EQ(json["steps"][3]["right"], Json::parse("[0, 1, 2, 2]"));
  EXPECT_EQ(json["rescue"], Json::parse(R"({"lens": "full", "gained": 2})"));
  EXPECT_EQ(json["rows"][1], Json::parse(R"({"position": 2, "expected": "way", "right_from": "full"})"));
  EXPECT_EQ(json["sentences"].size(), 3u);
  ASSERT_EQ(json["tables"].size(), 4u);
  EXPECT_EQ(json["tables"][2]["schema"], "logitlens/1");
  EXPECT_EQ(json["tables"][2]["run"]["lens"], "norm");
}

TEST(LadderNdjsonAndCsv, NameTheLensInEveryPart) {
  const Ladder ladder = ladder_of(seed());
  const std::string lines = written(ladder, "ndjson");
  EXPECT_EQ(std::ranges::count(lines, '\n'), 1 + 4 * 3);
  const std::string records = written(ladder, "csv");
  EXPECT_EQ(std::ranges::count(records, '\n'), 1 + 4 * 2 * 4);
  EXPECT_EQ(records.find("model,lens"), records.rfind("model,lens")) << "one header";
  for (const char* lens : {"tiny,raw,", "tiny,bias,", "tiny,norm,", "tiny,full,"})
    EXPECT_NE(records.find(lens), std::string::npos);
}

TEST(LadderFiles, ByTheirSuffix) {
  const test::TestFolder folder;
  const Ladder ladder = ladder_of(seed());
  EXPECT_TRUE(save(ladder, folder.path_of("l.json")).ok());
  EXPECT_EQ(save(ladder, folder.path_of("l.json")).error().code, Code::usage);
  EXPECT_EQ(save(ladder, folder.path_of("l.gif")).error().code, Code::usage);
  EXPECT_TRUE(check_document_suffix("l.csv").ok());
  EXPECT_FALSE(check_document_suffix("l.gif", true).ok());
  EXPECT_TRUE(check_document_suffix("l.html", true).ok());
  EXPECT_FALSE(check_document_suffix("t.html").ok());
  EXPECT_FALSE(check_document_format("xml").ok());
}

}  // namespace
}  // namespace logitlens
