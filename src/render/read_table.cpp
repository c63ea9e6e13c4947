// A table back from its JSON. The file is somebody else's: every number is checked before it is used, so that
// whatever a writer or a figure takes for granted of a table holds of this one too.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "base/no_throw.h"
#include "io/mapped_file.h"
#include "logitlens/report.h"
#include "render/json_fields.h"
#include "render/json_parts.h"

namespace logitlens {
namespace {

constexpr int kMostLayers = 10000;  // far beyond any model; bounds what a row without a target costs
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kLargestCount = 9007199254740992;  // 2^53: what a double holds exactly

Result<ModelInfo> read_model(JsonFields& document) {
  LL_ASSIGN(JsonFields fields, document.object("model"));
  ModelInfo model;
  LL_ASSIGN(model.id, fields.text("id"));
  LL_ASSIGN(model.family, fields.text("family"));
  LL_ASSIGN(model.layers, fields.number_from_0("layers", kMostLayers));
  LL_ASSIGN(model.hidden, fields.number_from_0("hidden"));
  LL_ASSIGN(model.vocab, fields.number_from_0("vocab"));
  if (fields.is_null("sha256")) {
    fields.skip("sha256");
  } else {
    LL_ASSIGN(model.sha256, fields.text("sha256"));
  }
  LL_ASSIGN(model.source, fields.text("source"));
  fields.finish();
  return model;
}

Result<RunInfo> read_run(JsonFields& document) {
  LL_ASSIGN(JsonFields fields, document.object("run"));
  RunInfo run;
  LL_ASSIGN(run.version, fields.text("version"));
  LL_ASSIGN(run.precision, fields.text("precision"));
  LL_ASSIGN(run.threads, fields.number_from_0("threads"));
  LL_ASSIGN(run.isa, fields.text("isa"));
  LL_ASSIGN(run.gemm, fields.text("gemm"));
  LL_ASSIGN(run.lens, fields.text("lens"));
  LL_ASSIGN(run.mask, fields.text("mask"));
  LL_ASSIGN(JsonFields parameters, fields.object("parameters"));
  LL_ASSIGN(run.top, parameters.number_from_0("top"));
  LL_ASSIGN(run.settle_rank, parameters.number_from_0("settle_rank"));
  LL_ASSIGN(run.settle_kl, parameters.number("settle_kl"));
  parameters.finish();
  LL_ASSIGN(run.wall_s, fields.number("wall_s"));
  LL_ASSIGN(const std::int64_t truncated,
            fields.integer("truncated_tokens", 0, std::numeric_limits<std::int64_t>::max()));
  run.truncated_tokens = static_cast<std::size_t>(truncated);
  fields.finish();
  return run;
}

Result<Token> read_token(JsonFields fields, const LensTable& table) {
  Token token;
  const auto bytes = static_cast<std::int64_t>(table.text.size());
  LL_ASSIGN(token.position, fields.number_from_0("position"));
  if (token.position != static_cast<int>(table.tokens.size()))
    return fields.error("position", fmt::format("{}", token.position),
                        fmt::format("{}", table.tokens.size()));
  LL_ASSIGN(token.id, fields.number_from_0("id", table.model.vocab - 1));
  LL_ASSIGN(token.token, fields.text("token"));
  LL_ASSIGN(token.text, fields.text("text"));
  LL_ASSIGN(const std::int64_t end, fields.integer("end", 0, bytes));
  LL_ASSIGN(const std::int64_t start, fields.integer("start", 0, end));
  token.start = static_cast<std::size_t>(start);
  token.end = static_cast<std::size_t>(end);
  LL_ASSIGN(token.special, fields.flag("special"));
  fields.finish();
  return token;
}

Result<std::vector<int>> read_layers(JsonFields& document, int last) {
  LL_ASSIGN(std::vector<int> layers, document.integers("layers", last));
  for (std::size_t i = 1; i < layers.size(); ++i)
    if (layers[i] <= layers[i - 1])
      return document.error(fmt::format("layers[{}]", i), fmt::format("{}", layers[i]),
                            fmt::format("more than {}", layers[i - 1]));
  return layers;
}

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
  const auto number = [&fields](std::string_view key) -> Result<double> {
    if (!fields.is_null(key)) return fields.number(key);
    fields.skip(key);
    return kNaN;
  };
  TopToken token;
  LL_ASSIGN(token.id, fields.number_from_0("id", vocab - 1));
  LL_ASSIGN(token.token, fields.text("token"));
  LL_ASSIGN(token.logit, number("logit"));
  LL_ASSIGN(token.logprob, number("logprob"));
  LL_ASSIGN(token.z, number("z"));
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

// A layer of the table, or null.
Result<std::optional<int>> read_layer(JsonFields& fields, std::string_view key, const LensTable& table) {
  if (fields.is_null(key)) {
    fields.skip(key);
    return std::optional<int>();
  }
  LL_ASSIGN(const int layer, fields.number_from_0(key));
  if (!std::ranges::binary_search(table.layers, layer))
    return fields.error(key, fmt::format("{}", layer), "one of the table's layers, or null");
  return std::optional<int>(layer);
}

Result<Settling> read_settling(JsonFields& row, const LensTable& table) {
  LL_ASSIGN(JsonFields fields, row.object("settling"));
  Settling settling;
  LL_ASSIGN(settling.best_stable, read_layer(fields, "best_stable", table));
  LL_ASSIGN(settling.target_stable, read_layer(fields, "target_stable", table));
  LL_ASSIGN(settling.rank_le_k, read_layer(fields, "rank_le_k", table));
  LL_ASSIGN(settling.kl_below, read_layer(fields, "kl_below", table));
  LL_ASSIGN(settling.largest_jump, read_layer(fields, "largest_jump", table));
  if (fields.is_null("knee")) {
    fields.skip("knee");
  } else {
    LL_ASSIGN(JsonFields knee, fields.object("knee"));
    LL_ASSIGN(const std::optional<int> layer, read_layer(knee, "layer", table));
    if (!layer) return knee.error("layer", "null", "a layer");
    LL_ASSIGN(const double strength, knee.number("strength"));
    settling.knee = Knee{*layer, strength};
    knee.finish();
  }
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

Result<Row> read_row(JsonFields fields, const LensTable& table) {
  Row row;
  const int last_position = static_cast<int>(table.tokens.size()) - 1;
  LL_ASSIGN(row.position, fields.number_from_0("position", last_position));
  LL_ASSIGN(row.masked, fields.flag("masked"));
  LL_ASSIGN(row.masked_with, fields.integers("masked_with", last_position));
  LL_TRY(read_target(fields, row, table.model.vocab));
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
  LL_ASSIGN(row.settling, read_settling(fields, table));
  fields.finish();
  return row;
}

// A table has one set of columns.
bool same_statistics(const Row& a, const Row& b) {
  return std::ranges::equal(a.series, b.series, {}, &Series::info, &Series::info) &&
         a.top.empty() == b.top.empty();
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

Result<Findings> read_findings(JsonFields& document, std::size_t layers) {
  LL_ASSIGN(JsonFields fields, document.object("findings"));
  Findings findings;
  const char* const total = "pseudo_log_likelihood";
  const char* const per_layer = "pseudo_log_likelihood_per_layer";
  if (fields.is_null(total)) {
    if (!fields.is_null(per_layer)) return fields.error(per_layer, "a value", "null, as the total is");
    fields.skip(total);
    fields.skip(per_layer);
  } else {
    LL_ASSIGN(findings.pseudo_log_likelihood, fields.number(total));
    LL_ASSIGN(findings.pseudo_log_likelihood_per_layer, fields.numbers(per_layer, layers));
  }
  fields.finish();
  return findings;
}

Result<LensTable> read(JsonDocument& document, const Json& json) {
  LL_ASSIGN(JsonFields fields, JsonFields::open(document, "", json));
  LL_ASSIGN(const std::string schema, fields.text("schema"));
  if (schema != kSchema) return fields.error("schema", schema, std::string(kSchema));
  LensTable table;
  LL_ASSIGN(table.model, read_model(fields));
  LL_ASSIGN(table.run, read_run(fields));
  LL_ASSIGN(table.text, fields.text("text"));
  LL_ASSIGN(table.notes, fields.texts("notes"));
  LL_ASSIGN(const Json::Array* tokens, fields.list("tokens"));
  for (const Json& value : *tokens) {
    LL_ASSIGN(JsonFields token_fields, fields.element("tokens", table.tokens.size(), value));
    LL_ASSIGN(Token token, read_token(std::move(token_fields), table));
    table.tokens.push_back(std::move(token));
  }
  LL_ASSIGN(table.layers, read_layers(fields, table.model.layers));
  LL_TRY(read_rows(fields, table));
  LL_ASSIGN(table.findings, read_findings(fields, table.layers.size()));
  fields.finish();
  if (!document.unknown.empty()) {
    table.notes.push_back(
        fmt::format("this version does not know, and left out: {}", fmt::join(document.unknown, ", ")));
  }
  return table;
}

}  // namespace

Result<LensTable> parse_table(const std::string& name, std::string_view text) {
  return no_throw([&]() -> Result<LensTable> {
    LL_ASSIGN(const Json json, parse_json(name, text));
    JsonDocument document{name, {}};
    return read(document, json);
  });
}

Result<LensTable> read_table(const std::string& path) {
  return no_throw([&]() -> Result<LensTable> {
    LL_ASSIGN(const auto file, MappedFile::open(path));
    return parse_table(path, file->text());
  });
}

}  // namespace logitlens
