// The encoder once more, in plain loops of double precision: slow, and sharing no arithmetic with the engine. What
// `verify` and the tests hold the engine against.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/thread_team.h"
#include "model/config.h"
#include "model/weights.h"

namespace logitlens {

using Doubles = std::vector<double>;

// Hidden states of one sequence: [L+1] of [T, H]. ids must be below the vocabulary, T within the positions.
std::vector<Doubles> reference_forward(const ModelConfig& config, const Weights& weights,
                                       std::span<const std::int32_t> ids, ThreadTeam& team);

// y [rows, out] = x [rows, in] W^T + b; `bias` may be nullptr.
Doubles reference_dense(const Weight& weight, const Weight* bias, const Doubles& x, std::size_t rows,
                        ThreadTeam& team);

// Each row of x [rows, n] normalised, scaled and shifted.
void reference_layer_norm(Doubles& x, std::size_t n, const Weight& weight, const Weight& bias, double eps);

double reference_activation(Activation activation, double x);

}  // namespace logitlens
