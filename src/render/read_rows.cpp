// The rows of a table from its JSON.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "analysis/layer_outputs.h"
#include "render/read_parts.h"

namespace logitlens {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kLargestCount = 9007199254740992;  // 2^53: what a double holds exactly

const StatisticInfo* known_statistic(std::string_view name) {
  for (const StatisticInfo& info : statistics())
    if (info.name == name && name != "top") return &info;
  return nullptr;
}

// Counts and ids are written as integers; ids are of the vocabulary.
Status check_values(const JsonFields& row, const Series& series, int vocab) {
  if (series.info->kind == StatisticInfo::Kind::real) return ok_status();
  const bool is_token = series.info->kind == StatisticInfo::Kind::token;
  const double most = is_token ? vocab - 1 : kLargestCount;
  for (std::size_t i = 0; i < series.values.size(); ++i) {
    const double value = series.values[i];
    if (std::isnan(value) || (value == std::floor(value) && value >= 0 && value <= most)) continue;
    return row.error(fmt::format("{}[{}]", series.info->name, i), fmt::format("{}", value),
                     fmt::format("an integer of 0 to {:.0f}", most));
  }
  return ok_status();
}

Result<Series> read_series(JsonFields& row, const StatisticInfo& info, bool has_target,
                           const LensTable& table) {
  Series series{&info, {}};
  if (info.needs_target && !has_target) {
    if (!row.is_null(info.name)) return row.error(info.name, "a value", "null, as target_id is");
    row.skip(info.name);
    series.values.assign(table.layers.size(), kNaN);
    return series;
  }
  LL_ASSIGN(series.values, row.numbers(info.name, table.layers.size()));
  LL_TRY(check_values(row, series, table.model.vocab));
  return series;
}

Result<TopToken> read_top_token(JsonFields fields, int vocab) {
  TopToken token;
  LL_ASSIGN(token.id, fields.number_from_0("id", vocab - 1));
  LL_ASSIGN(token.token, fields.text("token"));
  LL_ASSIGN(token.logit, read_number_or_null(fields, "logit"));
  LL_ASSIGN(token.logprob, read_number_or_null(fields, "logprob"));
  LL_ASSIGN(token.z, read_number_or_null(fields, "z"));
  fields.finish();
  return token;
}

Result<std::vector<std::vector<TopToken>>> read_top(JsonFields& row, const LensTable& table) {
  LL_ASSIGN(const Json::Array* layers, row.list_of("top", table.layers.size()));
  std::vector<std::vector<TopToken>> top;
  for (const Json& layer : *layers) {
    const std::string key = fmt::format("top[{}]", top.size());
    const auto* tokens = layer.get<Json::Array>();
    if (tokens == nullptr) return row.error(key, layer.describe(), "a list");
    top.emplace_back();
    for (const Json& token : *tokens) {
      LL_ASSIGN(JsonFields fields, row.element(key, top.back().size(), token));
      LL_ASSIGN(TopToken one, read_top_token(std::move(fields), table.model.vocab));
      top.back().push_back(std::move(one));
    }
  }
  return top;
}

Result<std::vector<TrackedToken>> read_tracked(JsonFields& row, const LensTable& table) {
  LL_ASSIGN(const Json::Array* tokens, row.list("tracked"));
  std::vector<TrackedToken> tracked;
  const std::size_t layers = table.layers.size();
  for (const Json& value : *tokens) {
    LL_ASSIGN(JsonFields fields, row.element("tracked", tracked.size(), value));
    TrackedToken token;
    LL_ASSIGN(token.id, fields.number_from_0("id", table.model.vocab - 1));
    LL_ASSIGN(token.token, fields.text("token"));
    LL_ASSIGN(token.logit, fields.numbers("logit", layers));
    LL_ASSIGN(token.logprob, fields.numbers("logprob", layers));
    LL_ASSIGN(token.z, fields.numbers("z", layers));
    fields.finish();
    tracked.push_back(std::move(token));
  }
  return tracked;
}

// What is said of a layer that must be there: a knee and its strength.
template <class Value>
Result<std::optional<Value>> read_knee(JsonFields& settling, std::string_view key, std::string_view measure,
                                       const LensTable& table) {
  if (settling.is_null(key)) {
    settling.skip(key);
    return std::optional<Value>();
  }
  LL_ASSIGN(JsonFields fields, settling.object(key));
  LL_ASSIGN(const std::optional<int> layer, read_layer(fields, "layer", table));
  if (!layer) return fields.error("layer", "null", "a layer");
  LL_ASSIGN(const double value, fields.number(measure));
  fields.finish();
  return std::optional<Value>(Value{*layer, value});
}

Result<Settling> read_settling(JsonFields& row, const LensTable& table) {
  LL_ASSIGN(JsonFields fields, row.object("settling"));
  Settling settling;
  LL_ASSIGN(settling.best_stable, read_layer(fields, "best_stable", table));
  LL_ASSIGN(settling.target_stable, read_layer(fields, "target_stable", table));
  LL_ASSIGN(settling.rank_le_k, read_layer(fields, "rank_le_k", table));
  LL_ASSIGN(settling.kl_below, read_layer(fields, "kl_below", table));
  LL_ASSIGN(settling.largest_jump, read_layer(fields, "largest_jump", table));
  LL_ASSIGN(settling.knee, read_knee<Knee>(fields, "knee", "strength", table));
  LL_ASSIGN(settling.two_segment, read_knee<TwoSegment>(fields, "two_segment", "gain", table));
  fields.finish();
  return settling;
}

Status read_target(JsonFields& fields, Row& row, int vocab) {
  if (fields.is_null("target_id")) {
    fields.skip("target_id");
    if (!fields.is_null("target")) return fields.error("target", "a value", "null, as target_id is");
    fields.skip("target");
    return ok_status();
  }
  LL_ASSIGN(row.target_id, fields.number_from_0("target_id", vocab - 1));
  LL_ASSIGN(row.target, fields.text("target"));
  return ok_status();
}

Status read_statistics(JsonFields& fields, const LensTable& table, Row& row) {
  for (const std::string_view name : fields.names()) {
    const StatisticInfo* info = known_statistic(name);
    if (info == nullptr) continue;
    LL_ASSIGN(Series series, read_series(fields, *info, row.target_id.has_value(), table));
    row.series.push_back(std::move(series));
  }
  if (!row.values("best_id").empty()) {
    LL_ASSIGN(row.best, fields.texts("best"));
    if (row.best.size() != table.layers.size())
      return fields.error("best", fmt::format("a list of {}", row.best.size()),
                          fmt::format("{}", table.layers.size()));
  }
  if (fields.has("top")) {
    LL_ASSIGN(row.top, read_top(fields, table));
  }
  return ok_status();
}

Result<Row> read_row(JsonFields fields, const LensTable& table) {
  Row row;
  const int last_position = static_cast<int>(table.tokens.size()) - 1;
  LL_ASSIGN(row.position, fields.number_from_0("position", last_position));
  LL_ASSIGN(row.masked, fields.flag("masked"));
  LL_ASSIGN(row.masked_with, fields.integers("masked_with", last_position));
  LL_TRY(read_target(fields, row, table.model.vocab));
  if (table.run.windows > 1) {
    LL_ASSIGN(const std::int64_t window,
              fields.integer("window", 0, static_cast<std::int64_t>(table.run.windows) - 1));
    row.window = static_cast<int>(window);
  }
  LL_TRY(read_statistics(fields, table, row));
  if (fields.has("tracked")) {
    LL_ASSIGN(row.tracked, read_tracked(fields, table));
  }
  LL_ASSIGN(row.settling, read_settling(fields, table));
  fields.finish();
  return row;
}

// A table has one set of columns.
bool same_statistics(const Row& a, const Row& b) {
  return std::ranges::equal(a.series, b.series, {}, &Series::info, &Series::info) &&
         a.top.empty() == b.top.empty();
}

}  // namespace

