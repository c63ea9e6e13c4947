// A model's configuration, checked: every number is in range and agrees with the others before anything is allocated.
#pragma once

#include <array>
#include <cstddef>

#include "arch/arch_spec.h"
#include "io/checkpoint.h"
#include "logitlens/status.h"

namespace logitlens {

struct ModelConfig {
  const ArchSpec* arch = nullptr;
  std::size_t layers = 0, heads = 0, head_width = 0;
  std::size_t hidden = 0, inner = 0, vocab = 0, positions = 0, token_types = 0;
  Activation activation = Activation::gelu_erf;
  Activation head_activation = Activation::gelu_erf;
  float eps = 0;
  bool tied = true;
  bool causal = false;  // a decoder: row t is about token t + 1

  std::size_t size(Dim dim) const;
};

// Errors: bad_input, with the configuration's file and the key.
Result<ModelConfig> read_config(const Checkpoint& checkpoint);

}  // namespace logitlens
