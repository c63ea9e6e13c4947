#include "render/json_parts.h"

#include <fmt/format.h>
#include <utf8proc.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/escape.h"
#include "render/settling_fields.h"

namespace logitlens {
namespace {

std::string json_bool(bool value) { return value ? "true" : "false"; }
std::string json_optional(const std::optional<int>& value) { return value ? json_integer(*value) : "null"; }

// Counts and ids are doubles in a Series; they are written without a fraction or an exponent.
std::string series_value(const StatisticInfo& info, double value) {
  if (info.kind == StatisticInfo::Kind::real || !std::isfinite(value)) return json_number(value);
  return json_integer(std::llround(value));
}

// What is asked of a target is null as a whole where the row has none.
std::string series_json(const Row& row, const Series& series) {
  if (series.info->needs_target && !row.target_id) return "null";
  return json_list_of(series.values, [&](double value) { return series_value(*series.info, value); });
}

std::string top_json(const std::vector<TopToken>& top) {
  return json_list_of(top, [](const TopToken& token) {
    return json_object({{"id", json_integer(token.id)},
                        {"token", json_string(token.token)},
                        {"logit", json_number(token.logit)},
                        {"logprob", json_number(token.logprob)},
                        {"z", json_number(token.z)}});
  });
}

std::string tracked_json(const TrackedToken& token) {
  return json_object({{"id", json_integer(token.id)},
                      {"token", json_string(token.token)},
                      {"logit", json_list_of(token.logit, json_number)},
                      {"logprob", json_list_of(token.logprob, json_number)},
                      {"z", json_list_of(token.z, json_number)}});
}

std::string distribution_json(const ClassDistribution& one) {
  return json_object({{"name", json_string(one.name)},
                      {"rows", json_integer(one.rows)},
                      {"settled", json_list_of(one.settled, [](int rows) { return json_integer(rows); })},
                      {"never", json_integer(one.never)},
                      {"median", one.median ? json_number(*one.median) : "null"}});
}

std::string class_test_json(const ClassTest& test) {
  return json_object({{"grammar", json_integer(test.grammar)},
                      {"content", json_integer(test.content)},
                      {"u", json_number(test.u)},
                      {"p", json_number(test.p)},
                      {"method", json_string(test.exact ? "exact" : "normal")}});
}

std::string classes_json(const ClassFindings& classes) {
  return json_object(
      {{"word_list", json_string(classes.word_list)},
       {"definition", json_string("target_stable")},
       {"groups", json_list({distribution_json(classes.grammar), distribution_json(classes.content)})},
       {"by_class", json_list_of(classes.by_class, distribution_json)},
       {"of_rows",
        json_list_of(classes.of_rows,
                     [](const std::string& name) { return name.empty() ? "null" : json_string(name); })},
       {"mann_whitney", class_test_json(classes.all)},
       {"mann_whitney_settled", class_test_json(classes.settled)}});
}

// JSON as it is, but what could steer a terminal or reorder its lines as \u202e, which is the same to a reader.
std::string with_escapes(std::string_view json) {
  std::string out;
  while (!json.empty()) {
    utf8proc_int32_t c = 0;  // well-formed: the writer has replaced what is not
    const auto used =
        static_cast<std::size_t>(utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(json.data()),
                                                  static_cast<utf8proc_ssize_t>(json.size()), &c));
    if (!needs_escape(c)) {
      out += json.substr(0, used);
    } else if (c < 0x10000) {
      out += fmt::format("\\u{:04x}", c);
    } else {  // as JSON has it: a pair of surrogates
      out += fmt::format("\\u{:04x}\\u{:04x}", 0xd7c0 + (c >> 10), 0xdc00 + (c & 0x3ff));
    }
    json.remove_prefix(used);
  }
  return out;
}

}  // namespace

std::string json_string(std::string_view text) {
  std::string json = nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  const bool is_plain = std::ranges::all_of(json, [](char c) { return c >= ' ' && c != '\x7f'; });
  return is_plain ? json : with_escapes(json);
}

std::string json_number(double value) {
  if (value == 0 && std::signbit(value))
    return "-0.0";  // "-0" would be read back as an integer, which has no sign
  return std::isfinite(value) ? fmt::format("{}", value) : "null";
}

std::string json_list(const std::vector<std::string>& items) {
  return fmt::format("[{}]", fmt::join(items, ", "));
}

std::string json_object(const JsonMembers& members) {
  std::string text = "{";
  for (const auto& [key, value] : members) {
    if (text.size() > 1) text += ", ";
    text += json_string(key) + ": " + value;
  }
  return text + "}";
}

