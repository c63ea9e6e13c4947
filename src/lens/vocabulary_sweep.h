// The decoder over the whole vocabulary, in tiles: logits are made, looked at by every statistic, and forgotten.
//
// Rows come in groups: the selected layers of one position of one masked text, the last layer last. A group stays together,
// so that a tile of every layer meets the same tile of the last layer and one pass serves kl_to_last too.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/matrix.h"
#include "base/thread_team.h"
#include "kernels/top_list.h"
#include "lens/screened_decoder.h"
#include "lens/statistic.h"
#include "logitlens/status.h"
#include "model/weights.h"

namespace logitlens {

struct DecodeRequest {
  const Weight* decoder = nullptr;                   // [V, H], stored so
  const float* bias = nullptr;                       // [V], any alignment; nullptr: none
  ConstMatrix rows;                                  // [groups * group_rows, H], what the decoder multiplies
  std::size_t group_rows = 0;                        // layers of a group, the last layer's row at its end
  std::vector<std::optional<std::int32_t>> targets;  // [groups]
  std::size_t top = 0;                               // K; 0: no list
  std::vector<const Statistic*> with_state;          // statistics that bring a state
  // Where only summaries are asked for (Needs::summary, and `top`'s logits): this very decoder, made ready. Else nullptr.
  const ScreenedDecoder* screened = nullptr;
  bool ranks = true;  // false: a screened target's rank is not looked for, `greater` is NaN
};

struct DecodedRow {
  RowSums sums;
  std::vector<ScoredToken> top;                         // best first
  std::vector<std::unique_ptr<StatisticState>> states;  // one for each of with_state
};

// One DecodedRow a row. Error: memory. With `screened`, the sums hold a summary and NaN for the rest; best tokens, logits
// and ranks have the bytes of the streaming pass, mean and deviation are those of lens/decoder_moments.h. A row that cannot be
// bounded has all of the streaming pass.
Result<std::vector<DecodedRow>> decode_rows(const DecodeRequest& request, ThreadTeam& team);

}  // namespace logitlens
