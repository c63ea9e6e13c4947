// The model once more, in plain loops of double precision: slow, and sharing no arithmetic with the engine. What
// `verify` and the tests hold the engine against.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/thread_team.h"
#include "model/config.h"
#include "model/taps.h"
#include "model/weights.h"

namespace logitlens {

using Doubles = std::vector<double>;

struct ReferenceState {
  std::size_t layer = 0;
  TapPoint point = TapPoint::layer;
  Doubles values;  // [T, H], raw
};

// Hidden states of one sequence at every point that `taps` asks for, in the order in which run_forward hands them out.
// ids must be below the vocabulary, T within the positions.
std::vector<ReferenceState> reference_forward(const ModelConfig& config, const Weights& weights,
                                              std::span<const std::int32_t> ids, Taps taps, ThreadTeam& team);

// context [T, query width] of a block's attention over its input x [T, H].
Doubles reference_attention(const ModelConfig& config, const Weights& weights, std::size_t layer,
                            const Doubles& x, std::size_t T, ThreadTeam& team);

// Elements of a weight, at any alignment.
double weight_at(const Weight& weight, std::size_t index);
double weight_at(const Weight& weight, std::size_t row, std::size_t col);

// y [rows, out] = x [rows, in] W^T + b; a bias without data is none.
Doubles reference_dense(const Weight& weight, const Weight& bias, const Doubles& x, std::size_t rows,
                        ThreadTeam& team);

// Each row of x [rows, n], n the weight's length, normalised, scaled and shifted as the family does it.
void reference_norm(const ModelConfig& config, Doubles& x, const Weight& weight, const Weight& bias);

double reference_activation(Activation activation, double x);

}  // namespace logitlens
