#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include "analysis/analyse.h"
#include "logitlens/report.h"
#include "render/json_parts.h"
#include "sample_table.h"

namespace logitlens {
namespace {

using Json = nlohmann::ordered_json;
using testing::make_table;

LensTable sample() {
  LensTable table = make_table({"the", "way"}, 3);
  for (Row& row : table.rows()) {
    for (std::size_t k = 0; k < table.layers.size(); ++k)
      row.top.push_back({{5, "a", 1.5, -0.25, 3.0}, {6, "b", 1, -2, 1}});
  }
  analyse(table);
  return table;
}

std::string written(const LensTable& table, const char* format = "json") {
  return render(table, format).value();
}

std::vector<std::string> keys(const Json& object) {
  std::vector<std::string> names;
  for (const auto& item : object.items()) names.push_back(item.key());
  return names;
}

TEST(JsonWriter, HasTheKeysOfTheSchemaInOrder) {
  const Json json = Json::parse(written(sample()));
  EXPECT_EQ(keys(json), (std::vector<std::string>{"schema", "model", "run", "text", "notes", "tokens",
                                                  "layers", "taps", "rows", "findings"}));
  EXPECT_EQ(json["schema"], "logitlens/1");
  EXPECT_EQ(keys(json["model"]),
            (std::vector<std::string>{"id", "family", "layers", "hidden", "vocab", "sha256", "source"}));
  EXPECT_EQ(keys(json["run"]), (std::vector<std::string>{"version", "precision", "threads", "isa", "gemm",
                                                         "logits", "lens", "mask", "predicts", "parameters",
                                                         "wall_s", "truncated_tokens", "batch", "windows"}));
  EXPECT_EQ(keys(json["run"]["parameters"]),
            (std::vector<std::string>{"top", "settle_rank", "settle_kl", "window_stride"}));
  EXPECT_EQ(keys(json["tokens"][0]), (std::vector<std::string>{"position", "id", "token", "text", "start",
                                                               "end", "special", "segment"}));
  EXPECT_EQ(keys(json["rows"][0]),
            (std::vector<std::string>{"position", "masked", "masked_with", "target_id", "target", "best_id",
                                      "best", "best_z", "target_z", "best_logprob", "target_logprob",
                                      "target_rank", "top", "settling"}));
  EXPECT_EQ(keys(json["rows"][0]["settling"]),
            (std::vector<std::string>{"best_stable", "target_stable", "rank_le_k", "kl_below", "largest_jump",
                                      "knee", "two_segment"}));
}

TEST(JsonWriter, HoldsTheTable) {
  const LensTable table = sample();
  const Json json = Json::parse(written(table));
  EXPECT_EQ(json["rows"].size(), 2u);
  EXPECT_EQ(json["layers"], Json::parse("[0, 1, 2, 3]"));
  EXPECT_EQ(json["run"]["parameters"]["top"], 2);
  const Json& row = json["rows"][1];
  EXPECT_EQ(row["target"], "way");
  EXPECT_EQ(row["best"], Json::parse(R"(["of", "of", "of", "way"])"));
  EXPECT_EQ(row["target_logprob"].get<std::vector<double>>(), table.rows()[1].series[4].values);
  EXPECT_EQ(row["top"].size(), 4u);
  EXPECT_EQ(row["top"][0][1], Json::parse(R"({"id": 6, "token": "b", "logit": 1, "logprob": -2, "z": 1})"));
  EXPECT_EQ(row["settling"]["target_stable"], 3);
  EXPECT_EQ(row["settling"]["kl_below"], nullptr);
  EXPECT_EQ(json["findings"]["pseudo_log_likelihood"], -0.5);
  EXPECT_EQ(json["model"]["sha256"], nullptr);
}

TEST(JsonWriter, HoldsWordsWhereTheyWereMasked) {
  LensTable table = sample();
  EXPECT_FALSE(Json::parse(written(table)).contains("words"));
  table.run.mask = "words";
  EXPECT_EQ(Json::parse(written(table))["words"], Json::array());
  table.words = {
      {0, "the", 0, 3, {1, 2}, {-1, std::numeric_limits<double>::quiet_NaN()}, {true, false}, {"a", "b"}, 3}};
  const Json expected = Json::parse(R"([{"text": "the", "part": 0, "start": 0, "end": 3, "positions": [1, 2],
      "target_logprob": [-1, null], "best_is_target": [true, false], "best": ["a", "b"], "target_stable": 3}])");
  EXPECT_EQ(Json::parse(written(table))["words"], expected);
  const std::string lines = written(table, "ndjson");
  EXPECT_EQ(Json::parse(lines.substr(0, lines.find('\n')))["words"], expected);
}

TEST(JsonWriter, SaysWhichTextATokenIsOfWhereThereAreTwo) {
  LensTable table = sample();
  EXPECT_FALSE(Json::parse(written(table)).contains("text_second"));
  EXPECT_FALSE(Json::parse(written(table))["tokens"][2].contains("part"));
  table.text_second = "way";
  table.tokens[2].part = table.tokens[2].segment = 1;
  for (const char* format : {"json", "ndjson"}) {
    const std::string text = written(table, format);
    const Json json = Json::parse(format == std::string("json") ? text : text.substr(0, text.find('\n')));
    EXPECT_EQ(json["text_second"], "way");
    EXPECT_EQ(json["tokens"][2]["part"], 1);
    EXPECT_EQ(json["tokens"][2]["segment"], 1);
    EXPECT_EQ(json["tokens"][1]["segment"], 0);
  }
}

