#include "render/settling_fields.h"

#include <fmt/format.h>

#include <array>

#include "render/json_parts.h"

namespace logitlens {
namespace {

std::optional<int> knee_layer(const Settling& settling) {
  return settling.knee ? std::optional(settling.knee->layer) : std::nullopt;
}
std::optional<int> segments_layer(const Settling& settling) {
  return settling.two_segment ? std::optional(settling.two_segment->layer) : std::nullopt;
}

constexpr std::array<SettlingField, 7> kFields = {{
    {"best_stable", [](const Settling& settling) { return settling.best_stable; }},
    {"target_stable", [](const Settling& settling) { return settling.target_stable; }},
    {"rank_le_k", [](const Settling& settling) { return settling.rank_le_k; }},
    {"kl_below", [](const Settling& settling) { return settling.kl_below; }},
    {"largest_jump", [](const Settling& settling) { return settling.largest_jump; }},
    {"knee", knee_layer},
    {"two_segment", segments_layer},
}};

}  // namespace

std::span<const SettlingField> settling_fields() { return kFields; }

std::string settling_label(std::string_view name, const RunInfo& run) {
  if (name == "best_stable") return "best stays";
  if (name == "target_stable") return "true stays";
  if (name == "rank_le_k") return fmt::format("rank≤{}", run.settle_rank);
  if (name == "kl_below") return fmt::format("KL<{}", run.settle_kl);
  if (name == "largest_jump") return "jump";
  if (name == "two_segment") return "two lines";
  return std::string(name);
}

std::string brief_settling_label(std::string_view name) {
  if (name == "best_stable") return "best";
  if (name == "target_stable") return "true";
  if (name == "rank_le_k") return "rank";
  if (name == "kl_below") return "KL";
  if (name == "largest_jump") return "jump";
  if (name == "two_segment") return "two";
  return std::string(name);
}

std::string knee_json(const std::optional<Knee>& knee) {
  if (!knee) return "null";
  return json_object({{"layer", fmt::format("{}", knee->layer)}, {"strength", json_number(knee->strength)}});
}

std::string two_segment_json(const std::optional<TwoSegment>& segments) {
  if (!segments) return "null";
  return json_object({{"layer", fmt::format("{}", segments->layer)}, {"gain", json_number(segments->gain)}});
}

std::string settling_json(const Settling& settling) {
  JsonMembers members;
  for (const SettlingField& field : settling_fields()) {
    const auto layer = field.layer(settling);
    members.emplace_back(field.name, layer ? fmt::format("{}", *layer) : "null");
    if (field.name == "knee") members.back().second = knee_json(settling.knee);
    if (field.name == "two_segment") members.back().second = two_segment_json(settling.two_segment);
  }
  return json_object(members);
}

}  // namespace logitlens
