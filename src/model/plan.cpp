#include "model/plan.h"

#include <algorithm>
#include <cstring>

#include "base/checked.h"

namespace logitlens {

namespace {

// Taller tiles gain nothing in the products, and their inner states leave the second-level cache.
constexpr std::size_t tallest_tile = 192;

Status add_block_products(GemmPlan& plan, const Weights& weights, std::size_t layer, std::size_t tile) {
  for (Slot slot : {Slot::attention_query_weight, Slot::attention_key_weight, Slot::attention_value_weight,
                    Slot::attention_output_weight, Slot::inner_weight, Slot::output_weight}) {
    const Weight& weight = weights.block(layer, slot);
    LL_TRY(plan.add(tile, weight.cols, weight.rows, weight.layout()));
  }
  return ok_status();
}

// Scores and context of one head, `queries` rows at a time.
Status add_attention_products(GemmPlan& plan, std::size_t queries, std::size_t tokens,
                              std::size_t head_width) {
  LL_TRY(plan.add(queries, head_width, tokens, WeightLayout::out_in));
  return plan.add(queries, tokens, head_width, WeightLayout::in_out);
}

Status book(FloatBuffer& buffer, std::size_t rows, std::size_t cols) {
  const auto floats = checked_mul(rows, cols);
  LL_ASSIGN(buffer, FloatBuffer::allocate(floats.value_or(static_cast<std::size_t>(-1))));
  // Padding rows are computed with: they must hold numbers, and denormals or NaN would be slow.
  std::memset(buffer.data(), 0, buffer.size() * sizeof(float));
  return ok_status();
}

Status book_worker(WorkerScratch& worker, const ModelConfig& config, const ForwardPlan& plan) {
  const std::size_t tile = std::max(plan.all.height, plan.asked.height), T = plan.shape.tokens,
                    d = config.head_width;
  LL_TRY(book(worker.gemm, plan.products.scratch_bytes() / sizeof(float) + 1, 1));
  LL_TRY(book(worker.dense, tile, config.hidden));
  LL_TRY(book(worker.normed, tile, config.hidden));
  LL_TRY(book(worker.inner, tile, config.inner));
  for (FloatBuffer* part : {&worker.query, &worker.key, &worker.value, &worker.context})
    LL_TRY(book(*part, T, d));
  return book(worker.scores, T, T);
}

}  // namespace

RowTiles RowTiles::cut(std::size_t rows, std::size_t workers) {
  const std::size_t fewest = (rows + tallest_tile - 1) / tallest_tile;
  const std::size_t wanted = std::max<std::size_t>(1, round_up(fewest, workers));
  const std::size_t height = round_up((rows + wanted - 1) / wanted, gemm_row_multiple);
  return {rows, height, (rows + height - 1) / height};
}

Result<ForwardPlan> ForwardPlan::create(const ModelConfig& config, const Weights& weights,
                                        const BatchShape& shape) {
  ForwardPlan plan;
  plan.shape = shape;
  plan.all = RowTiles::cut(shape.rows(), shape.workers);
  plan.asked = RowTiles::cut(shape.asked, shape.workers);
  for (std::size_t layer = 0; layer < config.layers; ++layer)
    LL_TRY(add_block_products(plan.products, weights, layer, plan.all.height));
  LL_TRY(add_attention_products(plan.products, shape.tokens, shape.tokens, config.head_width));
  if (!shape.all_asked) {
    LL_TRY(add_block_products(plan.products, weights, config.layers - 1, plan.asked.height));
    LL_TRY(add_attention_products(plan.products, 1, shape.tokens, config.head_width));
    LL_TRY(book(plan.asked_hidden, plan.asked.padded(), config.hidden));
  }
  for (FloatBuffer* part : {&plan.hidden, &plan.query, &plan.key, &plan.value, &plan.context})
    LL_TRY(book(*part, plan.padded_rows(), config.hidden));
  plan.workers.resize(shape.workers);
  for (WorkerScratch& worker : plan.workers) LL_TRY(book_worker(worker, config, plan));
  return plan;
}

std::size_t plan_bytes(const ModelConfig& config, const BatchShape& shape) {
  const RowTiles all = RowTiles::cut(shape.rows(), shape.workers);
  const std::size_t rows = all.padded() * config.hidden * 5 +
                           (shape.all_asked ? 0 : (shape.asked + gemm_row_multiple) * config.hidden);
  const std::size_t worker =
      all.height * (2 * config.hidden + config.inner) + shape.tokens * (4 * config.head_width + shape.tokens);
  return (rows + shape.workers * worker) * sizeof(float);
}

}  // namespace logitlens
