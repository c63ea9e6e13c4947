// The part of a table that settling is about: the outputs of layers, without what was looked at inside the blocks.
#pragma once

#include <cstddef>

#include "logitlens/table.h"

namespace logitlens {

// Whether entry `i` of the series is the output of a layer.
inline bool is_layer_output(const LensTable& table, std::size_t i) {
  return i >= table.taps.size() || table.taps[i] == "layer";
}

// Whether the table holds states from inside the layers.
bool has_inner_states(const LensTable& table);

// The table with those entries alone; the same table where it has no others.
LensTable layer_outputs(const LensTable& table);

}  // namespace logitlens
