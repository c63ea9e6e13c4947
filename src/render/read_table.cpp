// A table back from its JSON. The file is somebody else's: every number is checked before it is used, so that
// whatever a writer or a figure takes for granted of a table holds of this one too.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "base/no_throw.h"
#include "io/mapped_file.h"
#include "logitlens/lens.h"
#include "logitlens/report.h"
#include "render/json_fields.h"
#include "render/json_parts.h"
#include "render/read_parts.h"

namespace logitlens {
namespace {

constexpr int kMostLayers = 10000;  // far beyond any model; bounds what a row without a target costs
constexpr std::int64_t kMost = std::numeric_limits<int>::max();

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

// The run's windows have been read.
Status read_parameters(JsonFields& fields, RunInfo& run) {
  LL_ASSIGN(JsonFields parameters, fields.object("parameters"));
  LL_ASSIGN(run.top, parameters.number_from_0("top"));
  LL_ASSIGN(run.settle_rank, parameters.number_from_0("settle_rank"));
  LL_ASSIGN(run.settle_kl, parameters.number("settle_kl"));
  const char* const stride_key = "window_stride";
  if (run.windows > 1) {
    LL_ASSIGN(const std::int64_t stride, parameters.integer(stride_key, 1, kMost));
    run.window_stride = static_cast<std::size_t>(stride);
  } else if (!parameters.is_null(stride_key)) {
    return parameters.error(stride_key, "a value", "null, as there is one window");
  } else {
    parameters.skip(stride_key);
  }
  parameters.finish();
  return ok_status();
}

Status read_drift(JsonFields& run_fields, RunInfo& run) {
  LL_ASSIGN(JsonFields fields, run_fields.object("drift"));
  Drift drift;
  LL_ASSIGN(drift.rows, fields.number_from_0("rows"));
  LL_ASSIGN(drift.states, fields.number_from_0("states"));
  LL_ASSIGN(drift.same_best, fields.number_from_0("same_best", drift.states));
  LL_ASSIGN(drift.same_best_last, fields.number_from_0("same_best_last", drift.rows));
  LL_ASSIGN(drift.z, fields.number("z"));
  fields.finish();
  run.drift = drift;
  return ok_status();
}

Result<RunInfo> read_run(JsonFields& document) {
  LL_ASSIGN(JsonFields fields, document.object("run"));
  RunInfo run;
  LL_ASSIGN(run.version, fields.text("version"));
  LL_ASSIGN(run.precision, fields.text("precision"));
  if (!parse_precision(run.precision).ok()) return fields.error("precision", run.precision, "f32 or int8");
  if (run.precision == "int8") LL_TRY(read_drift(fields, run));
  LL_ASSIGN(run.threads, fields.number_from_0("threads"));
  LL_ASSIGN(run.isa, fields.text("isa"));
  LL_ASSIGN(run.gemm, fields.text("gemm"));
  if (fields.has("logits")) {  // tables of before it was written come from all of them
    LL_ASSIGN(run.logits, fields.text("logits"));
    if (run.logits != "all" && run.logits != "screened")
      return fields.error("logits", run.logits, "all or screened");
  }
  LL_ASSIGN(run.lens, fields.text("lens"));
  if (!parse_lens(run.lens).ok()) return fields.error("lens", run.lens, "a lens");
  LL_ASSIGN(run.mask, fields.text("mask"));
  const bool has_mask_name = run.mask.empty() || run.mask == "text" || parse_mask(run.mask).ok();
  if (!has_mask_name) return fields.error("mask", run.mask, "a mask");
  LL_ASSIGN(run.predicts, fields.text("predicts"));
  if (run.predicts != "same" && run.predicts != "next")
    return fields.error("predicts", run.predicts, "same or next");
  LL_ASSIGN(const std::int64_t batch, fields.integer("batch", 1, kMost));
  run.batch = static_cast<std::size_t>(batch);
  LL_ASSIGN(const std::int64_t windows, fields.integer("windows", 1, kMost));
  run.windows = static_cast<std::size_t>(windows);
  LL_TRY(read_parameters(fields, run));
  LL_ASSIGN(run.wall_s, fields.number("wall_s"));
  LL_ASSIGN(const std::int64_t truncated,
            fields.integer("truncated_tokens", 0, std::numeric_limits<std::int64_t>::max()));
  run.truncated_tokens = static_cast<std::size_t>(truncated);
  fields.finish();
  return run;
}

Result<Token> read_token(JsonFields fields, const LensTable& table) {
  Token token;
  LL_ASSIGN(token.position, fields.number_from_0("position"));
  if (token.position != static_cast<int>(table.tokens.size()))
    return fields.error("position", fmt::format("{}", token.position),
                        fmt::format("{}", table.tokens.size()));
  LL_ASSIGN(token.id, fields.number_from_0("id", table.model.vocab - 1));
  LL_ASSIGN(token.token, fields.text("token"));
  LL_ASSIGN(token.text, fields.text("text"));
  LL_ASSIGN(token.segment, fields.number_from_0("segment"));
  if (table.text_second) {
    LL_ASSIGN(token.part, fields.number_from_0("part", 1));
  }
  const auto bytes = static_cast<std::int64_t>(table.text_of(token.part).size());
  LL_ASSIGN(const std::int64_t end, fields.integer("end", 0, bytes));
  LL_ASSIGN(const std::int64_t start, fields.integer("start", 0, end));
  token.start = static_cast<std::size_t>(start);
  token.end = static_cast<std::size_t>(end);
  LL_ASSIGN(token.special, fields.flag("special"));
  fields.finish();
  return token;
}

// The order of computation within a block.
constexpr std::array<std::string_view, 4> kTaps = {"attention", "attention_norm", "feed_forward", "layer"};

// `layers`, and where in each: the pairs ascend. Empty `taps`: outputs of layers alone.
Status read_layers(JsonFields& document, LensTable& table) {
  LL_ASSIGN(table.layers, document.integers("layers", table.model.layers));
  LL_ASSIGN(table.taps, document.texts("taps"));
  const std::vector<int>& layers = table.layers;
  if (!table.taps.empty() && table.taps.size() != layers.size())
    return document.error("taps", fmt::format("a list of {}", table.taps.size()),
                          fmt::format("{}, a place for each of the layers", layers.size()));
  std::pair<int, std::ptrdiff_t> last = {-1, 0};
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const std::string_view tap = table.taps.empty() ? "layer" : std::string_view(table.taps[i]);
    const auto* place = std::ranges::find(kTaps, tap);
    if (place == kTaps.end())
      return document.error(fmt::format("taps[{}]", i), std::string(tap),
                            fmt::format("one of {}", fmt::join(kTaps, ", ")));
    const std::pair<int, std::ptrdiff_t> here = {layers[i], place - kTaps.begin()};
    if (here <= last)
      return document.error(
          fmt::format("layers[{}]", i), fmt::format("{} {}", layers[i], tap),
          fmt::format("what follows {} {}", last.first, kTaps[static_cast<std::size_t>(last.second)]));
    last = here;
  }
  return ok_status();
}

Status read_tokens(JsonFields& document, LensTable& table) {
  LL_ASSIGN(const Json::Array* tokens, document.list("tokens"));
  for (const Json& value : *tokens) {
    LL_ASSIGN(JsonFields fields, document.element("tokens", table.tokens.size(), value));
    LL_ASSIGN(Token token, read_token(std::move(fields), table));
    table.tokens.push_back(std::move(token));
  }
  return ok_status();
}

Result<LensTable> read(JsonDocument& document, const Json& json) {
  LL_ASSIGN(JsonFields fields, JsonFields::open(document, "", json));
  LL_ASSIGN(const std::string schema, fields.text("schema"));
  if (schema != kSchema) return fields.error("schema", schema, std::string(kSchema));
  LensTable table;
  LL_ASSIGN(table.model, read_model(fields));
  LL_ASSIGN(table.run, read_run(fields));
  LL_ASSIGN(table.text, fields.text("text"));
  if (fields.has("text_second")) {
    LL_ASSIGN(table.text_second, fields.text("text_second"));
  }
  LL_ASSIGN(table.notes, fields.texts("notes"));
  LL_TRY(read_tokens(fields, table));
  LL_TRY(read_layers(fields, table));
  LL_TRY(read_rows(fields, table));
  LL_TRY(read_words(fields, table));
  LL_TRY(read_findings(fields, table));
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
    Result<LensTable> table = parse_table(path, file->text());
    LL_TRY(file->check_unchanged());
    return table;
  });
}

}  // namespace logitlens