std::string model_json(const ModelInfo& model) {
  return json_object({{"id", json_string(model.id)},
                      {"family", json_string(model.family)},
                      {"layers", json_integer(model.layers)},
                      {"hidden", json_integer(model.hidden)},
                      {"vocab", json_integer(model.vocab)},
                      {"sha256", model.sha256 ? json_string(*model.sha256) : "null"},
                      {"source", json_string(model.source)}});
}

std::string drift_json(const Drift& drift) {
  return json_object({{"rows", json_integer(drift.rows)},
                      {"states", json_integer(drift.states)},
                      {"same_best", json_integer(drift.same_best)},
                      {"same_best_last", json_integer(drift.same_best_last)},
                      {"z", json_number(drift.z)}});
}

std::string run_json(const LensTable& table) {
  const RunInfo& run = table.run;
  const std::string parameters =
      json_object({{"top", json_integer(table.run.top)},
                   {"settle_rank", json_integer(run.settle_rank)},
                   {"settle_kl", json_number(run.settle_kl)},
                   {"window_stride", run.windows > 1 ? json_integer(run.window_stride) : "null"}});
  JsonMembers members = {{"version", json_string(run.version)}, {"precision", json_string(run.precision)}};
  if (run.drift) members.emplace_back("drift", drift_json(*run.drift));
  const JsonMembers rest = {
      {"threads", json_integer(run.threads)},  {"isa", json_string(run.isa)},
      {"gemm", json_string(run.gemm)},         {"logits", json_string(run.logits)},
      {"lens", json_string(run.lens)},         {"mask", json_string(run.mask)},
      {"predicts", json_string(run.predicts)}, {"parameters", parameters},
      {"wall_s", json_number(run.wall_s)},     {"truncated_tokens", json_integer(run.truncated_tokens)},
      {"batch", json_integer(run.batch)},      {"windows", json_integer(run.windows)}};
  members.insert(members.end(), rest.begin(), rest.end());
  return json_object(members);
}

std::string token_json(const LensTable& table, const Token& token) {
  JsonMembers members = {
      {"position", json_integer(token.position)}, {"id", json_integer(token.id)},
      {"token", json_string(token.token)},        {"text", json_string(token.text)},
      {"start", json_integer(token.start)},       {"end", json_integer(token.end)},
      {"special", json_bool(token.special)},      {"segment", json_integer(token.segment)}};
  if (table.text_second) members.emplace_back("part", json_integer(token.part));
  return json_object(members);
}

std::string word_json(const Word& word) {
  const auto integer = [](int value) { return json_integer(value); };
  return json_object({{"text", json_string(word.text)},
                      {"part", json_integer(word.part)},
                      {"start", json_integer(word.start)},
                      {"end", json_integer(word.end)},
                      {"positions", json_list_of(word.positions, integer)},
                      {"target_logprob", json_list_of(word.target_logprob, json_number)},
                      {"best_is_target", json_list_of(word.best_is_target, json_bool)},
                      {"best", json_list_of(word.best, json_string)},
                      {"target_stable", json_optional(word.target_stable)}});
}

std::string taps_json(const LensTable& table) { return json_list_of(table.taps, json_string); }

std::string layers_json(const LensTable& table) {
  return json_list_of(table.layers, [](int layer) { return json_integer(layer); });
}

std::string notes_json(const LensTable& table) { return json_list_of(table.notes, json_string); }

std::string findings_json(const Findings& findings) {
  const auto& total = findings.pseudo_log_likelihood;
  return json_object({{"pseudo_log_likelihood", total ? json_number(*total) : "null"},
                      {"pseudo_log_likelihood_per_layer",
                       total ? json_list_of(findings.pseudo_log_likelihood_per_layer, json_number) : "null"},
                      {"classes", findings.classes ? classes_json(*findings.classes) : "null"}});
}

RowJson row_json(const LensTable& table, const Row& row) {
  RowJson json;
  json.before_top = {{"position", json_integer(row.position)},
                     {"masked", json_bool(row.masked)},
                     {"masked_with", json_list_of(row.masked_with, [](int at) { return json_integer(at); })},
                     {"target_id", json_optional(row.target_id)},
                     {"target", row.target_id ? json_string(row.target) : "null"}};
  if (table.run.windows > 1) json.before_top.emplace_back("window", json_integer(row.window));
  for (const Series& series : row.series) {
    json.before_top.emplace_back(series.info->name, series_json(row, series));
    if (series.info->name == "best_id")
      json.before_top.emplace_back("best", json_list_of(row.best, json_string));
  }
  for (const auto& top : row.top) json.top.push_back(top_json(top));
  if (!row.tracked.empty()) json.after_top.emplace_back("tracked", json_list_of(row.tracked, tracked_json));
  json.after_top.emplace_back("settling", settling_json(row.settling));
  return json;
}

}  // namespace logitlens
