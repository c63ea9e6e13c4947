#include "model/taps.h"

namespace logitlens {

std::string_view tap_name(TapPoint point) {
  switch (point) {
    case TapPoint::attention: return "attention";
    case TapPoint::attention_norm: return "attention_norm";
    case TapPoint::feed_forward: return "feed_forward";
    case TapPoint::layer: break;
  }
  return "layer";
}

Result<Taps> parse_taps(std::string_view name) {
  if (name == "layer") return Taps::layer;
  if (name == "attention") return Taps::attention;
  if (name == "all") return Taps::all;
  return usage_error("--taps", std::string(name), "layer, attention or all");
}

std::vector<TapPoint> tap_points(const ModelConfig& config, Taps taps) {
  const bool norms_follow = config.form == BlockForm::post_norm;
  std::vector<TapPoint> points;
  if (taps != Taps::layer) points.push_back(TapPoint::attention);
  if (taps != Taps::layer && norms_follow) points.push_back(TapPoint::attention_norm);
  if (taps == Taps::all && norms_follow) points.push_back(TapPoint::feed_forward);
  points.push_back(TapPoint::layer);
  return points;
}

}  // namespace logitlens
