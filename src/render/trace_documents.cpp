// A trace as JSON (schema logitlens-trace/1, docs/commands.md), NDJSON (a line a curve) and CSV (a record a curve and layer).
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstddef>

#include "render/csv_cells.h"
#include "render/documents.h"
#include "render/json_parts.h"
#include "render/settling_fields.h"

namespace logitlens {
namespace {

constexpr std::string_view kTraceSchema = "logitlens-trace/1";

std::string integer(int value) { return json_integer(value); }

std::vector<std::string> roles(const TraceLine& line) {
  std::vector<std::string> names;
  if (line.target) names.emplace_back("target");
  if (line.final_best) names.emplace_back("final");
  if (line.named) names.emplace_back("named");
  return names;
}

// What the table's own JSON says about the run, and the statistic that is traced.
JsonMembers header(const Trace& trace) {
  LensTable table;
  table.run = trace.run;
  table.layers = trace.layers;
  table.notes = trace.notes;
  table.text_second = trace.text_second;
  JsonMembers members = {{"schema", json_string(kTraceSchema)},
                         {"model", model_json(trace.model)},
                         {"run", run_json(table)},
                         {"text", json_string(trace.text)}};
  if (trace.text_second) members.emplace_back("text_second", json_string(*trace.text_second));
  const auto token = [&](const Token& one) { return token_json(table, one); };
  members.insert(
      members.end(),
      {{"notes", notes_json(table)},
       {"tokens", json_list_of(trace.tokens, token)},
       {"layers", layers_json(table)},
       {"lenses", json_list_of(trace.lenses, [](const std::string& lens) { return json_string(lens); })},
       {"statistic", json_object({{"name", json_string(trace.statistic)},
                                  {"unit", json_string(trace.unit)},
                                  {"formula", json_string(trace.formula)}})}});
  return members;
}

std::string fit_json(const SqrtFit& fit) {
  return json_object({{"b0", json_number(fit.b0)}, {"b1", json_number(fit.b1)}, {"r2", json_number(fit.r2)}});
}

JsonMembers line_members(const TraceLine& line) {
  return {{"lens", json_string(line.lens)},
          {"id", line.id ? integer(*line.id) : "null"},
          {"token", line.id ? json_string(line.token) : "null"},
          {"roles", json_list_of(roles(line), [](const std::string& role) { return json_string(role); })},
          {"best_at", json_list_of(line.best_at, integer)},
          {"values", json_list_of(line.values, json_number)},
          {"knee", knee_json(line.knee)},
          {"two_segment", two_segment_json(line.two_segment)},
          {"sqrt_fit", fit_json(line.sqrt_fit)}};
}

JsonMembers panel_members(const TracePanel& panel) {
  JsonMembers settling;
  for (const TraceSettling& one : panel.settling)
    settling.emplace_back(one.lens, settling_json(one.settling));
  return {{"position", integer(panel.position)},
          {"token", json_string(panel.token)},
          {"masked", panel.masked ? "true" : "false"},
          {"target_id", panel.target_id ? integer(*panel.target_id) : "null"},
          {"target", panel.target_id ? json_string(panel.target) : "null"},
          {"settling", json_object(settling)}};
}

// Indented to three levels: a curve takes a line.
std::string panel_lines(const TracePanel& panel) {
  std::string out = "    {\n";
  for (const auto& [key, value] : panel_members(panel))
    out += fmt::format("      {}: {},\n", json_string(key), value);
  std::vector<std::string> lines;
  for (const TraceLine& line : panel.lines) lines.push_back("        " + json_object(line_members(line)));
  return out + (lines.empty()
                    ? "      \"lines\": []\n    }"
                    : fmt::format("      \"lines\": [\n{}\n      ]\n    }}", fmt::join(lines, ",\n")));
}

}  // namespace

Result<std::string> write_trace_json(const Trace& trace, const RenderOptions&) {
  std::string out = "{\n";
  for (const auto& [key, value] : header(trace)) out += fmt::format("  {}: {},\n", json_string(key), value);
  std::vector<std::string> panels;
  for (const TracePanel& panel : trace.panels) panels.push_back(panel_lines(panel));
  out +=
      panels.empty() ? "  \"rows\": []\n" : fmt::format("  \"rows\": [\n{}\n  ]\n", fmt::join(panels, ",\n"));
  return out + "}\n";
}

Result<std::string> write_trace_ndjson(const Trace& trace, const RenderOptions&) {
  std::string out = json_object(header(trace)) + "\n";
  for (const TracePanel& panel : trace.panels)
    for (const TraceLine& line : panel.lines) {
      JsonMembers members = {{"model", json_string(trace.model.id)}};
      for (auto& member : panel_members(panel)) members.push_back(std::move(member));
      for (auto& [key, value] : line_members(line))
        members.emplace_back(key == "token" ? "word" : key, value);
      out += json_object(members) + "\n";
    }
  return out;
}

Result<std::string> write_trace_csv(const Trace& trace, const RenderOptions&) {
  std::string out;
  add_csv_record(out, {"model", "lens", "position", "token", "target", "word_id", "word", "roles", "layer",
                       "is_best", "statistic", "value"});
  for (const TracePanel& panel : trace.panels)
    for (const TraceLine& line : panel.lines)
      for (std::size_t k = 0; k < line.values.size(); ++k) {
        const bool best = std::ranges::find(line.best_at, trace.layers[k]) != line.best_at.end();
        add_csv_record(
            out,
            {csv_text(trace.model.id), csv_text(line.lens), integer(panel.position), csv_text(panel.token),
             panel.target_id ? csv_text(panel.target) : "", line.id ? integer(*line.id) : "",
             csv_text(line.token), fmt::format("{}", fmt::join(roles(line), " ")), integer(trace.layers[k]),
             line.id ? (best ? "true" : "false") : "", csv_text(trace.statistic), csv_real(line.values[k])});
      }
  return out;
}

}  // namespace logitlens
