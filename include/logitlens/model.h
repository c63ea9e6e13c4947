// A masked language model, opened from a checkpoint, and the questions that can be put to it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "logitlens/lens.h"
#include "logitlens/status.h"
#include "logitlens/table.h"

namespace logitlens {

struct OpenOptions {
  bool hash = false;  // compute the sha256 of the weight files now (a stamped cache remembers it)
};

// One layer's hidden states, handed out while a forward pass runs. `states` is valid during the call only.
struct TapView {
  int layer = 0;                   // 0 = output of the embeddings, k = of block k
  std::string_view tap = "layer";  // where in the block: LensTable::taps
  std::size_t first_sequence = 0;  // which of the given sequences `states` starts with
  std::size_t sequences = 0;
  std::size_t tokens = 0;         // T, of each sequence
  std::size_t hidden = 0;         // H
  std::span<const float> states;  // [sequences, T, H]
};
using Tap = std::function<void(const TapView&)>;

struct HiddenStates {
  std::size_t layers = 0, tokens = 0, hidden = 0;  // layers: L + 1
  std::vector<float> values;                       // [L+1, T, H], after every layer
  // Inside the blocks, by the name of the tap: [L, T, H], block 1 first. Those that Taps asks for.
  std::vector<std::pair<std::string, std::vector<float>>> inner;
  std::vector<Token> text;  // [T]
};

// What `inspect` shows.
struct HeadStep {
  std::string name;     // "dense", "activation", "layer_norm", "decoder", "bias"
  std::string tensors;  // where its weights come from, "" for an activation
  std::string shape;    // "[768, 768]" or what the step does: "gelu (erf)"
};
struct TensorInfo {
  std::string name;   // as in the file
  std::string dtype;  // "F32"
  std::vector<std::size_t> shape;
  std::string use;  // what the model takes it for; "" for tensors it ignores
};
struct ModelDescription {
  ModelInfo info;
  int heads = 0, inner = 0, positions = 0, token_types = 0;
  std::string embeddings, block;  // how they are built, in a line each
  std::string predicts = "same";  // the token at its own position; "next": a decoder
  std::string activation;
  double layer_norm_eps = 0;
  std::size_t parameters = 0;      // elements of the tensors in use; a tied decoder counts once
  std::size_t weight_bytes = 0;    // as stored
  std::vector<std::string> files;  // weight and tokenizer files read
  std::string format;              // "safetensors", "tensorflow checkpoint", "embedded"
  bool tied_decoder = false;
  std::vector<HeadStep> head;
  std::vector<std::string> lenses;  // those this head has
  std::vector<TensorInfo> tensors;
  std::string tokenizer;  // "WordPiece, 30522 tokens, lower-case (vocab.txt)"
  std::vector<std::pair<std::string, int>> special_tokens;  // string, id
  std::string licence;                                      // "" if the directory names none
  std::size_t memory_bytes = 0;  // what a sweep of a full-length text holds: weights and scratch
  std::vector<std::string> notes;
};

// What `verify` checks.
struct Check {
  std::string name;
  bool passed = false;
  std::string detail;  // the figure and the bound
};
struct VerifyReport {
  std::vector<Check> checks;
  bool passed() const;
};

class Model {
 public:
  // A directory, a TensorFlow checkpoint or SavedModel directory, a hub id ("org/name", "org/name@revision",
  // "name") of a model that lies in the hub cache, or "demo", the embedded model. Reads configuration,
  // tokenizer and the headers of the weight files; weights are mapped, and their values checked at first use.
  // Errors: bad_input; for a hub id it says where it was looked for.
  static Result<Model> open(std::string_view path_or_id, const OpenOptions& options = {});

  const ModelInfo& info() const;
  Result<ModelDescription> describe() const;

  // The experiment: every row of `text` that the options ask for, at every layer, through the lens.
  Result<LensTable> sweep(std::string_view text, const SweepOptions& options = {}) const;

  // Token ids of `text` with the special tokens, offsets in bytes.
  Result<std::vector<Token>> tokenize(std::string_view text) const;

  // Runs sequences of equal length T through the model, unmasked, and hands out [*, T, H] after every layer, and inside
  // the blocks where `taps` asks for it, in the order of computation within a batch of sequences; raw: without a final
  // norm. ids: [sequences * T].
  Status forward(std::span<const std::int32_t> ids, std::size_t tokens, const Tap& tap, int threads = 0,
                 Taps taps = Taps::layer) const;

  // Hidden states of one text, or of a pair of texts, all layers, nothing masked. A text that is too long is
  // refused or truncated; `window` is an error (usage).
  Result<HiddenStates> hidden_states(std::string_view text, MaxLength max_length = MaxLength::refuse,
                                     int threads = 0, const std::optional<std::string>& second = std::nullopt,
                                     Taps taps = Taps::layer) const;

  // The whole head on states [rows, H] by a separate, plain path in double precision: logits [rows, V]. The oracle that
  // `verify` and tests hold the engine against; slow.
  Result<std::vector<double>> reference_logits(std::span<const float> states) const;

  // Checks the opened model: last lens row = the model's own output by the separate path, tokenizer round trip, all
  // weights finite; with a golden file, hidden states and logits against its tensors.
  Result<VerifyReport> verify(const std::optional<std::string>& golden = std::nullopt, int threads = 0) const;

  // Writes a safetensors directory (config.json, model.safetensors, tokenizer files) that transformers loads.
  Status convert(const std::string& directory, bool force = false) const;

  // Opened once, shared by copies of this handle; const calls are safe from several threads.
  struct Impl;
  explicit Model(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}

 private:
  std::shared_ptr<const Impl> impl_;
};

// Models that can be opened without knowing a path: the embedded one, and those found in the cache folders.
// `id` is what Model::open takes; `revision` is a commit of the hub, "" elsewhere; `path` is where it lies,
// "" for the embedded one.
struct KnownModel {
  std::string id, description, revision, path;
};
std::vector<KnownModel> known_models();

std::string_view version();

}  // namespace logitlens
