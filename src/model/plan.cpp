#include "model/plan.h"

#include <algorithm>
#include <cstring>

#include "base/checked.h"
#include "kernels/attention_products.h"

namespace logitlens {

namespace {

constexpr std::size_t most_queries = 512;  // of one cut, that are loaded at once

// A worker takes sequences that are about as tall as a tile, and as many as are shared evenly to within 3 %.
bool goes_by_sequence(const BatchShape& shape) {
  const std::size_t turns = (shape.sequences + shape.workers - 1) / shape.workers;
  return shape.tokens >= 48 && shape.tokens <= 192 && shape.sequences >= shape.workers &&
         100 * turns * shape.workers <= 103 * shape.sequences;
}

Status add_product(GemmPlan& plan, const Weight& weight, const std::vector<std::size_t>& heights) {
  if (!weight.data || !weight.quantized) return ok_status();
  for (std::size_t rows : heights) LL_TRY(plan.add_int8(rows, weight.cols, weight.rows));
  return ok_status();
}

Status add_block_products(GemmPlan& plan, const Weights& weights, std::size_t layer,
                          const std::vector<std::size_t>& heights) {
  for (Slot slot : {Slot::attention_query_weight, Slot::attention_key_weight, Slot::attention_value_weight,
                    Slot::attention_fused_weight, Slot::attention_output_weight, Slot::inner_weight,
                    Slot::inner_up_weight, Slot::output_weight})
    LL_TRY(add_product(plan, weights.block(layer, slot), heights));
  return ok_status();
}

// The first block's of rows that stand for others (model/projections.h).
Status add_shared_products(GemmPlan& plan, const Weights& weights) {
  for (Slot slot : {Slot::attention_query_weight, Slot::attention_key_weight, Slot::attention_value_weight,
                    Slot::attention_fused_weight})
    LL_TRY(add_product(plan, weights.block(0, slot), {shared_tile}));
  return ok_status();
}

// The products of bytes, for every height and shape there will be.
Status add_products(const ModelConfig& config, const Weights& weights, ForwardPlan& plan) {
  if (!plan.shape.int8) return ok_status();
  for (std::size_t layer = 0; layer < config.layers; ++layer)
    LL_TRY(add_block_products(plan.products, weights, layer, plan.all.heights()));
  for (std::size_t layer = 0; layer < config.layers && plan.by_sequence; ++layer)
    LL_TRY(add_block_products(plan.products, weights, layer, {plan.shape.tokens}));
  if (!plan.shape.all_asked)
    LL_TRY(add_block_products(plan.products, weights, config.layers - 1, plan.asked.heights()));
  if (plan.shape.sequences > 1) LL_TRY(add_shared_products(plan.products, weights));
  if (config.attention_position == AttentionPosition::disentangled)
    for (std::size_t layer = 0; layer < config.layers; ++layer)
      for (Slot slot : {Slot::distance_key_weight, Slot::distance_query_weight, Slot::attention_key_weight,
                        Slot::attention_query_weight})
        LL_TRY(add_product(plan.products, weights.block(layer, slot), plan.distances.heights()));
  return ok_status();
}

Status book(FloatBuffer& buffer, std::size_t rows, std::size_t cols) {
  const auto floats = checked_mul(rows, cols);
  LL_ASSIGN(buffer, FloatBuffer::allocate(floats.value_or(static_cast<std::size_t>(-1))));
  // Padding rows are computed with: they must hold numbers, and denormals or NaN would be slow.
  std::memset(buffer.data(), 0, buffer.size() * sizeof(float));
  return ok_status();
}

// What a plan books: the same walk allocates it, or counts it for a plan that is only thought of.
struct Booking {
  FloatBuffer ForwardPlan::* buffer;
  std::size_t rows, cols;
};

std::vector<Booking> shared_bookings(const ModelConfig& config, const BatchShape& shape, std::size_t rows,
                                     std::size_t asked, std::size_t distances) {
  const std::size_t H = config.hidden, Q = config.query_width(), K = config.key_width();
  const bool fused = config.arch->block.projection != Projection::separate;
  std::vector<Booking> bookings = {{&ForwardPlan::hidden, rows, H},
                                   {&ForwardPlan::context, rows, Q},
                                   {&ForwardPlan::query, rows, fused ? Q + 2 * K : Q}};
  if (!fused) {
    bookings.push_back({&ForwardPlan::key, rows, K});
    bookings.push_back({&ForwardPlan::value, rows, K});
  }
  if (config.embedding != H || config.kernel > 0)
    bookings.push_back({&ForwardPlan::embedded, rows, std::max(config.embedding, H)});
  if (!shape.all_asked) bookings.push_back({&ForwardPlan::asked_hidden, asked, H});
  if (config.attention_position == AttentionPosition::disentangled) {
    const std::size_t padded = RowTiles::cut(distances, shape.workers).padded();
    bookings.push_back({&ForwardPlan::distance_rows, padded, H});
    bookings.push_back({&ForwardPlan::distance_projected, padded, Q});
    if (config.distances.content_to_position) bookings.push_back({&ForwardPlan::distance_keys, distances, Q});
    if (config.distances.position_to_content)
      bookings.push_back({&ForwardPlan::distance_queries, distances, Q});
  }
  return bookings;
}

struct WorkerBooking {
  FloatBuffer WorkerScratch::* buffer;
  std::size_t rows, cols;
};

std::vector<WorkerBooking> worker_bookings(const ModelConfig& config, const QueryCut& cut, std::size_t tile,
                                           std::size_t distances) {
  using Scratch = WorkerScratch;
  const std::size_t d = config.head_width, keys = std::max(cut.keys, cut.local_keys);
  const std::size_t d_stride = round_up(d, attention_lanes), keys_stride = round_up(keys, attention_lanes);
  const bool gated = config.arch->block.gated, fused = config.arch->block.projection != Projection::separate;
  const std::size_t projected = config.query_width() + (fused ? 2 * config.key_width() : 0);
  std::vector<WorkerBooking> bookings = {{&Scratch::dense, tile, config.hidden},
                                         {&Scratch::normed, tile, config.hidden},
                                         {&Scratch::inner, tile, config.inner * (gated ? 2 : 1)},
                                         {&Scratch::shared, shared_tile, projected},
                                         {&Scratch::query, cut.height, d},
                                         {&Scratch::key, keys, d},
                                         {&Scratch::key_transposed, d, keys_stride},
                                         {&Scratch::value, keys, d_stride},
                                         {&Scratch::scores, attention_strip, keys_stride},
                                         {&Scratch::context, attention_strip, d_stride}};
  if (gated) bookings.push_back({&Scratch::up, tile, config.inner});
  if (config.kernel > 0) bookings.push_back({&Scratch::columns, tile, config.hidden * config.kernel});
  if (config.distances.content_to_position)
    bookings.push_back({&Scratch::to_distance, cut.height, distances});
  if (config.distances.position_to_content) bookings.push_back({&Scratch::from_distance, keys, distances});
  return bookings;
}

Status book_taps(const ModelConfig& config, ForwardPlan& plan) {
  for (TapPoint point : tap_points(config, plan.shape.taps))
    if (point != TapPoint::layer) LL_TRY(book(plan.taps.of(point), plan.padded_rows(), config.hidden));
  return ok_status();
}

}  // namespace

RowTiles RowTiles::cut(std::size_t rows, std::size_t workers) {
  RowTiles tiles;
  tiles.blocks_ = (rows + gemm_row_block - 1) / gemm_row_block;
  const std::size_t fewest = round_up((rows + tallest_tile - 1) / tallest_tile, workers);
  tiles.count_ = std::min(fewest, tiles.blocks_);
  return tiles;
}

std::vector<std::size_t> RowTiles::heights() const {
  if (count_ == 0) return {};
  const std::size_t low = blocks_ / count_ * gemm_row_block;
  if (blocks_ % count_ == 0) return {low};
  return {low, low + gemm_row_block};
}

QueryCut QueryCut::cut(std::size_t tokens, std::size_t window) {
  QueryCut cut;
  cut.count = std::max<std::size_t>(1, (tokens + most_queries - 1) / most_queries);
  cut.height = (tokens + cut.count - 1) / cut.count;
  cut.keys = cut.local_keys = tokens;
  if (window > 0) cut.local_keys = std::min(tokens, cut.height + 2 * std::min(window, tokens));
  return cut;
}

Result<ForwardPlan> ForwardPlan::create(const ModelConfig& config, const Weights& weights,
                                        const BatchShape& shape) {
  ForwardPlan plan;
  plan.shape = shape;
  plan.all = RowTiles::cut(shape.rows(), shape.workers);
  plan.asked = RowTiles::cut(shape.asked, shape.workers);
  plan.cut = QueryCut::cut(shape.tokens, config.window);
  plan.positions = PositionTables::of(config, shape.tokens);
  plan.distances = RowTiles::cut(plan.positions.distance_rows.size(), shape.workers);
  plan.by_sequence = goes_by_sequence(shape);
  plan.products.packed = shape.packed;
  plan.products.int8 = shape.int8;
  LL_TRY(add_products(config, weights, plan));
  const std::size_t distances = plan.positions.distance_rows.size();
  for (const Booking& booking :
       shared_bookings(config, shape, plan.padded_rows(), plan.asked.padded(), distances))
    LL_TRY(book(plan.*booking.buffer, booking.rows, booking.cols));
  LL_TRY(book_taps(config, plan));
  plan.workers.resize(shape.workers);
  const std::size_t tile = std::max({plan.all.tallest(), plan.asked.tallest(), plan.distances.tallest(),
                                     shared_tile, plan.by_sequence ? shape.tokens : std::size_t{0}});
  for (WorkerScratch& worker : plan.workers) {
    LL_TRY(book(worker.gemm, plan.products.scratch_floats(), 1));
    LL_TRY(book(worker.bytes, plan.products.int8_inputs() / sizeof(float) + 1, 1));
    if (shape.int8) worker.split.resize(tile);
    for (const WorkerBooking& booking : worker_bookings(config, plan.cut, tile, distances))
      LL_TRY(book(worker.*booking.buffer, booking.rows, booking.cols));
  }
  return plan;
}

std::size_t plan_bytes(const ModelConfig& config, const BatchShape& shape) {
  const RowTiles all = RowTiles::cut(shape.rows(), shape.workers);
  const std::size_t distances = std::min(config.distances.rows, 2 * shape.tokens);
  std::size_t floats = 0;
  for (const Booking& booking : shared_bookings(config, shape, all.padded(), shape.asked, distances))
    floats += booking.rows * booking.cols;
  for (const WorkerBooking& booking :
       worker_bookings(config, QueryCut::cut(shape.tokens, config.window), all.tallest(), distances))
    floats += shape.workers * booking.rows * booking.cols;
  floats += (tap_points(config, shape.taps).size() - 1) * all.padded() * config.hidden;
  return floats * sizeof(float);
}

}  // namespace logitlens
