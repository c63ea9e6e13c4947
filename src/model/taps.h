// Where hidden states can be looked at: after every block, and inside it.
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>
#include <vector>

#include "base/matrix.h"
#include "logitlens/lens.h"
#include "model/config.h"

namespace logitlens {

// In the order of computation within a block.
enum class TapPoint {
  attention,       // h + attention's output, before a norm that follows
  attention_norm,  // after that norm
  feed_forward,    // ... + the feed-forward's output, before a norm that follows
  layer,           // the block's output; layer 0 is that of the embeddings
};

std::string_view tap_name(TapPoint point);

// The points of one block that `taps` asks for and blocks of this form have, in order; `layer` is always the last.
std::vector<TapPoint> tap_points(const ModelConfig& config, Taps taps);

// states [A, H]: the asked rows at a point of `layer` (0 = embeddings, k = block k). Valid during the call.
using LayerTap = std::function<void(std::size_t layer, TapPoint point, ConstMatrix states)>;

// Where a block leaves its inner states, [rows, H]; those not asked for are empty.
struct TapBuffers {
  FloatBuffer attention, attention_norm, feed_forward;

  FloatBuffer& of(TapPoint point) {
    return point == TapPoint::attention        ? attention
           : point == TapPoint::attention_norm ? attention_norm
                                               : feed_forward;
  }
};

// The rows of them that one tile fills.
struct TapRows {
  Matrix attention, attention_norm, feed_forward;  // data null: not asked for
};

}  // namespace logitlens
