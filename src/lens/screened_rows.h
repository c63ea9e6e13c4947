// The best tokens of a row and the rank of its target without its logits. A product of bytes tells for every id an interval
// that its float32 logit must lie in; only where an interval leaves the answer open is the logit looked at, in double, and
// where that leaves it open too, by the very float32 product that the streaming pass would have used. So the answers have
// the same bytes. Mean and variance come from the decoder's moments. docs/performance.md, "Statistics without all logits".
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/matrix.h"
#include "base/thread_team.h"
#include "kernels/top_list.h"
#include "lens/screened_decoder.h"
#include "logitlens/status.h"

namespace logitlens {

struct ScreenedRow {
  bool bounded = false;   // false: nothing here is known, the streaming pass answers all
  LogitMoments moments;   // of a bounded row
  bool answered = false;  // false: too many ids were left open, the streaming pass answers what follows
  std::vector<ScoredToken> top;  // min(K, V), best first
  float target_logit = 0;
  std::size_t greater = 0;  // how many logits are greater than the target's, if asked
};

struct ScreenedQuestion {
  std::size_t top = 1;  // K >= 1
  bool ranks = true;    // false: `greater` stays 0, ids beside the target need no closer look
};

// x [rows, H]; a target for each row, -1: none.
Result<std::vector<ScreenedRow>> screen_rows(const ScreenedDecoder& decoder, ConstMatrix x,
                                             std::span<const std::int32_t> targets, ScreenedQuestion question,
                                             ThreadTeam& team);

}  // namespace logitlens
