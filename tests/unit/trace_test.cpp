// Traces of small tables made by hand, and every form they are written in.
#include "logitlens/trace.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <limits>

#include "analysis/analyse.h"
#include "render/terminal_blocks.h"
#include "sample_table.h"
#include "test_folder.h"

namespace logitlens {
namespace {

using Json = nlohmann::json;
using testing::id_of;
using testing::make_table;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

TrackedToken tracked(const std::string& token, std::vector<double> z) {
  TrackedToken one{static_cast<int>(id_of(token)), token, {}, {}, z};
  for (double value : z) {
    one.logit.push_back(10 * value);
    one.logprob.push_back(value - 20);
  }
  return one;
}

// "way" is right at the last of four layers, "of" is best before; "thing" was asked for.
LensTable sample(const std::string& lens = "full") {
  LensTable table = make_table({"way"}, 3);
  table.run.lens = lens;
  table.run.wall_s = 2;
  table.rows()[0].tracked = {tracked("thing", {1, 1, kNaN, 1}), tracked("way", {1, 1, 1, 9}),
                             tracked("of", {3, 3, 3, 2})};
  analyse(table);
  return table;
}

Trace trace_of(const std::vector<LensTable>& tables, const TraceOptions& options = {},
               const std::vector<std::string>& named = {}) {
  auto trace = make_trace(tables, options, named);
  EXPECT_TRUE(trace.ok()) << trace.error().message();
  return *trace;
}

std::string written(const Trace& trace, std::string_view format, const RenderOptions& options = {}) {
  auto text = render(trace, format, options);
  EXPECT_TRUE(text.ok()) << text.error().message();
  return *text;
}

std::vector<std::string> tokens_of(const TracePanel& panel) {
  std::vector<std::string> tokens;
  for (const TraceLine& line : panel.lines) tokens.push_back(line.token);
  return tokens;
}

TEST(MakeTrace, DrawsTheTargetTheNamedAndOnRequestAllThatWereBest) {
  using Tokens = std::vector<std::string>;
  EXPECT_EQ(tokens_of(trace_of({sample()}).panels[0]), Tokens{"way"});
  EXPECT_EQ(tokens_of(trace_of({sample()}, {}, {"thing"}).panels[0]), (Tokens{"way", "thing"}));
  EXPECT_EQ(tokens_of(trace_of({sample()}, {.best = true}).panels[0]), (Tokens{"way", "of"}));
  EXPECT_EQ(tokens_of(trace_of({sample()}, {.target = false, .final_best = false}, {"thing"}).panels[0]),
            Tokens{"thing"});
}

TEST(MakeTrace, KnowsWhatEachWordIs) {
  const TracePanel panel = trace_of({sample()}, {.best = true}, {"thing"}).panels[0];
  const TraceLine &way = panel.lines[0], &thing = panel.lines[1], &of = panel.lines[2];
  EXPECT_TRUE(way.target && way.final_best && !way.named);
  EXPECT_EQ(way.best_at, std::vector<int>{3});
  EXPECT_TRUE(thing.named && thing.best_at.empty());
  EXPECT_FALSE(of.target || of.final_best || of.named);
  EXPECT_EQ(of.best_at, (std::vector<int>{0, 1, 2}));
  EXPECT_EQ(way.knee->layer, 2);
  EXPECT_EQ(way.two_segment->layer, 2);
  EXPECT_NEAR(of.sqrt_fit.b0, 3.18, 0.01);
}

TEST(MakeTrace, OtherValuesOfWordsAndStatisticsOfRows) {
  EXPECT_EQ(trace_of({sample()}, {.statistic = "logit"}).panels[0].lines[0].values[3], 90);
  EXPECT_EQ(trace_of({sample()}, {.statistic = "logprob"}).panels[0].lines[0].values[3], -11);
  const Trace ranks = trace_of({sample()}, {.statistic = "target_rank"});
  ASSERT_EQ(ranks.panels[0].lines.size(), 1u);
  EXPECT_EQ(ranks.panels[0].lines[0].id, std::nullopt);
  EXPECT_EQ(ranks.panels[0].lines[0].values, (std::vector<double>{9, 9, 9, 0}));
  EXPECT_EQ(ranks.unit, "count");
}

TEST(MakeTrace, SeveralLenses) {
  const Trace trace = trace_of({sample("full"), sample("raw")});
  EXPECT_EQ(trace.lenses, (std::vector<std::string>{"full", "raw"}));
  EXPECT_EQ(trace.run.lens, "full,raw");
  EXPECT_EQ(trace.run.wall_s, 4);
  ASSERT_EQ(trace.panels[0].lines.size(), 2u);
  EXPECT_EQ(trace.panels[0].lines[1].lens, "raw");
  EXPECT_EQ(trace.panels[0].settling.size(), 2u);
}

TEST(MakeTrace, Errors) {
  const auto code = [](const std::vector<LensTable>& tables, const TraceOptions& options) {
    const auto trace = make_trace(tables, options);
    return trace.ok() ? Code{} : trace.error().code;
  };
  EXPECT_EQ(code({sample()}, {.statistic = "luck"}), Code::usage);
  EXPECT_EQ(code({sample()}, {.statistic = "best_id"}), Code::usage) << "an id is no height";
  EXPECT_EQ(code({sample()}, {.statistic = "entropy"}), Code::usage) << "not swept";
  EXPECT_EQ(code({}, {}), Code::internal);
  EXPECT_EQ(code({sample(), make_table({"other"}, 3)}, {}), Code::internal);
  EXPECT_EQ(code({make_table({"way"}, 3)}, {}), Code::internal) << "no token followed";
}

TEST(TraceText, DrawsEveryPositionAndSaysWhatTheLinesAre) {
  const std::string text = written(trace_of({sample()}, {.best = true}, {"thing"}), "text");
  for (const char* part :
       {"position 1 “way” masked", "way: the true token, most likely at layer 3", "knee ◆ at layer 2",
        "of: most likely at layers 0 to 2", "rank≤10 0", "true stays 3"})
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
}

TEST(TraceText, FitsTheWidthInAnyColour) {
  LensTable table = sample();
  for (int width : {40, 80, 100, 200})
    for (Color color : {Color::none, Color::ansi256, Color::truecolor}) {
      const std::string text =
          written(trace_of({table, sample("raw")}, {.best = true}), "text", {width, color});
      std::size_t begin = 0;
      for (std::size_t end; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1)
        EXPECT_LE(columns_of_line(std::string_view(text).substr(begin, end - begin)), width);
      EXPECT_EQ(text.find('\x1b') == std::string::npos, color == Color::none);
    }
}

TEST(TraceText, EightPositionsAndANote) {
  LensTable table = make_table(std::vector<std::string>(9, "way"), 3);
  for (Row& row : table.rows()) row.tracked = {tracked("way", {1, 1, 1, 9})};
  const std::string text = written(trace_of({table}), "text");
  EXPECT_NE(text.find("position 8 "), std::string::npos);
  EXPECT_EQ(text.find("position 9 "), std::string::npos);
  EXPECT_NE(text.find("8 of 9 positions"), std::string::npos);
}

TEST(TraceText, NothingInATokenMovesTheCursor) {
  LensTable table = sample();
  table.tokens[1].token = table.rows()[0].tracked[1].token = "\x1b[31mway\n\u202e";
  EXPECT_EQ(written(trace_of({table}), "text").find('\x1b'), std::string::npos);
}

TEST(TraceText, OfNoToken) {
  EXPECT_NE(written(trace_of({make_table({}, 3)}), "text").find("no token"), std::string::npos);
  EXPECT_EQ(Json::parse(written(trace_of({make_table({}, 3)}), "json"))["rows"], Json::array());
}

TEST(TraceJson, HoldsLinesAndSettling) {
  const Json json = Json::parse(written(trace_of({sample()}, {.best = true}, {"thing"}), "json"));
  EXPECT_EQ(json["schema"], "logitlens-trace/1");
  EXPECT_EQ(json["statistic"]["name"], "z");
  EXPECT_EQ(json["lenses"], Json::parse(R"(["full"])"));
  const Json& row = json["rows"][0];
  EXPECT_EQ(row["position"], 1);
  EXPECT_EQ(row["settling"]["full"].size(), 7u);
  ASSERT_EQ(row["lines"].size(), 3u);
  EXPECT_EQ(row["lines"][0]["roles"], Json::parse(R"(["target", "final"])"));
  EXPECT_EQ(row["lines"][0]["values"], Json::parse("[1, 1, 1, 9]"));
  EXPECT_EQ(row["lines"][0]["knee"]["layer"], 2);
  EXPECT_EQ(row["lines"][1]["values"], Json::parse("[1, 1, null, 1]"));
  EXPECT_EQ(row["lines"][1]["roles"], Json::parse(R"(["named"])"));
  EXPECT_EQ(row["lines"][2]["best_at"], Json::parse("[0, 1, 2]"));
}

TEST(TraceNdjson, HasAHeaderAndALineACurve) {
  const std::string text = written(trace_of({sample()}, {.best = true}), "ndjson");
  EXPECT_EQ(std::ranges::count(text, '\n'), 3);
  const std::size_t first = text.find('\n') + 1;
  const Json line = Json::parse(text.substr(first, text.find('\n', first) - first));
  EXPECT_EQ(line["word"], "way");
  EXPECT_EQ(line["token"], "way");
  EXPECT_EQ(line["model"], "tiny");
}

TEST(TraceCsv, HasARecordACurveAndLayer) {
  const std::string text = written(trace_of({sample()}, {}, {"thing"}), "csv");
  EXPECT_TRUE(text.starts_with(
      "model,lens,position,token,target,word_id,word,roles,layer,is_best,statistic,value\r\n"));
  EXPECT_EQ(std::ranges::count(text, '\n'), 1 + 2 * 4);
  EXPECT_NE(text.find(",way,target final,3,true,z,9\r\n"), std::string::npos) << text;
  EXPECT_NE(text.find(",thing,named,2,false,z,\r\n"), std::string::npos) << text;
}

TEST(TraceFiles, ByTheirSuffix) {
  const test::TestFolder folder;
  const Trace trace = trace_of({sample()});
  for (const char* name : {"t.txt", "t.json", "t.ndjson", "t.csv"}) {
    EXPECT_TRUE(save(trace, folder.path_of(name)).ok()) << name;
    EXPECT_EQ(save(trace, folder.path_of(name)).error().code, Code::usage) << "it exists";
    EXPECT_TRUE(save(trace, folder.path_of(name), true).ok());
  }
  EXPECT_EQ(save(trace, folder.path_of("t.gif")).error().code, Code::usage);
  EXPECT_EQ(render(trace, "yaml").error().code, Code::usage);
  EXPECT_EQ(folder.entries(), 4u);
}

}  // namespace
}  // namespace logitlens
