#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <array>
#include <string>

#include "io/hash.h"
#include "logitlens/report.h"
#include "render/html.h"
#include "render/report_bundle.h"
#include "sample_table.h"

namespace logitlens {
namespace {

using testing::make_table;

std::string between(const std::string& text, const std::string& start, const std::string& end) {
  const std::size_t from = text.find(start);
  if (from == std::string::npos) return "";
  return text.substr(from + start.size(), text.find(end, from + start.size()) - from - start.size());
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

TEST(HtmlWriter, NamesTheHashesOfItsScriptAndStyle) {
  const std::string page = render(make_table({"in", "the"}, 2), "html").value();
  const std::string policy = between(page, "Content-Security-Policy\" content=\"", "\"");
  const std::string script = between(page, "<script>", "</script>"),
                    style = between(page, "<style>", "</style>");
  EXPECT_NE(policy.find("script-src 'sha256-" + sha256_base64(script) + "'"), std::string::npos) << policy;
  EXPECT_NE(policy.find("style-src 'sha256-" + sha256_base64(style) + "'"), std::string::npos) << policy;
  EXPECT_NE(policy.find("default-src 'none'"), std::string::npos);
  EXPECT_EQ(policy.find("unsafe"), std::string::npos);
}

TEST(HtmlWriter, BundleCannotEndItsOwnElement) {
  for (std::string_view bundle : {report_script(), report_style()}) {
    EXPECT_GT(bundle.size(), 1000U);
    EXPECT_LT(bundle.size(), 1000000U);
    for (std::string_view end : {"</script", "</style", "<!--", "\r"})
      EXPECT_EQ(bundle.find(end), std::string_view::npos);
  }
}

TEST(HtmlWriter, HoldsTheJsonDocument) {
  const LensTable table = make_table({"<script>", "a&b", "\u2028\u2029", "</script>", "<!--"}, 2);
  const std::string page = render(table, "html").value();
  const std::string data = between(page, "id=\"table-0\">", "</script>");
  EXPECT_EQ(data.find_first_of("<>&"), std::string::npos);
  EXPECT_EQ(data.find("\u2028"), std::string::npos);
  EXPECT_EQ(nlohmann::json::parse(data), nlohmann::json::parse(render(table, "json").value()));
}

TEST(HtmlWriter, NamesFromFilesAreTextInTheTitle) {
  LensTable table = make_table({"in"}, 1);
  table.model.id = "</title><script>alert(1)</script>\u202e";
  table.text = "\"'><img src=x onerror=alert(1)>";
  const std::string page = render(table, "html").value();
  const std::string title = between(page, "<title>", "</title>");
  EXPECT_EQ(title.find_first_of("<>\"'"), std::string::npos) << title;
  EXPECT_NE(title.find("\\u202e"), std::string::npos) << title;
  EXPECT_EQ(count(page, "<script"), 3U);
  EXPECT_EQ(count(page, "<img"), 0U);
}

TEST(HtmlWriter, TakesSeveralTables) {
  std::array<LensTable, 2> tables = {make_table({"in", "the"}, 2), make_table({"in", "the"}, 2)};
  tables[1].run.lens = "raw";
  const std::string page = render_page(tables).value();
  EXPECT_NE(between(page, "id=\"table-1\">", "</script>").find("\"raw\""), std::string::npos);
  EXPECT_EQ(count(page, "id=\"table-"), 2U);
  EXPECT_EQ(render_page({}).error().code, Code::usage);
}

}  // namespace
}  // namespace logitlens