Result<std::optional<int>> read_layer(JsonFields& fields, std::string_view key, const LensTable& table) {
  if (fields.is_null(key)) {
    fields.skip(key);
    return std::optional<int>();
  }
  LL_ASSIGN(const int layer, fields.number_from_0(key));
  for (std::size_t i = 0; i < table.layers.size(); ++i)
    if (table.layers[i] == layer && is_layer_output(table, i)) return std::optional<int>(layer);
  return fields.error(key, fmt::format("{}", layer), "one of the table's layers, or null");
}

Result<double> read_number_or_null(JsonFields& fields, std::string_view key) {
  if (!fields.is_null(key)) return fields.number(key);
  fields.skip(key);
  return kNaN;
}

Status read_rows(JsonFields& document, LensTable& table) {
  LL_ASSIGN(const Json::Array* rows, document.list("rows"));
  if (!rows->empty() && table.layers.empty())
    return document.error("layers", "an empty list", "at least one layer");
  for (const Json& value : *rows) {
    const std::size_t index = table.rows().size();
    LL_ASSIGN(JsonFields fields, document.element("rows", index, value));
    LL_ASSIGN(Row row, read_row(std::move(fields), table));
    if (index > 0 && !same_statistics(row, table.rows().front()))
      return document.error(fmt::format("rows[{}]", index), "other statistics",
                            "those of rows[0], in their order");
    table.rows().push_back(std::move(row));
  }
  return ok_status();
}

}  // namespace logitlens
