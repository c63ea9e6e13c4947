// What is run is known beforehand: the content security policy names the hashes of the one script and the one style,
// and nothing else is allowed. Texts, tokens and names travel as JSON in elements that browsers do not run; the script
// (web/) makes text nodes of them.
#include "render/html.h"

#include <fmt/format.h>

#include <vector>

#include "base/escape.h"
#include "io/hash.h"
#include "logitlens/report.h"
#include "render/json_parts.h"
#include "render/report_bundle.h"
#include "render/writer.h"

namespace logitlens {
namespace {

constexpr std::size_t kTitleBytes = 80;  // of the text

std::string page_title(const LensTable& table) {
  const std::string_view beginning = utf8_prefix(table.text, kTitleBytes);
  const std::string_view rest = beginning.size() < table.text.size() ? "…" : "";
  return html_text(fmt::format("{}{} – {}, logitlens", escaped(beginning), rest, escaped(table.model.id)));
}

std::string_view kind_name(StatisticInfo::Kind kind) {
  switch (kind) {
    case StatisticInfo::Kind::real: return "real";
    case StatisticInfo::Kind::integer: return "integer";
    case StatisticInfo::Kind::token: return "token";
  }
  return "";
}

std::string statistics_json() {
  std::vector<std::string> all;
  for (const StatisticInfo& info : statistics()) {
    all.push_back(json_object({{"name", json_string(info.name)},
                               {"unit", json_string(info.unit)},
                               {"formula", json_string(info.formula)},
                               {"kind", json_string(kind_name(info.kind))}}));
  }
  return json_list(all);
}

std::string content_policy() {
  return fmt::format(
      "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; img-src data:; base-uri 'none'; "
      "form-action 'none'",
      sha256_base64(report_script()), sha256_base64(report_style()));
}

std::string data_block(std::string_view id, std::string_view json) {
  return fmt::format("<script type=\"application/json\" id=\"{}\">{}</script>\n", id, json_in_html(json));
}

}  // namespace

std::string json_in_html(std::string_view json) {
  std::string out;
  out.reserve(json.size() + json.size() / 64);
  for (std::size_t i = 0; i < json.size(); ++i) {
    const std::string_view rest = json.substr(i);
    // Characters that only strings can hold, where JSON lets any be written by its number.
    if (rest[0] == '<') {
      out += "\\u003c";
    } else if (rest[0] == '>') {
      out += "\\u003e";
    } else if (rest[0] == '&') {
      out += "\\u0026";
    } else if (rest.starts_with("\u2028")) {
      out += "\\u2028";
      i += 2;
    } else if (rest.starts_with("\u2029")) {
      out += "\\u2029";
      i += 2;
    } else {
      out += rest[0];
    }
  }
  return out;
}

std::string html_text(std::string_view text) {
  std::string out;
  for (char c : text) {
    switch (c) {
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '&': out += "&amp;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

Result<std::string> html_page(std::span<const LensTable> tables) {
  std::string page =
      fmt::format(R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="logitlens {}">
<link rel="icon" href="data:,">
<title>{}</title>
<style>)",
                  content_policy(), html_text(escaped(tables[0].run.version)), page_title(tables[0]));
  page += report_style();
  page += R"(</style>
</head>
<body>
<main id="report"><noscript>This page draws itself: it needs JavaScript, and no network.</noscript></main>
)";
  page += data_block("statistics", statistics_json());
  for (std::size_t i = 0; i < tables.size(); ++i) {
    LL_ASSIGN(const std::string json, write_json(tables[i], {}));
    page += data_block(fmt::format("table-{}", i), json);
  }
  page += "<script>";
  page += report_script();
  return page + "</script>\n</body>\n</html>\n";
}

Result<std::string> write_html(const LensTable& table, const RenderOptions&) {
  return html_page({&table, 1});
}

}  // namespace logitlens
