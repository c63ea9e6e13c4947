#include "lens/head_rows.h"

#include <atomic>
#include <cstring>
#include <vector>

#include "base/checked.h"

namespace logitlens {

namespace {

constexpr std::size_t tile = 4 * gemm_row_multiple;  // rows at once

struct Scratch {
  FloatBuffer dense;  // [tile, H]
  FloatBuffer gemm;
};

}  // namespace

Result<HeadRows> HeadRows::create(std::size_t rows, std::size_t hidden) {
  HeadRows states;
  states.rows_ = rows;
  states.hidden_ = hidden;
  const auto floats = checked_mul(round_up(rows, tile), hidden);
  LL_ASSIGN(states.buffer_, FloatBuffer::allocate(floats.value_or(static_cast<std::size_t>(-1))));
  // Padding rows go through the head too: they must hold numbers.
  const std::size_t padding = states.buffer_.size() - rows * hidden;
  std::memset(states.buffer_.data() + rows * hidden, 0, padding * sizeof(float));
  return states;
}

Status HeadRows::apply(const ModelConfig& config, const Weights& weights, Lens lens, ThreadTeam& team) {
  GemmPlan products;
  LL_TRY(add_head_products(products, weights, lens, tile));
  std::vector<Scratch> workers(static_cast<std::size_t>(team.size()));
  for (Scratch& scratch : workers) {
    LL_ASSIGN(scratch.dense, FloatBuffer::allocate(tile * hidden_));
    LL_ASSIGN(scratch.gemm, FloatBuffer::allocate(products.scratch_bytes() / sizeof(float) + 1));
  }
  const Matrix padded = buffer_.matrix(round_up(rows_, tile), hidden_);
  std::atomic<bool> failed = false;
  team.parallel_for(padded.rows / tile, [&](std::size_t t, int worker) {
    Scratch& scratch = workers[static_cast<std::size_t>(worker)];
    if (!apply_head(config, weights, products, lens, padded.slice(t * tile, tile),
                    scratch.dense.matrix(tile, hidden_), scratch.gemm.data()))
      failed.store(true);
  });
  return failed.load() ? Status(product_failure()) : ok_status();
}

}  // namespace logitlens
