#include "model/config.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "model/config_positions.h"
#include "model/config_reader.h"

namespace logitlens {

namespace {

// Above these no real model lies: they keep every later product far from overflow.
constexpr std::size_t max_layers = 1000, max_heads = 65536, max_size = std::size_t{1} << 28;

// By model_type; a configuration of old that lacks it, by the class it names.
Result<const ArchSpec*> find_family(const Json& json, const ConfigReader& reader) {
  const Json* type = json.find("model_type");
  const std::string* name = type ? type->get<std::string>() : nullptr;
  const ArchSpec* arch = name ? find_architecture(*name) : nullptr;
  const Json* classes = json.find("architectures");
  const auto* list = !type && classes ? classes->get<Json::Array>() : nullptr;
  if (list && !list->empty())
    if (const auto* lm_class = list->front().get<std::string>()) arch = find_architecture_of_class(*lm_class);
  if (!arch)
    return reader.error("model_type", type ? type->describe() : "nothing",
                        fmt::format("one of {}", fmt::join(architecture_names(), ", ")));
  return arch;
}

std::size_t* member(ModelConfig& config, Dim dim) {
  switch (dim) {
    case Dim::hidden: return &config.hidden;
    case Dim::embedding: return &config.embedding;
    case Dim::inner: return &config.inner;
    case Dim::vocab: return &config.vocab;
    case Dim::positions: return &config.position_rows;
    case Dim::token_types: return &config.token_types;
    case Dim::kernel: return &config.kernel;
    default: return nullptr;
  }
}

Status read_sizes(const ConfigReader& reader, ModelConfig& config) {
  for (const SizeKey& size : config.arch->sizes) {
    const auto [value, key] = reader.find(size.keys);
    const bool may_be_none = size.fallback == 0 && !size.times;
    if (value && may_be_none && value->integer() == std::int64_t{0}) continue;  // no token types, say
    LL_ASSIGN(const auto given, reader.size(size.keys, max_size));
    if (!given && may_be_none && size.dim == Dim::vocab)
      return reader.error(key, "nothing", "the number of tokens");
    const std::size_t fallback =
        size.times ? config.size(*size.times) * std::max<std::size_t>(1, size.fallback) : size.fallback;
    *member(config, size.dim) = given.value_or(fallback);
  }
  if (config.embedding == 0) config.embedding = config.hidden;
  return ok_status();
}

Status read_heads(const ConfigReader& reader, ModelConfig& config) {
  const ArchSpec& arch = *config.arch;
  LL_ASSIGN(const auto heads, reader.size(arch.heads, max_heads));
  config.heads = heads.value_or(arch.heads_fallback);
  LL_ASSIGN(const auto width, reader.size(arch.head_width, max_size));
  if (!width && arch.head_width_fallback == 0 && config.hidden % config.heads != 0)
    return reader.error(arch.heads.front(), std::to_string(config.heads),
                        fmt::format("a divisor of hidden_size {}", config.hidden));
  config.head_width =
      width.value_or(arch.head_width_fallback ? arch.head_width_fallback : config.hidden / config.heads);
  LL_ASSIGN(const auto key_heads, reader.size(arch.key_heads, max_heads));
  config.key_heads = key_heads.value_or(config.heads);
  if (config.heads % config.key_heads != 0)
    return reader.error(arch.key_heads.front(), std::to_string(config.key_heads),
                        fmt::format("a divisor of {}, the number of heads", config.heads));
  if (config.query_width() > max_size)
    return reader.error(arch.head_width.front(), std::to_string(config.head_width),
                        fmt::format("at most {} for all heads", max_size));
  return ok_status();
}

Status read_layers(const ConfigReader& reader, ModelConfig& config) {
  const ArchSpec& arch = *config.arch;
  LL_ASSIGN(const auto layers, reader.size(arch.layers, max_layers));
  config.layers = layers.value_or(arch.layers_fallback);
  LL_ASSIGN(const auto blocks, reader.size(arch.blocks, max_layers));
  config.blocks = blocks.value_or(arch.blocks_fallback ? arch.blocks_fallback : config.layers);
  if (config.blocks > config.layers)
    return reader.error(arch.blocks.front(), std::to_string(config.blocks),
                        fmt::format("at most {}, the number of layers", config.layers));
  return ok_status();
}

Status read_activations(const ConfigReader& reader, ModelConfig& config) {
  const ArchSpec& arch = *config.arch;
  LL_ASSIGN(config.activation, reader.activation(arch.activation, arch.activation_fallback));
  config.head_activation = config.activation;
  if (!arch.head.activation_keys.empty()) {
    LL_ASSIGN(config.head_activation,
              reader.activation(arch.head.activation_keys, arch.head.activation_fallback));
  }
  config.head_activation = arch.head.activation.value_or(config.head_activation);
  LL_ASSIGN(config.convolution_activation,
            reader.activation(arch.convolution_activation, arch.convolution_activation_fallback));
  return ok_status();
}

Status check_token_ids(const ConfigReader& reader, std::size_t vocab) {
  for (std::string_view key : {"pad_token_id", "bos_token_id", "eos_token_id", "mask_token_id"}) {
    const Json* value = reader.find({key}).value;
    if (!value) continue;
    if (const auto* several = value->get<Json::Array>(); several && !several->empty())
      value = &several->front();  // decoders may end with one of several
    const auto id = value->integer();
    if (!id || *id < 0 || static_cast<std::uint64_t>(*id) >= vocab)
      return reader.error(key, value->describe(),
                          fmt::format("an id from 0 to {} (vocab_size {})", vocab - 1, vocab));
  }
  return ok_status();
}

Status check_variants(const Json& json, const ConfigReader& reader, const ArchSpec& arch) {
  for (const Requirement& requirement : arch.requirements) LL_TRY(reader.require(requirement));
  if (const Json* pruned = json.find("pruned_heads"); pruned && !pruned->is_null()) {
    const Json::Object* layers = pruned->get<Json::Object>();
    if (!layers || !layers->empty())
      return reader.error("pruned_heads", pruned->describe(), "{}", "Use a checkpoint without pruned heads");
  }
  return ok_status();
}

bool lists(const Json* value, std::string_view wanted) {
  if (const auto* array = value->get<Json::Array>())
    return std::ranges::any_of(*array, [&](const Json& item) {
      return item.get<std::string>() && *item.get<std::string>() == wanted;
    });
  const auto* text = value->get<std::string>();
  for (std::string_view rest = text ? std::string_view(*text) : std::string_view(); !rest.empty();) {
    const std::size_t bar = rest.find('|');
    std::string_view part = rest.substr(0, bar);
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
    if (part == wanted) return true;
    rest.remove_prefix(bar == std::string_view::npos ? rest.size() : bar + 1);
  }
  return false;
}

// A flag that is no boolean would pass for its default: all of them are looked at before anything is built on one.
Status check_flags(const ConfigReader& reader, const ArchSpec& arch) {
  std::vector<const Conditions*> all = {&arch.embedding.positions_when, &arch.embedding.mask_dropout_when,
                                        &arch.block.parallel_when, &arch.block.position_when};
  for (const TensorRule& rule : arch.tensors) all.push_back(&rule.when);
  for (const Conditions* conditions : all)
    for (const Condition& condition : *conditions)
      if (condition.test == Condition::Test::flag || condition.test == Condition::Test::no_flag) {
        LL_ASSIGN([[maybe_unused]] const bool flag, reader.boolean(condition.key, condition.fallback));
      }
  return ok_status();
}

}  // namespace

bool holds(const Conditions& conditions, const Json& json, const ModelConfig& config, std::size_t block) {
  return std::ranges::all_of(conditions, [&](const Condition& condition) {
    const Json* value = json.find(condition.key);
    const bool absent = !value || value->is_null();
    const bool* flag = absent ? nullptr : value->get<bool>();
    switch (condition.test) {
      case Condition::Test::flag: return flag ? *flag : condition.fallback;
      case Condition::Test::no_flag: return !(flag ? *flag : condition.fallback);
      case Condition::Test::positive: return !absent && value->number().value_or(0) > 0;
      case Condition::Test::lists: return absent ? condition.fallback : lists(value, condition.value);
      case Condition::Test::widths_differ: return config.embedding != config.hidden;
      case Condition::Test::not_first_block: return block > 0;
    }
    return false;
  });
}

std::size_t ModelConfig::size(Dim dim) const {
  switch (dim) {
    case Dim::hidden: return hidden;
    case Dim::embedding: return embedding;
    case Dim::inner: return inner;
    case Dim::double_inner: return 2 * inner;
    case Dim::vocab: return vocab;
    case Dim::positions: return position_rows;
    case Dim::token_types: return token_types;
    case Dim::query: return query_width();
    case Dim::key: return key_width();
    case Dim::query_key_value: return query_width() + 2 * key_width();
    case Dim::head_width: return head_width;
    case Dim::heads: return heads;
    case Dim::distances: return distances.rows;
    case Dim::kernel: return kernel;
  }
  return 0;
}

double ModelConfig::score_scale() const {
  const int products = 1 + distances.content_to_position + distances.position_to_content;
  return 1.0 / std::sqrt(static_cast<double>(head_width) * products);
}

Result<ModelConfig> read_config(const Checkpoint& checkpoint) {
  const Json& json = checkpoint.config;
  const ConfigReader reader(json, checkpoint.config_file);
  if (!json.get<Json::Object>()) return reader.error("", json.describe(), "an object");
  LL_ASSIGN(const ArchSpec* arch, find_family(json, reader));
  ModelConfig config;
  config.arch = arch;
  LL_TRY(check_variants(json, reader, *arch));
  LL_TRY(check_flags(reader, *arch));
  LL_TRY(read_sizes(reader, config));
  LL_TRY(read_layers(reader, config));
  LL_TRY(read_heads(reader, config));
  LL_ASSIGN(config.eps, reader.eps(arch->eps, arch->eps_fallback));
  LL_TRY(read_activations(reader, config));
  LL_ASSIGN(config.tied, reader.boolean("tie_word_embeddings", arch->tied_fallback));
  LL_TRY(check_token_ids(reader, config.vocab));
  config.causal = arch->block.causal;
  config.form = arch->block.form;
  if (!arch->block.parallel_when.empty() && holds(arch->block.parallel_when, json, config))
    config.form = BlockForm::parallel;
  LL_TRY(read_positions(json, reader, config));
  return config;
}

}  // namespace logitlens
