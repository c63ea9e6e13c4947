#include "render/json_parts.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <optional>

namespace logitlens {
namespace {

template <class Values, class Text>
std::string json_list_of(const Values& values, Text text) {
  std::vector<std::string> items;
  items.reserve(values.size());
  for (const auto& value : values) items.push_back(text(value));
  return json_list(items);
}

std::string json_integer(std::integral auto value) { return fmt::format("{}", value); }
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

std::string settling_json(const Settling& settling) {
  std::string knee = "null";
  if (settling.knee) {
    knee = json_object(
        {{"layer", json_integer(settling.knee->layer)}, {"strength", json_number(settling.knee->strength)}});
  }
  return json_object({{"best_stable", json_optional(settling.best_stable)},
                      {"target_stable", json_optional(settling.target_stable)},
                      {"rank_le_k", json_optional(settling.rank_le_k)},
                      {"kl_below", json_optional(settling.kl_below)},
                      {"largest_jump", json_optional(settling.largest_jump)},
                      {"knee", knee}});
}

}  // namespace

std::string json_string(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
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

std::string run_json(const LensTable& table) {
  const RunInfo& run = table.run;
  const std::string parameters = json_object({{"top", json_integer(table.run.top)},
                                              {"settle_rank", json_integer(run.settle_rank)},
                                              {"settle_kl", json_number(run.settle_kl)}});
  return json_object({{"version", json_string(run.version)},
                      {"precision", json_string(run.precision)},
                      {"threads", json_integer(run.threads)},
                      {"isa", json_string(run.isa)},
                      {"gemm", json_string(run.gemm)},
                      {"lens", json_string(run.lens)},
                      {"mask", json_string(run.mask)},
                      {"parameters", parameters},
                      {"wall_s", json_number(run.wall_s)},
                      {"truncated_tokens", json_integer(run.truncated_tokens)}});
}

std::string token_json(const Token& token) {
  return json_object({{"position", json_integer(token.position)},
                      {"id", json_integer(token.id)},
                      {"token", json_string(token.token)},
                      {"text", json_string(token.text)},
                      {"start", json_integer(token.start)},
                      {"end", json_integer(token.end)},
                      {"special", json_bool(token.special)}});
}

std::string layers_json(const LensTable& table) {
  return json_list_of(table.layers, [](int layer) { return json_integer(layer); });
}

std::string notes_json(const LensTable& table) { return json_list_of(table.notes, json_string); }

std::string findings_json(const Findings& findings) {
  const auto& total = findings.pseudo_log_likelihood;
  return json_object(
      {{"pseudo_log_likelihood", total ? json_number(*total) : "null"},
       {"pseudo_log_likelihood_per_layer",
        total ? json_list_of(findings.pseudo_log_likelihood_per_layer, json_number) : "null"}});
}

RowJson row_json(const Row& row) {
  RowJson json;
  json.before_top = {{"position", json_integer(row.position)},
                     {"masked", json_bool(row.masked)},
                     {"masked_with", json_list_of(row.masked_with, [](int at) { return json_integer(at); })},
                     {"target_id", json_optional(row.target_id)},
                     {"target", row.target_id ? json_string(row.target) : "null"}};
  for (const Series& series : row.series) {
    json.before_top.emplace_back(series.info->name, series_json(row, series));
    if (series.info->name == "best_id")
      json.before_top.emplace_back("best", json_list_of(row.best, json_string));
  }
  for (const auto& top : row.top) json.top.push_back(top_json(top));
  json.after_top = {{"settling", settling_json(row.settling)}};
  return json;
}

}  // namespace logitlens
