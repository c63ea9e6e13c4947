#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <functional>
#include <string>

#include "analysis/analyse.h"
#include "logitlens/report.h"
#include "sample_table.h"

namespace logitlens {
namespace {

using Json = nlohmann::ordered_json;
using testing::make_table;

LensTable sample() {
  LensTable table = make_table({"the", "way"}, 3);
  for (Row& row : table.rows())
    for (std::size_t k = 0; k < table.layers.size(); ++k) row.top.push_back({{5, "a", 1.5, -0.25, 3.0}});
  table.model.vocab = 30522;
  table.notes = {"a note"};
  analyse(table);
  return table;
}

std::string written(const LensTable& table) { return render(table, "json").value(); }

TEST(ReadTable, GivesTheSameBytesAgain) {
  LensTable table = sample();
  table.rows()[0].series[1].values[0] = -0.0;
  table.rows()[0].series[1].values[1] = std::numeric_limits<double>::quiet_NaN();
  table.rows()[1].target_id.reset();
  table.rows()[1].target.clear();
  for (Series& series : table.rows()[1].series)
    if (series.info->needs_target) series.values.assign(4, std::numeric_limits<double>::quiet_NaN());
  table.model.sha256 = "abc";
  table.taps = {"layer", "layer", "layer", "layer"};
  const auto again = parse_table("t.json", written(table));
  ASSERT_TRUE(again.ok()) << again.error().message();
  EXPECT_EQ(written(*again), written(table));
  EXPECT_EQ(render(*again, "csv").value(), render(table, "csv").value());
  EXPECT_EQ(render(*again, "text").value(), render(table, "text").value());
}

TEST(ReadTable, KeepsHowItWasComputed) {
  LensTable table = sample();
  table.run.precision = "int8";
  table.run.drift = Drift{.rows = 2, .states = 8, .same_best = 7, .same_best_last = 2, .z = 0.25};
  table.run.logits = "screened";
  const auto again = parse_table("t.json", written(table));
  ASSERT_TRUE(again.ok()) << again.error().message();
  EXPECT_EQ(written(*again), written(table));
  Json old = Json::parse(written(sample()));
  old["run"].erase("logits");
  EXPECT_EQ(parse_table("t.json", old.dump())->run.logits, "all");
}

TEST(ReadTable, LeavesOutWhatItDoesNotKnowAndSaysSo) {
  Json json = Json::parse(written(sample()));
  json["rows"][0]["surprise"] = json["rows"][1]["surprise"] = {1, 2, 3, 4};
  json["weather"] = "fair";
  const auto table = parse_table("t.json", json.dump());
  ASSERT_TRUE(table.ok()) << table.error().message();
  EXPECT_EQ(table->notes.back(), "this version does not know, and left out: surprise, weather");
  EXPECT_EQ(table->rows()[0].series.size(), sample().rows()[0].series.size());
}

// What is done to a good document, and the field that the error names.
struct Fault {
  const char* field;
  std::function<void(Json&)> damage;
};

class BadTable : public ::testing::TestWithParam<Fault> {};

TEST_P(BadTable, IsRefusedByField) {
  Json json = Json::parse(written(sample()));
  GetParam().damage(json);
  const auto table = parse_table("t.json", json.dump());
  ASSERT_FALSE(table.ok());
  EXPECT_EQ(table.error().code, Code::bad_input);
  EXPECT_EQ(table.error().file, "t.json");
  EXPECT_EQ(table.error().field, GetParam().field);
  EXPECT_FALSE(table.error().found.empty());
  EXPECT_FALSE(table.error().expected.empty());
}

Json& track(Json& document) {
  document["rows"][0]["tracked"] = {{{"id", 5},
                                     {"token", "a"},
                                     {"logit", {1, 2, 3, 4}},
                                     {"logprob", {-1, -1, -1, -1}},
                                     {"z", {1, 2, 3, 4}}}};
  return document["rows"][0]["tracked"][0];
}

Json& add_word(Json& document) {
  document["run"]["mask"] = "words";
  document["words"] = {{{"text", "the"},
                        {"part", 0},
                        {"start", 0},
                        {"end", 3},
                        {"positions", {1}},
                        {"target_logprob", {-4, -3, -2, -1}},
                        {"best_is_target", {false, false, false, true}},
                        {"best", {"of", "of", "of", "the"}},
                        {"target_stable", 3}}};
  return document["words"][0];
}

Json& classes(Json& document) { return document["findings"]["classes"]; }

TEST(ReadTable, TakesTheDocumentsThatTheFaultsAreDoneTo) {
  Json json = Json::parse(written(sample()));
  track(json);
  track(json);
  add_word(json);
  ASSERT_TRUE(classes(json).is_object());
  const auto table = parse_table("t.json", json.dump());
  ASSERT_TRUE(table.ok()) << table.error().message();
  EXPECT_TRUE(table->findings.classes.has_value());
}

const std::vector<Fault>& faults() {
  static const std::vector<Fault> all = {
      {"document", [](Json& j) { j = Json::array({1}); }},
      {"schema", [](Json& j) { j["schema"] = "logitlens/2"; }},
      {"schema", [](Json& j) { j["schema"] = ""; }},
      {"schema", [](Json& j) { j.erase("schema"); }},
      {"model", [](Json& j) { j["model"] = nullptr; }},
      {"model.id", [](Json& j) { j["model"]["id"] = 3; }},
      {"model.layers", [](Json& j) { j["model"]["layers"] = -1; }},
      {"model.layers", [](Json& j) { j["model"]["layers"] = 4000000000; }},
      {"model.vocab", [](Json& j) { j["model"]["vocab"] = 12.0; }},
      {"model.sha256", [](Json& j) { j["model"]["sha256"] = 5; }},
      {"run.parameters", [](Json& j) { j["run"].erase("parameters"); }},
      {"run.truncated_tokens", [](Json& j) { j["run"]["truncated_tokens"] = -1; }},
      {"run.wall_s", [](Json& j) { j["run"]["wall_s"] = nullptr; }},
      {"text", [](Json& j) { j["text"] = 1; }},
      {"notes[0]", [](Json& j) { j["notes"][0] = 1; }},
      {"tokens", [](Json& j) { j["tokens"] = "the way"; }},
      {"tokens[1].position", [](Json& j) { j["tokens"][1]["position"] = 2; }},
      {"tokens[1].id", [](Json& j) { j["tokens"][1]["id"] = 30522; }},
      {"tokens[1].end", [](Json& j) { j["tokens"][1]["end"] = 1000; }},
      {"tokens[1].start", [](Json& j) { j["tokens"][1]["start"] = 4; }},
      {"tokens[1].special", [](Json& j) { j["tokens"][1]["special"] = 0; }},
      {"layers[1]", [](Json& j) { j["layers"][1] = 0; }},
      {"taps", [](Json& j) { j["taps"] = {"layer"}; }},
      {"taps[1]", [](Json& j) { j["taps"] = {"layer", "attic", "layer", "layer"}; }},
      {"layers[2]",
       [](Json& j) {
         j["layers"] = {0, 1, 1, 2};
         j["taps"] = {"layer", "layer", "attention", "layer"};
       }},
      {"run.lens", [](Json& j) { j["run"]["lens"] = "\x1b[31m"; }},
      {"run.mask", [](Json& j) { j["run"]["mask"] = "3+\x1b"; }},
      {"run.predicts", [](Json& j) { j["run"]["predicts"] = "past"; }},
      {"run.windows", [](Json& j) { j["run"]["windows"] = 0; }},
      {"run.parameters.window_stride", [](Json& j) { j["run"]["parameters"]["window_stride"] = 3; }},
      {"run.parameters.window_stride", [](Json& j) { j["run"]["windows"] = 2; }},
      {"rows[0].window",
       [](Json& j) {
         j["run"]["windows"] = 2;
         j["run"]["parameters"]["window_stride"] = 3;
         j["rows"][0]["window"] = 2;
       }},
      {"text_second", [](Json& j) { j["text_second"] = nullptr; }},
      {"tokens[0].segment", [](Json& j) { j["tokens"][0]["segment"] = -1; }},
      {"tokens[0].part", [](Json& j) { j["text_second"] = "b"; }},
      {"layers[3]", [](Json& j) { j["layers"][3] = 4; }},
      {"layers", [](Json& j) { j["layers"] = Json::array(); }},
      {"rows", [](Json& j) { j["rows"] = nullptr; }},
      {"rows[0]", [](Json& j) { j["rows"][0] = 1; }},
      {"rows[1]", [](Json& j) { j["rows"][1].erase("best_z"); }},
      {"rows[1]", [](Json& j) { j["rows"][1].erase("top"); }},
      {"rows[0].position", [](Json& j) { j["rows"][0]["position"] = 4; }},
      {"rows[0].masked", [](Json& j) { j["rows"][0]["masked"] = "yes"; }},
      {"rows[0].masked_with[0]", [](Json& j) { j["rows"][0]["masked_with"][0] = -1; }},
      {"rows[0].target", [](Json& j) { j["rows"][0]["target_id"] = nullptr; }},
      {"rows[0].target", [](Json& j) { j["rows"][0]["target"] = nullptr; }},
      {"rows[0].target_id", [](Json& j) { j["rows"][0]["target_id"] = 1e9; }},
      {"rows[0].best_id[0]", [](Json& j) { j["rows"][0]["best_id"][0] = -1; }},
      {"rows[0].best_id[2]", [](Json& j) { j["rows"][0]["best_id"][2] = 30522; }},
      {"rows[0].best_id[2]", [](Json& j) { j["rows"][0]["best_id"][2] = 1.5; }},
      {"rows[0].target_rank[1]", [](Json& j) { j["rows"][0]["target_rank"][1] = 1e300; }},
      {"rows[0].best", [](Json& j) { j["rows"][0].erase("best"); }},
      {"rows[0].best", [](Json& j) { j["rows"][0]["best"] = {"a"}; }},
      {"rows[0].best[1]", [](Json& j) { j["rows"][0]["best"][1] = 1; }},
      {"rows[0].best_z", [](Json& j) { j["rows"][0]["best_z"] = {1, 2, 3}; }},
      {"rows[0].best_z", [](Json& j) { j["rows"][0]["best_z"] = nullptr; }},
      {"rows[0].best_z[3]", [](Json& j) { j["rows"][0]["best_z"][3] = "1"; }},
      {"rows[0].top", [](Json& j) { j["rows"][0]["top"] = {1}; }},
      {"rows[0].top[0]", [](Json& j) { j["rows"][0]["top"][0] = 1; }},
      {"rows[0].top[1][0]", [](Json& j) { j["rows"][0]["top"][1][0] = 1; }},
      {"rows[0].top[1][0].id", [](Json& j) { j["rows"][0]["top"][1][0]["id"] = 30522; }},
      {"rows[0].top[1][0].z", [](Json& j) { j["rows"][0]["top"][1][0]["z"] = "1"; }},
      {"rows[0].settling", [](Json& j) { j["rows"][0].erase("settling"); }},
      {"rows[0].settling.best_stable", [](Json& j) { j["rows"][0]["settling"]["best_stable"] = 4; }},
      {"rows[0].settling.knee.layer",
       [](Json& j) { j["rows"][0]["settling"]["knee"] = {{"layer", 9}, {"strength", 1}}; }},
      {"rows[0].settling.knee.layer",
       [](Json& j) { j["rows"][0]["settling"]["knee"] = {{"layer", nullptr}, {"strength", 1}}; }},
      {"rows[0].settling.best_stable",
       [](Json& j) {  // no layer's output
         j["layers"] = {0, 1, 2, 2};
         j["taps"] = {"layer", "layer", "attention", "feed_forward"};
         j["rows"][0]["settling"]["best_stable"] = 2;
       }},
      {"rows[0].settling.two_segment.layer",
       [](Json& j) { j["rows"][0]["settling"]["two_segment"] = {{"layer", 9}, {"gain", 1}}; }},
      {"rows[0].tracked[0].z", [](Json& j) { track(j)["z"] = {1}; }},
      {"rows[0].tracked[0].id", [](Json& j) { track(j)["id"] = 30522; }},
      {"words", [](Json& j) { j["run"]["mask"] = "words"; }},
      {"words[0].end", [](Json& j) { add_word(j)["end"] = 100; }},
      {"words[0].start", [](Json& j) { add_word(j)["start"] = 4; }},
      {"words[0].part", [](Json& j) { add_word(j)["part"] = 1; }},
      {"words[0].positions", [](Json& j) { add_word(j)["positions"] = Json::array(); }},
      {"words[0].positions[0]", [](Json& j) { add_word(j)["positions"] = {0}; }},
      {"words[0].best", [](Json& j) { add_word(j)["best"] = {"a"}; }},
      {"words[0].best_is_target", [](Json& j) { add_word(j)["best_is_target"] = {true}; }},
      {"words[0].best_is_target[0]", [](Json& j) { add_word(j)["best_is_target"][0] = 1; }},
      {"words[0].target_stable", [](Json& j) { add_word(j)["target_stable"] = 9; }},
      {"findings.classes", [](Json& j) { j["findings"]["classes"] = 1; }},
      {"findings.classes.definition", [](Json& j) { classes(j)["definition"] = "other"; }},
      {"findings.classes.groups", [](Json& j) { classes(j)["groups"].erase(1); }},
      {"findings.classes.groups[0].settled", [](Json& j) { classes(j)["groups"][0]["settled"] = {1}; }},
      {"findings.classes.groups[0].rows", [](Json& j) { classes(j)["groups"][0]["rows"] = 2; }},
      {"findings.classes.groups[1].rows", [](Json& j) { classes(j)["groups"][1]["rows"] = 5; }},
      {"findings.classes.by_class[0].median", [](Json& j) { classes(j)["by_class"][0]["median"] = "3"; }},
      {"findings.classes.of_rows", [](Json& j) { classes(j)["of_rows"] = {"content"}; }},
      {"findings.classes.of_rows[0]", [](Json& j) { classes(j)["of_rows"][0] = ""; }},
      {"findings.classes.mann_whitney.method", [](Json& j) { classes(j)["mann_whitney"]["method"] = "t"; }},
      {"findings.classes.mann_whitney_settled.u",
       [](Json& j) { classes(j)["mann_whitney_settled"]["u"] = nullptr; }},
      {"findings", [](Json& j) { j.erase("findings"); }},
      {"findings.pseudo_log_likelihood_per_layer",
       [](Json& j) { j["findings"]["pseudo_log_likelihood_per_layer"] = {1}; }},
      {"findings.pseudo_log_likelihood_per_layer",
       [](Json& j) { j["findings"]["pseudo_log_likelihood"] = nullptr; }},
  };
  return all;
}

INSTANTIATE_TEST_SUITE_P(Faults, BadTable, ::testing::ValuesIn(faults()));

TEST(ReadTable, RefusesWhatIsNoTable) {
  for (const char* text :
       {"", "{", "[]", "null", "{\"schema\": \"logitlens/1\"}", "\xff", "{\"a\":1,\"a\":2}"}) {
    const auto table = parse_table("t.json", text);
    ASSERT_FALSE(table.ok()) << text;
    EXPECT_EQ(table.error().code, Code::bad_input) << text;
  }
  const auto none = read_table("/nonexistent/t.json");
  ASSERT_FALSE(none.ok());
  EXPECT_EQ(none.error().code, Code::io);
}

}  // namespace
}  // namespace logitlens
