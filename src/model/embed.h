// The input of the first block: words, positions, token types.
#pragma once

#include <cstdint>
#include <span>

#include "base/thread_team.h"
#include "model/config.h"
#include "model/plan.h"
#include "model/weights.h"

namespace logitlens {

// Hidden state 0 to the plan's `hidden` [S * T, H]. ids, types [S, T]; types empty: all 0. False if a product failed.
bool embed(const ModelConfig& config, const Weights& weights, ForwardPlan& plan,
           std::span<const std::int32_t> ids, std::span<const std::int32_t> types, ThreadTeam& team);

// The row of the position table for every token of one sequence.
std::vector<std::size_t> position_rows(const ModelConfig& config, std::span<const std::int32_t> ids);

// What the embeddings of one sequence are multiplied with to make up for the zeroed ones; 1 where nothing is zeroed.
float mask_dropout_scale(const ModelConfig& config, std::span<const std::int32_t> ids);

}  // namespace logitlens
