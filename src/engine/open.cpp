#include <fmt/format.h>

#include <filesystem>

#include "base/cpu.h"
#include "base/no_throw.h"
#include "engine/model_impl.h"
#include "io/embedded_demo.h"
#include "io/hash.h"
#include "io/hub_cache.h"

namespace logitlens {

namespace {

// A directory is taken as it is, also where a hub id is spelled like it.
Result<Checkpoint> find_checkpoint(std::string_view path_or_id) {
  const std::string id(path_or_id);
  if (id == "demo") return read_embedded_checkpoint(id, embedded_demo_files());
  std::error_code fault;
  const auto hub_id = parse_hub_id(id);
  if (!hub_id || std::filesystem::is_directory(id, fault)) return read_checkpoint(id);
  const Result<std::string> snapshot = find_in_hub_cache(*hub_id);
  if (snapshot.ok()) return read_checkpoint(*snapshot);
  return std::filesystem::exists(id, fault) ? read_checkpoint(id) : Result<Checkpoint>(snapshot.error());
}

// Ids beyond the embeddings would be read out of bounds; never clamped.
Status check_vocabulary(const Checkpoint& checkpoint, const ModelConfig& config, const Tokenizer& tokenizer) {
  if (static_cast<std::size_t>(tokenizer.vocab_size()) <= config.vocab) return ok_status();
  return Error{
      .code = Code::bad_input,
      .file = checkpoint.config_file,
      .field = "vocab_size",
      .found = fmt::format("{}, but the tokenizer has {} tokens", config.vocab, tokenizer.vocab_size()),
      .expected = "an embedding for every token",
      .remedy = "Use the tokenizer that belongs to this checkpoint",
      .names = {}};
}

std::string embedded_sha256() { return sha256_hex(embedded_demo_files().at("model.safetensors")); }

ModelInfo summarise(std::string_view id, const Checkpoint& checkpoint, const ModelConfig& config) {
  return {.id = std::string(id),
          .family = std::string(config.arch->model_type),
          .layers = static_cast<int>(config.layers),
          .hidden = static_cast<int>(config.hidden),
          .vocab = static_cast<int>(config.vocab),
          .sha256 = std::nullopt,
          .source = checkpoint.weight_files.empty() ? checkpoint.format : checkpoint.path};
}

}  // namespace

Result<Model> Model::open(std::string_view path_or_id, const OpenOptions& options) {
  return no_throw([&]() -> Result<Model> {
    LL_TRY(select_isa());
    LL_ASSIGN(Checkpoint checkpoint, find_checkpoint(path_or_id));
    LL_ASSIGN(const ModelConfig config, read_config(checkpoint));
    LL_ASSIGN(Weights weights, Weights::load(checkpoint, config));
    LL_ASSIGN(Tokenizer tokenizer, Tokenizer::from_checkpoint(checkpoint));
    LL_TRY(check_vocabulary(checkpoint, config, tokenizer));
    LL_TRY(checkpoint.check_unchanged());
    ModelInfo info = summarise(path_or_id, checkpoint, config);
    if (checkpoint.weight_files.empty()) {
      if (options.hash) info.sha256 = embedded_sha256();
    } else {
      LL_ASSIGN(info.sha256, weights_sha256(checkpoint.weight_files, options.hash));
    }
    // The weights point at the checkpoint's tensors: moving the map keeps them where they are.
    auto impl =
        std::make_shared<Impl>(std::move(checkpoint), config, std::move(weights), std::move(tokenizer));
    impl->info = std::move(info);
    return Model(std::move(impl));
  });
}

const ModelInfo& Model::info() const { return impl_->info; }

Result<std::vector<Token>> Model::tokenize(std::string_view text) const {
  return no_throw([&] { return impl_->tokenizer.encode(text); });
}

std::vector<std::string> Model::Impl::notes() const {
  std::vector<std::string> notes = checkpoint.notes;
  for (const std::string& note : weights.notes()) notes.push_back(note);
  for (const std::string& note : tokenizer.notes()) notes.push_back(note);
  return notes;
}

Result<const ScreenedDecoder*> Model::Impl::screened_decoder(bool with_bias, ThreadTeam& team) const {
  const std::scoped_lock lock(screened_mutex_);
  Screened& screened = screened_[with_bias ? 1 : 0];
  if (!screened.made) {
    const float* bias = with_bias ? weights.global(Slot::decoder_bias).data : nullptr;
    LL_ASSIGN(screened.decoder, ScreenedDecoder::create(weights.global(Slot::decoder_weight), bias, team));
    screened.made = true;
  }
  return static_cast<const ScreenedDecoder*>(screened.decoder.get());
}

std::string_view version() { return LOGITLENS_VERSION; }

}  // namespace logitlens
