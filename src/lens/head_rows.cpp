#include "lens/head_rows.h"

#include <atomic>
#include <cstring>
#include <vector>

#include "base/checked.h"

namespace logitlens {

namespace {

constexpr std::size_t tile = 4 * gemm_row_multiple;  // rows at once

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
    return checked_mul(round_up(rows, tile), width).value_or(static_cast<std::size_t>(-1));
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
  GemmPlan products;
  LL_TRY(add_head_products(products, weights, lens, tile));
  std::vector<Scratch> workers(static_cast<std::size_t>(team.size()));
  for (Scratch& scratch : workers) {
    LL_ASSIGN(scratch.dense, FloatBuffer::allocate(tile * width_));
    LL_ASSIGN(scratch.gemm, FloatBuffer::allocate(products.scratch_bytes() / sizeof(float) + 1));
  }
  const std::size_t padded = round_up(rows_, tile);
  const Matrix states = states_.matrix(padded, hidden_);
  const Matrix narrow = narrow_.data() ? narrow_.matrix(padded, width_) : states;
  std::atomic<bool> failed = false;
  team.parallel_for(padded / tile, [&](std::size_t t, int worker) {
    Scratch& scratch = workers[static_cast<std::size_t>(worker)];
    if (!apply_head(config, weights, products, lens, states.slice(t * tile, tile),
                    scratch.dense.matrix(tile, width_), narrow.slice(t * tile, tile), scratch.gemm.data()))
      failed.store(true);
  });
  return failed.load() ? Status(product_failure()) : ok_status();
}

}  // namespace logitlens
