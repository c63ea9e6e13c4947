#include "model/config.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <limits>

namespace logitlens {

namespace {

// Above these no real model lies: they keep every later product far from overflow.
constexpr std::size_t max_layers = 1000, max_heads = 65536, max_size = std::size_t{1} << 28;

class ConfigReader {
 public:
  ConfigReader(const Json& config, const std::string& file) : config_(config), file_(file) {}

  Error error(std::string_view key, std::string found, std::string expected, std::string remedy = "") const {
    return {.code = Code::bad_input,
            .file = file_,
            .field = std::string(key),
            .found = std::move(found),
            .expected = std::move(expected),
            .remedy = std::move(remedy),
            .names = {}};
  }

  Result<std::size_t> size(std::string_view key, std::size_t fallback, std::size_t limit) const {
    const Json* value = config_.find(key);
    if (!value) return fallback;
    const auto integer = value->integer();
    if (!integer || *integer < 1 || static_cast<std::uint64_t>(*integer) > limit)
      return error(key, value->describe(), fmt::format("an integer from 1 to {}", limit));
    return static_cast<std::size_t>(*integer);
  }

  Result<float> eps(std::string_view key, double fallback) const {
    const Json* value = config_.find(key);
    const auto number = value ? value->number() : std::optional<double>(fallback);
    if (!number || !(*number > 0) || *number > 1 ||
        static_cast<float>(*number) < std::numeric_limits<float>::min())
      return error(key, value ? value->describe() : "nothing", "a number above 0 and at most 1");
    return static_cast<float>(*number);
  }

  Result<Activation> activation(std::string_view key, std::string_view fallback) const {
    const Json* value = config_.find(key);
    const std::string* text = value ? value->get<std::string>() : nullptr;
    if (value && !text) return error(key, value->describe(), "the name of an activation");
    const auto activation = activation_by_name(text ? std::string_view(*text) : fallback);
    if (!activation) return error(key, value->describe(), fmt::format("one of {}", activation_names()));
    return *activation;
  }

  Result<bool> boolean(std::string_view key, bool fallback) const {
    const Json* value = config_.find(key);
    if (!value || value->is_null()) return fallback;
    const bool* flag = value->get<bool>();
    if (!flag) return error(key, value->describe(), "true or false");
    return *flag;
  }

  // Options that change the model in ways this reader does not build.
  Status refuse_variants() const {
    for (std::string_view key : {"is_decoder", "add_cross_attention"}) {
      LL_ASSIGN(const bool on, boolean(key, false));
      if (on) return error(key, "true", "false", "Use an encoder's checkpoint");
    }
    if (const Json* position = config_.find("position_embedding_type"); position && !position->is_null()) {
      const std::string* kind = position->get<std::string>();
      if (!kind || *kind != "absolute")
        return error("position_embedding_type", position->describe(), "\"absolute\"",
                     "Use a checkpoint with absolute positions");
    }
    if (const Json* pruned = config_.find("pruned_heads"); pruned && !pruned->is_null()) {
      const Json::Object* layers = pruned->get<Json::Object>();
      if (!layers || !layers->empty())
        return error("pruned_heads", pruned->describe(), "{}", "Use a checkpoint without pruned heads");
    }
    return ok_status();
  }

  Status check_token_ids(std::size_t vocab) const {
    for (std::string_view key : {"pad_token_id", "bos_token_id", "eos_token_id"}) {
      const Json* value = config_.find(key);
      if (!value || value->is_null()) continue;
      const auto id = value->integer();
      if (!id || *id < 0 || static_cast<std::uint64_t>(*id) >= vocab)
        return error(key, value->describe(),
                     fmt::format("an id from 0 to {} (vocab_size {})", vocab - 1, vocab));
    }
    return ok_status();
  }

 private:
  const Json& config_;
  const std::string& file_;
};

Result<const ArchSpec*> find_family(const Json& config, const ConfigReader& reader) {
  const Json* type = config.find("model_type");
  const std::string* name = type ? type->get<std::string>() : nullptr;
  const ArchSpec* arch = name ? find_architecture(*name) : nullptr;
  if (!arch)
    return reader.error("model_type", type ? type->describe() : "nothing",
                        fmt::format("one of {}", fmt::join(architecture_names(), ", ")));
  return arch;
}

}  // namespace

std::size_t ModelConfig::size(Dim dim) const {
  switch (dim) {
    case Dim::hidden: return hidden;
    case Dim::inner: return inner;
    case Dim::vocab: return vocab;
    case Dim::positions: return positions;
    case Dim::token_types: return token_types;
  }
  return 0;
}

Result<ModelConfig> read_config(const Checkpoint& checkpoint) {
  const Json& json = checkpoint.config;
  const ConfigReader reader(json, checkpoint.config_file);
  if (!json.get<Json::Object>()) return reader.error("", json.describe(), "an object");
  LL_ASSIGN(const ArchSpec* arch, find_family(json, reader));
  ModelConfig config;
  config.arch = arch;
  LL_TRY(reader.refuse_variants());
  for (const SizeKey& key : arch->sizes) {
    LL_ASSIGN(const std::size_t size, reader.size(key.key, key.fallback, max_size));
    switch (key.dim) {
      case Dim::hidden: config.hidden = size; break;
      case Dim::inner: config.inner = size; break;
      case Dim::vocab: config.vocab = size; break;
      case Dim::positions: config.positions = size; break;
      case Dim::token_types: config.token_types = size; break;
    }
  }
  LL_ASSIGN(config.layers, reader.size(arch->layers_key, arch->layers_fallback, max_layers));
  LL_ASSIGN(config.heads, reader.size(arch->heads_key, arch->heads_fallback, max_heads));
  if (config.hidden % config.heads != 0)
    return reader.error(arch->heads_key, std::to_string(config.heads),
                        fmt::format("a divisor of hidden_size {}", config.hidden));
  config.head_width = config.hidden / config.heads;
  LL_ASSIGN(config.eps, reader.eps(arch->eps_key, arch->eps_fallback));
  LL_ASSIGN(config.activation, reader.activation(arch->activation_key, arch->activation_fallback));
  config.head_activation = arch->head.activation.value_or(config.activation);
  LL_ASSIGN(config.tied, reader.boolean("tie_word_embeddings", true));
  LL_TRY(reader.check_token_ids(config.vocab));
  return config;
}

}  // namespace logitlens
