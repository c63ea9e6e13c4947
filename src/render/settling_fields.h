// The definitions of a settling layer, side by side, in the order and under the names of the JSON.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "logitlens/table.h"

namespace logitlens {

struct SettlingField {
  std::string_view name;  // "best_stable", ..
  std::optional<int> (*layer)(const Settling& settling);
};
std::span<const SettlingField> settling_fields();

// What a field is called where people read it: "rank <= 10", "KL < 0.1", "knee".
std::string settling_label(std::string_view name, const RunInfo& run);

std::string brief_settling_label(std::string_view name);  // for narrow terminals: "best", "rank", "two"

// {"best_stable": 4, .., "knee": {"layer": 6, "strength": 0.14}, "two_segment": null}
std::string settling_json(const Settling& settling);
std::string knee_json(const std::optional<Knee>& knee);
std::string two_segment_json(const std::optional<TwoSegment>& segments);

}  // namespace logitlens
