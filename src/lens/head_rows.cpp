#include "lens/head_rows.h"

#include <cstring>
#include <vector>

#include "base/checked.h"
#include "model/plan.h"

namespace logitlens {

namespace {

struct Scratch {
  FloatBuffer dense;  // [tile, width of the decoder]
  FloatBuffer gemm;
};

}  // namespace

Result<HeadRows> HeadRows::create(std::size_t rows, const ModelConfig& config, const Weights& weights) {
  HeadRows head;
  head.rows_ = rows;
  head.hidden_ = config.hidden;
  head.width_ = weights.global(Slot::decoder_weight).cols;
  const auto floats = [&](std::size_t width) {
    return checked_mul(round_up(rows, gemm_row_block), width).value_or(static_cast<std::size_t>(-1));
  };
  LL_ASSIGN(head.states_, FloatBuffer::allocate(floats(head.hidden_)));
  if (head.width_ != head.hidden_) {
    LL_ASSIGN(head.narrow_, FloatBuffer::allocate(floats(head.width_)));
  }
  // Padding rows go through the head too: they must hold numbers.
  const std::size_t padding = head.states_.size() - rows * head.hidden_;
  std::memset(head.states_.data() + rows * head.hidden_, 0, padding * sizeof(float));
  return head;
}

Status HeadRows::apply(const ModelConfig& config, const Weights& weights, Lens lens, ThreadTeam& team) {
  const RowTiles tiles = RowTiles::cut(rows_, static_cast<std::size_t>(team.size()));
  std::vector<Scratch> workers(static_cast<std::size_t>(team.size()));
  for (Scratch& scratch : workers) {
    LL_ASSIGN(scratch.dense, FloatBuffer::allocate(tiles.tallest() * width_));
    LL_ASSIGN(scratch.gemm, FloatBuffer::allocate(gemm_scratch_floats));
  }
  const Matrix states = states_.matrix(tiles.padded(), hidden_);
  const Matrix narrow = narrow_.data() ? narrow_.matrix(tiles.padded(), width_) : states;
  team.parallel_for(tiles.count(), [&](std::size_t tile, int worker) {
    Scratch& scratch = workers[static_cast<std::size_t>(worker)];
    apply_head(config, weights, lens, tiles.slice(states, tile),
               scratch.dense.matrix(tiles.height(tile), width_), tiles.slice(narrow, tile),
               scratch.gemm.data());
  });
  return ok_status();
}

}  // namespace logitlens
