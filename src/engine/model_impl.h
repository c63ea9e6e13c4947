// What stands behind a Model: a checkpoint, read and understood.
#pragma once

#include "base/no_throw.h"
#include "io/checkpoint.h"
#include "logitlens/model.h"
#include "model/config.h"
#include "model/weights.h"
#include "text/tokenizer.h"

namespace logitlens {

struct Model::Impl {
  Impl(Checkpoint checkpoint_in, ModelConfig config_in, Weights weights_in, Tokenizer tokenizer_in)
      : checkpoint(std::move(checkpoint_in)),
        config(config_in),
        weights(std::move(weights_in)),
        tokenizer(std::move(tokenizer_in)) {}

  Checkpoint checkpoint;
  ModelConfig config;
  Weights weights;  // point into checkpoint.tensors
  Tokenizer tokenizer;
  ModelInfo info;

  // Everything the user should know about the checkpoint: of reading, weights and tokenizer.
  std::vector<std::string> notes() const;
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
