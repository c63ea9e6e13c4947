// What stands behind a Model: a checkpoint, read and understood.
#pragma once

#include <array>
#include <memory>
#include <mutex>

#include "base/no_throw.h"
#include "base/thread_team.h"
#include "io/checkpoint.h"
#include "lens/screened_decoder.h"
#include "logitlens/model.h"
#include "model/config.h"
#include "model/weights.h"
#include "text/tokenizer.h"

namespace logitlens {

struct Model::Impl {
  Impl(Checkpoint checkpoint_in, ModelConfig config_in, Weights weights_in, Tokenizer tokenizer_in)
      : checkpoint(std::move(checkpoint_in)),
        config(std::move(config_in)),
        weights(std::move(weights_in)),
        tokenizer(std::move(tokenizer_in)) {}

  Checkpoint checkpoint;
  ModelConfig config;
  Weights weights;  // point into checkpoint.tensors
  Tokenizer tokenizer;
  ModelInfo info;

  // Everything the user should know about the checkpoint: of reading, weights and tokenizer.
  std::vector<std::string> notes() const;

  // The decoder made ready for answers without all logits, with its bias or without, at the first call; nullptr where it
  // cannot be. The globals must have been checked.
  Result<const ScreenedDecoder*> screened_decoder(bool with_bias, ThreadTeam& team) const;

 private:
  struct Screened {
    bool made = false;
    std::unique_ptr<ScreenedDecoder> decoder;
  };
  mutable std::mutex screened_mutex_;
  mutable std::array<Screened, 2> screened_;  // without and with the bias
};

// no_throw for what computes with the model's files: an error (io) if one was written to meanwhile, whatever came of it.
template <class Body>
auto no_throw_reading(const Model::Impl& model, Body&& body) -> decltype(body()) {
  return no_throw([&]() -> decltype(body()) {
    auto result = body();
    LL_TRY(model.checkpoint.check_unchanged());
    return result;
  });
}

}  // namespace logitlens