TEST(JsonWriter, SaysWhichWindowARowIsOfWhereThereAreSeveral) {
  LensTable table = sample();
  EXPECT_EQ(Json::parse(written(table))["run"]["windows"], 1);
  EXPECT_FALSE(Json::parse(written(table))["rows"][1].contains("window"));
  table.run.windows = 2;
  table.run.window_stride = 9;
  table.rows()[1].window = 1;
  const Json json = Json::parse(written(table));
  EXPECT_EQ(json["run"]["windows"], 2);
  EXPECT_EQ(json["run"]["parameters"]["window_stride"], 9);
  EXPECT_EQ(json["rows"][0]["window"], 0);
  EXPECT_EQ(json["rows"][1]["window"], 1);
}

TEST(JsonWriter, IdsAndCountsAreIntegers) {
  LensTable table = sample();
  table.rows()[0].series[5].values[0] = 30521;
  const Json json = Json::parse(written(table));
  EXPECT_TRUE(json["rows"][0]["best_id"][0].is_number_integer());
  EXPECT_TRUE(json["rows"][0]["target_rank"][0].is_number_integer());
  EXPECT_EQ(json["rows"][0]["target_rank"][0], 30521);
}

TEST(JsonWriter, NumbersReadBackTheSame) {
  for (double value :
       {0.1, -13.962712345678901, 1e-300, 1.7976931348623157e308, 5e-324, 1.0 / 3, -0.0, 12.0}) {
    EXPECT_EQ(Json::parse(json_number(value)).get<double>(), value) << json_number(value);
  }
  EXPECT_EQ(json_number(0.1), "0.1");
  EXPECT_EQ(json_number(12), "12");
}

TEST(JsonWriter, NeverWritesNaN) {
  LensTable table = sample();
  table.rows()[0].series[1].values = {std::numeric_limits<double>::quiet_NaN(),
                                      std::numeric_limits<double>::infinity(),
                                      -std::numeric_limits<double>::infinity(), 1};
  table.rows()[0].series[5].values[0] = std::numeric_limits<double>::quiet_NaN();
  const Json json = Json::parse(written(table));
  EXPECT_EQ(json["rows"][0]["best_z"], Json::parse("[null, null, null, 1]"));
  EXPECT_EQ(json["rows"][0]["target_rank"][0], nullptr);
}

TEST(JsonWriter, ARowWithoutATargetHasNullTargets) {
  LensTable table = sample();
  table.rows()[0].target_id.reset();
  const Json row = Json::parse(written(table))["rows"][0];
  for (const char* key : {"target_id", "target", "target_z", "target_logprob", "target_rank"})
    EXPECT_EQ(row[key], nullptr) << key;
  EXPECT_TRUE(row["best_z"].is_array());
}

TEST(JsonWriter, IsValidUtf8WhateverTheStrings) {
  LensTable table = sample();
  table.model.id = "dir\xff/\"quoted\"\n\x01";
  table.rows()[0].best[0] = "中\u202e</script>";
  const Json json = Json::parse(written(table));
  EXPECT_EQ(json["model"]["id"], "dir\ufffd/\"quoted\"\n\x01");
  EXPECT_EQ(json["rows"][0]["best"][0], "中\u202e</script>");
}

TEST(JsonWriter, ATextWithoutRowsIsADocumentToo) {
  LensTable table = make_table({}, 3);
  analyse(table);
  const Json json = Json::parse(written(table));
  EXPECT_EQ(json["rows"], Json::array());
  EXPECT_EQ(json["tokens"].size(), 2u);
  EXPECT_EQ(json["findings"]["pseudo_log_likelihood"], nullptr);
  EXPECT_NO_THROW(Json::parse(written(LensTable{})));
}

TEST(JsonWriter, AnArrayOverLayersIsOneLine) {
  std::istringstream lines(written(sample()));
  int found = 0;
  for (std::string line; std::getline(lines, line);)
    found += line == "      \"best\": [\"of\", \"of\", \"of\", \"way\"],";
  EXPECT_EQ(found, 1);
}

TEST(JsonWriter, AnyStatisticIsWrittenUnderItsName) {
  static const StatisticInfo surprise{"surprise", "bits", "-log2 p", StatisticInfo::Kind::real, false};
  LensTable table = sample();
  table.rows()[0].series.push_back({&surprise, {1, 2, 3, 4.5}});
  EXPECT_EQ(Json::parse(written(table))["rows"][0]["surprise"][3], 4.5);
}

TEST(NdjsonWriter, IsAHeaderAndALineForEachRow) {
  std::istringstream lines(written(sample(), "ndjson"));
  std::vector<Json> records;
  for (std::string line; std::getline(lines, line);) records.push_back(Json::parse(line));
  ASSERT_EQ(records.size(), 3u);
  EXPECT_EQ(records[0]["schema"], "logitlens/1");
  EXPECT_FALSE(records[0].contains("rows"));
  const Json rows = Json::parse(written(sample()))["rows"];
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(records[i + 1]["model"], "tiny");
    records[i + 1].erase("model");
    EXPECT_EQ(records[i + 1], rows[i]);
  }
}

TEST(Render, NamesTheFormatsItKnows) {
  const auto result = render(LensTable{}, "yaml");
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, Code::usage);
  EXPECT_EQ(result.error().found, "yaml");
  EXPECT_EQ(result.error().expected, "one of text, json, ndjson, csv, html, svg, png, pdf");
}

}  // namespace
}  // namespace logitlens
