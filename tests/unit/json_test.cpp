#include "io/json.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace logitlens {
namespace {

Json parsed(std::string_view text) {
  auto json = parse_json("x.json", text);
  EXPECT_TRUE(json.ok()) << text << ": " << (json.ok() ? "" : json.error().message());
  return json.ok() ? std::move(*json) : Json();
}

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

TEST(ParseJson, KeepsTheKindsOfNumbers) {
  EXPECT_EQ(parsed("12").integer(), 12);
  EXPECT_EQ(parsed("-12").integer(), -12);
  EXPECT_EQ(parsed("9223372036854775807").integer(), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(parsed("-9223372036854775808").integer(), std::numeric_limits<std::int64_t>::min());
  EXPECT_NE(parsed("18446744073709551615").get<std::uint64_t>(), nullptr);
  EXPECT_EQ(parsed("18446744073709551615").integer(), std::nullopt);
  EXPECT_EQ(parsed("1.0").integer(), std::nullopt);
  EXPECT_EQ(parsed("1.0").describe(), "1.0");
  EXPECT_EQ(parsed("1e-12").number(), 1e-12);
  EXPECT_EQ(parsed("3").number(), 3.0);
  EXPECT_EQ(parsed("\"3\"").number(), std::nullopt);
}

TEST(ParseJson, AnIntegerBeyond64BitsIsNoInteger) {
  const Json huge = parsed("1000000000000000019884624838656");  // model_max_length of many tokenizers
  EXPECT_EQ(huge.integer(), std::nullopt);
  EXPECT_EQ(huge.number(), 1e30);
}

TEST(ParseJson, KeepsTheOrderOfKeys) {
  const Json json = parsed(R"({"b": 1, "a": [true, null, "x"]})");
  const auto* members = json.get<Json::Object>();
  ASSERT_NE(members, nullptr);
  EXPECT_EQ((*members)[0].first, "b");
  EXPECT_EQ((*members)[1].first, "a");
  ASSERT_NE(json.find("a"), nullptr);
  EXPECT_EQ(json.find("a")->get<Json::Array>()->size(), 3u);
  EXPECT_EQ(json.find("c"), nullptr);
  EXPECT_EQ(parsed("[1]").find("a"), nullptr);
}

TEST(ParseJson, AcceptsAByteOrderMarkAndSpace) { EXPECT_EQ(parsed("\xef\xbb\xbf \n7\r\n ").integer(), 7); }

TEST(ParseJson, AcceptsDepth64) { EXPECT_NE(parsed(nested(64)).get<Json::Array>(), nullptr); }

TEST(ParseJson, AKeyMayAppearAgainInAnotherObject) { parsed(R"([{"a": {"a": 1}}, {"a": 2}])"); }

struct JsonFault {
  const char* name;
  std::string text, field, found;
};
void PrintTo(const JsonFault& fault, std::ostream* out) { *out << fault.name; }

class JsonFaults : public testing::TestWithParam<JsonFault> {};

TEST_P(JsonFaults, AreErrors) {
  const auto json = parse_json("x.json", GetParam().text);
  ASSERT_FALSE(json.ok());
  EXPECT_EQ(json.error().code, Code::bad_input);
  EXPECT_EQ(json.error().file, "x.json");
  EXPECT_EQ(json.error().field, GetParam().field);
  EXPECT_NE(json.error().found.find(GetParam().found), std::string::npos) << json.error().message();
  EXPECT_FALSE(json.error().remedy.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Table, JsonFaults,
    testing::Values(
        JsonFault{"empty", "", "byte 1", "unexpected end of input"},
        JsonFault{"cut", R"({"a": [1, 2)", "byte 12", "unexpected end of input"},
        JsonFault{"trailing", "{} x", "byte 4", "invalid literal"},
        JsonFault{"two_documents", "{}{}", "byte 3", "unexpected '{'"},
        JsonFault{"comment", "/* */ {}", "byte 1", "invalid literal"},
        JsonFault{"trailing_comma", "[1,]", "byte 4", "unexpected ']'"},
        JsonFault{"single_quotes", "{'a': 1}", "byte 2", "invalid literal"},
        JsonFault{"nul_after_the_end", std::string("{}\0x", 4), "byte 3", "NUL"},
        JsonFault{"invalid_utf8", "\"a\xff\"", "byte 3", "ill-formed UTF-8"},
        JsonFault{"surrogate_alone", R"("\ud800")", "byte 8", "surrogate"},
        JsonFault{"control_in_a_string", "\"a\nb\"", "byte 3", "control character"},
        JsonFault{"not_a_number", "NaN", "byte 1", "invalid literal"},
        JsonFault{"infinity", "-Infinity", "byte 2", "invalid number"},
        JsonFault{"overflowing_double", "1e999", "byte 5", "number overflow"},
        JsonFault{"overflowing_integer", "1" + std::string(400, '0'), "byte 401", "number overflow"},
        JsonFault{"key_twice", R"({"a": 1, "b": 2, "a": 3})", "a", "twice"},
        JsonFault{"key_twice_by_escape", R"({"a": 1, "\u0061": 3})", "a", "twice"},
        JsonFault{"key_twice_within", R"({"x": [0, {"y": {"k": 1, "k": 1}}]})", "x[1].y.k", "twice"},
        JsonFault{"depth_65", nested(65), "nesting", "more than 64"},
        JsonFault{"depth_100000", nested(100'000), "nesting", "more than 64"},
        JsonFault{"depth_100000_of_objects",
                  [] {
                    std::string text;
                    for (int i = 0; i < 100'000; ++i) text += "{\"a\":";
                    return text;
                  }(),
                  "nesting", "more than 64"}),
    [](const auto& instance) { return instance.param.name; });

TEST(JsonDescribe, ShortensForMessages) {
  EXPECT_EQ(parsed("null").describe(), "null");
  EXPECT_EQ(parsed("true").describe(), "true");
  EXPECT_EQ(parsed("\"gelu\"").describe(), "\"gelu\"");
  EXPECT_EQ(parsed("[1, 2]").describe(), "a list of 2");
  EXPECT_EQ(parsed("{}").describe(), "an object");
  EXPECT_EQ(parsed("1e30").describe(), "1e+30");
  EXPECT_LT(parsed("\"" + std::string(5000, 'x') + "\"").describe().size(), 100u);
}

}  // namespace
}  // namespace logitlens
