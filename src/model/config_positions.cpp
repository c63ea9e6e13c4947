#include "model/config_positions.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace logitlens {

namespace {

constexpr std::size_t max_kernel = 99, max_buckets = 1 << 16;
constexpr std::size_t max_rotated = 1 << 16;  // a table is made of it before any tensor is looked at
constexpr double min_factor = 1e-6;           // smaller ones make frequencies that float32 does not hold

Status read_position_ids(const Json& json, const ConfigReader& reader, ModelConfig& config) {
  const EmbeddingRecipe& recipe = config.arch->embedding;
  config.position_ids = holds(recipe.positions_when, json, config) ? recipe.positions : PositionIds::none;
  config.positions = config.position_rows;
  if (config.position_ids == PositionIds::after_padding) {
    LL_ASSIGN(const auto pad, reader.integer({"pad_token_id"}));
    config.pad_id = static_cast<std::int32_t>(pad.value_or(1));  // its range is checked
    const std::size_t taken = static_cast<std::size_t>(config.pad_id) + 1;
    if (taken >= config.position_rows)
      return reader.error(
          "pad_token_id", std::to_string(config.pad_id),
          fmt::format("less than {} positions, which are counted from behind it", config.position_rows));
    config.positions -= taken;
  }
  if (recipe.mask_dropout && holds(recipe.mask_dropout_when, json, config)) {
    LL_ASSIGN(const auto mask, reader.integer({"mask_token_id"}));
    if (!mask) return reader.error("mask_token_id", "nothing", "the id of the mask token");
    config.dropped_mask_id = static_cast<std::int32_t>(*mask);
  }
  return ok_status();
}

// theta^(-2i / rotated) in float32, as the reference computes it.
Rotation make_rotation(double theta, std::size_t rotated) {
  Rotation rotation;
  for (std::size_t i = 0; i < rotated / 2; ++i)
    rotation.frequencies.push_back(
        static_cast<float>(std::pow(theta, -2.0 * static_cast<double>(i) / static_cast<double>(rotated))));
  return rotation;
}

// Llama 3.1's: low frequencies are slowed down by `factor`, high ones kept, those between blended.
Status scale_as_llama3(const ConfigReader& reader, const std::string& object, double factor,
                       Rotation& rotation) {
  const auto key = [&](std::string_view name) { return object + "." + std::string(name); };
  const std::string low_key = key("low_freq_factor"), high_key = key("high_freq_factor"),
                    context_key = key("original_max_position_embeddings");
  LL_ASSIGN(const double low, reader.number({low_key}, 1, 0, 1e6));
  LL_ASSIGN(const double high, reader.number({high_key}, 4, 0, 1e6));
  LL_ASSIGN(const double context, reader.number({context_key}, 8192, 0, 1e9));
  if (high <= low)
    return reader.error(high_key, fmt::format("{}", high), fmt::format("more than low_freq_factor {}", low));
  for (float& frequency : rotation.frequencies) {
    const double whole = static_cast<double>(frequency), length = 2 * std::numbers::pi / whole;
    const double blend = (context / length - low) / (high - low);
    if (length > context / low)
      frequency = static_cast<float>(whole / factor);
    else if (length >= context / high)
      frequency = static_cast<float>((1 - blend) * whole / factor + blend * whole);
  }
  return ok_status();
}

Status scale_rotation(const ConfigReader& reader, const Keys& keys, Rotation& rotation) {
  const auto [value, object] = reader.find(keys);
  if (!value) return ok_status();
  const std::string prefix(object), new_key = prefix + ".rope_type", old_key = prefix + ".type";
  const auto [type, type_key] = reader.find({new_key, old_key});
  const std::string* name = type ? type->get<std::string>() : nullptr;
  if (!value->get<Json::Object>() || (type && !name))
    return reader.error(object, value->describe(), "an object with rope_type");
  if (!name || *name == "default") return ok_status();
  if (*name != "linear" && *name != "llama3")
    return reader.error(type_key, type->describe(), "default, linear or llama3",
                        "Use a checkpoint whose positions are scaled in one of these ways");
  const std::string factor_key = prefix + ".factor";
  if (!reader.find({factor_key}).value) return reader.error(factor_key, "nothing", "a number from 1");
  LL_ASSIGN(const double factor, reader.number({factor_key}, 1, min_factor, 1e6));
  if (*name == "llama3") return scale_as_llama3(reader, prefix, factor, rotation);
  for (float& frequency : rotation.frequencies)
    frequency = static_cast<float>(static_cast<double>(frequency) / factor);
  return ok_status();
}

Status read_rotations(const RotaryRecipe& recipe, const ConfigReader& reader, ModelConfig& config) {
  LL_ASSIGN(const double fraction, reader.number(recipe.fraction, recipe.fraction_fallback, 0, 1));
  const auto rotated = static_cast<std::size_t>(static_cast<double>(config.head_width) * fraction);
  if (rotated < 2 || rotated % 2 != 0 || rotated > max_rotated)
    return reader.error(recipe.fraction.empty() ? config.arch->heads.front() : recipe.fraction.front(),
                        fmt::format("{} of a head's {} numbers to rotate", rotated, config.head_width),
                        fmt::format("an even number from 2 to {}", max_rotated));
  LL_ASSIGN(const double theta, reader.number(recipe.theta, recipe.theta_fallback, 1, 1e12));
  config.rotation = make_rotation(theta, rotated);
  LL_TRY(scale_rotation(reader, recipe.scaling, config.rotation));
  LL_ASSIGN(const double local, reader.number(recipe.local_theta, recipe.local_theta_fallback, 1, 1e12));
  config.local_rotation = make_rotation(local, rotated);
  return ok_status();
}

Status read_local_layers(const ConfigReader& reader, ModelConfig& config) {
  config.local_layers.assign(config.layers, false);
  if (!config.arch->block.local) return ok_status();
  const LocalRecipe& recipe = *config.arch->block.local;
  LL_ASSIGN(const auto window, reader.size(recipe.window, std::size_t{1} << 28));
  config.window = window.value_or(recipe.window_fallback) / 2;
  LL_ASSIGN(const auto every, reader.size(recipe.every, 1000));
  for (std::size_t layer = 0; layer < config.layers; ++layer)
    config.local_layers[layer] = layer % every.value_or(recipe.every_fallback) != 0;

  const auto [types, key] = reader.find(recipe.types);
  if (!types) return ok_status();
  const auto* list = types->get<Json::Array>();
  if (!list || list->size() != config.layers)
    return reader.error(key, list ? fmt::format("{} layers", list->size()) : types->describe(),
                        fmt::format("a list of {} layers", config.layers));
  for (std::size_t layer = 0; layer < config.layers; ++layer) {
    const auto* type = (*list)[layer].get<std::string>();
    if (!type || (*type != "sliding_attention" && *type != "full_attention"))
      return reader.error(key, (*list)[layer].describe(), "full_attention or sliding_attention");
    config.local_layers[layer] = *type == "sliding_attention";
  }
  return ok_status();
}

// A number of which zero, or less, means that there is none.
Result<std::size_t> read_count(const ConfigReader& reader, const Keys& keys, std::size_t fallback,
                               std::size_t limit) {
  LL_ASSIGN(const auto given, reader.integer(keys));
  if (!given) return fallback;
  if (*given <= 0) return std::size_t{0};
  if (static_cast<std::uint64_t>(*given) > limit)
    return reader.error(keys.front(), std::to_string(*given), fmt::format("at most {}", limit));
  return static_cast<std::size_t>(*given);
}

Status read_distances(const DistanceRecipe& recipe, const Json& json, const ConfigReader& reader,
                      ModelConfig& config) {
  Distances& distances = config.distances;
  LL_ASSIGN(distances.buckets, read_count(reader, recipe.buckets, recipe.buckets_fallback, max_buckets));
  LL_ASSIGN(distances.reach, read_count(reader, recipe.reach, recipe.reach_fallback, std::size_t{1} << 28));
  if (distances.reach == 0) distances.reach = config.position_rows;
  const auto buckets_error = [&](std::string expected) {
    return reader.error(recipe.buckets.front(), std::to_string(distances.buckets), std::move(expected));
  };
  if (config.attention_position == AttentionPosition::bucketed_bias) {
    if (distances.buckets < 4 || distances.buckets % 4 != 0 || distances.buckets / 4 >= distances.reach)
      return buckets_error("a multiple of 4 whose quarter is below the largest distance");
    distances.rows = distances.buckets;
    return ok_status();
  }
  if (distances.buckets > 0 && (distances.buckets < 4 || distances.buckets / 2 >= distances.reach - 1))
    return buckets_error(fmt::format("4 or more, and half of it below {}", distances.reach - 1));
  distances.span = distances.buckets > 0 ? distances.buckets : distances.reach;
  distances.rows = 2 * distances.span;
  const Condition::Test lists = Condition::Test::lists;
  for (std::string_view key : recipe.kinds) {
    distances.content_to_position = holds({{lists, key, "c2p"}}, json, config);
    distances.position_to_content = holds({{lists, key, "p2c"}}, json, config);
    if (holds({{lists, key, "p2p"}}, json, config))
      return reader.error(key, "p2p", "c2p, p2c or both",
                          "Use a checkpoint without position-to-position terms");
  }
  return ok_status();
}

// A convolution with a middle, so that its output is as long as its input.
Status check_kernel(const ConfigReader& reader, const ModelConfig& config) {
  if (config.kernel == 0 || (config.kernel % 2 == 1 && config.kernel <= max_kernel)) return ok_status();
  const auto size = std::ranges::find(config.arch->sizes, Dim::kernel, &SizeKey::dim);
  return reader.error(size->keys.front(), std::to_string(config.kernel),
                      fmt::format("an odd number of at most {}", max_kernel));
}

}  // namespace

Status read_positions(const Json& json, const ConfigReader& reader, ModelConfig& config) {
  const BlockRecipe& recipe = config.arch->block;
  LL_TRY(read_position_ids(json, reader, config));
  LL_TRY(read_local_layers(reader, config));
  config.attention_position =
      holds(recipe.position_when, json, config) ? recipe.position : AttentionPosition::none;
  if (recipe.rotary && config.attention_position == AttentionPosition::rotary)
    LL_TRY(read_rotations(*recipe.rotary, reader, config));
  if (recipe.distance && (config.attention_position == AttentionPosition::bucketed_bias ||
                          config.attention_position == AttentionPosition::disentangled))
    LL_TRY(read_distances(*recipe.distance, json, reader, config));
  return check_kernel(reader, config);
}

}  // namespace logitlens
