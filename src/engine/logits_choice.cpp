#include "engine/logits_choice.h"

#include <algorithm>

#include "base/cpu.h"
#include "lens/statistic.h"

namespace logitlens {

namespace {

// Whether all that is asked for is known without all the logits.
bool summaries_suffice(const SweepOptions& options, const SweepPlan& plan, Mask::Kind mask) {
  if (mask == Mask::Kind::words || options.statistics.empty() || !plan.tracked.empty() || options.track_best)
    return false;
  const auto is_summary = [](const std::string& name) {
    return std::ranges::any_of(statistic_registry(), [&](const Statistic& statistic) {
      return statistic.info.name == name && statistic.needs == Needs::summary;
    });
  };
  return std::ranges::all_of(options.statistics, is_summary);
}

}  // namespace

Result<Logits> parse_logits(std::string_view name) {
  if (name == "auto") return Logits::automatic;
  if (name == "all") return Logits::all;
  if (name == "screened") return Logits::screened;
  return usage_error("--logits", std::string(name), "auto, all or screened");
}

Result<bool> choose_summaries(const ModelConfig& config, const SweepOptions& options, const SweepPlan& plan,
                              Mask::Kind mask) {
  if (options.logits == Logits::all) return false;
  const bool suffice = summaries_suffice(options, plan, mask);
  if (options.logits == Logits::automatic)
    return suffice && mask == Mask::Kind::none && has_int8_products() &&
           plan.rows.size() * plan.states.size() >= 3 * config.hidden;
  if (!suffice)
    return usage_error("--logits", "screened",
                       "statistics that do without all logits, and no followed tokens or words",
                       "Name them: --stats best_id,best_z,target_z,mean,std,target_rank or some of them");
  if (!has_int8_products())
    return usage_error("--logits", "screened on a processor without AVX-512 VNNI", "auto or all");
  return true;
}

}  // namespace logitlens
