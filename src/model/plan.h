// What a batch of a given shape needs, booked before it runs: how its rows are cut into tiles, the matrix products, and
// every buffer. Nothing is allocated while it runs.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "base/matrix.h"
#include "kernels/quantize.h"
#include "logitlens/status.h"
#include "model/config.h"
#include "model/gemm_plan.h"
#include "model/position_tables.h"
#include "model/taps.h"
#include "model/weights.h"

namespace logitlens {

// A tile meets every weight once, so the taller it is the less they are fetched; beyond this its own rows are too many
// (docs/performance.md).
inline constexpr std::size_t tallest_tile = 144;
// Rows of a tile of those that stand for others (model/shared_rows.h).
inline constexpr std::size_t shared_tile = 24;

// Rows cut into tiles, whose number the workers share evenly and whose heights differ by one gemm_row_block at most; the
// last tile may hang over into padding.
class RowTiles {
 public:
  static RowTiles cut(std::size_t rows, std::size_t workers);

  std::size_t count() const { return count_; }
  std::size_t first(std::size_t tile) const { return blocks_ * tile / count_ * gemm_row_block; }
  std::size_t height(std::size_t tile) const { return first(tile + 1) - first(tile); }
  std::size_t padded() const { return blocks_ * gemm_row_block; }
  // Those that occur, the lowest first.
  std::vector<std::size_t> heights() const;
  std::size_t tallest() const { return count_ ? heights().back() : 0; }
  template <class T>
  MatrixView<T> slice(MatrixView<T> rows, std::size_t tile) const {
    return rows.slice(first(tile), height(tile));
  }

 private:
  std::size_t blocks_ = 0, count_ = 0;  // of gemm_row_block rows; tiles
};

// A sequence's queries, cut so that the scores of one cut fit into the caches of a worker; and the keys that the queries
// of a cut can see: all, or with local attention a stretch of a fixed length.
struct QueryCut {
  std::size_t height = 0, count = 0;
  std::size_t keys = 0, local_keys = 0;

  static QueryCut cut(std::size_t tokens, std::size_t window);
  std::size_t rows_of(std::size_t cut, std::size_t tokens) const {
    return std::min(height, tokens - cut * height);
  }
};

// Queries whose scores are in the works at once: those for 512 keys fill a tenth of a core's second-level cache.
inline constexpr std::size_t attention_strip = 48;

struct BatchShape {
  std::size_t sequences = 0;  // S
  std::size_t tokens = 0;     // T
  std::size_t asked = 0;      // A, rows wanted of the last block
  bool all_asked = false;     // the asked rows are 0 .. S * T - 1, in this order
  std::size_t workers = 1;
  Taps taps = Taps::layer;
  bool packed = false;  // the blocks' weights are packed before their use (Weights::packing_pays_for)
  bool int8 = false;    // the blocks' dense products are products of bytes (Weights::quantize_block)

  std::size_t rows() const { return sequences * tokens; }
  bool operator==(const BatchShape&) const = default;
};

// A worker's own memory.
struct WorkerScratch {
  FloatBuffer gemm;                  // the products' own
  FloatBuffer bytes;                 // a product's input as bytes
  std::vector<SplitRow> split;       // [tile], what belongs to its rows
  FloatBuffer dense, inner, normed;  // [tile, H], [tile, I] or [tile, 2 I], [tile, H]
  FloatBuffer up;                    // [tile, I] of a gated feed-forward
  FloatBuffer shared;                // [shared_tile, width of a projection]
  FloatBuffer columns;               // [tile, H * kernel] of a convolution
  // Of one head. Keys and d of the rows that attention_product() reads and writes are multiples of attention_lanes.
  FloatBuffer query, key;                  // [cut, d], [keys, d]
  FloatBuffer key_transposed, value;       // [d, keys], [keys, d]
  FloatBuffer scores, context;             // [strip, keys], [strip, d]
  FloatBuffer to_distance, from_distance;  // [cut, R] of queries, [keys, R] of keys
};

struct ForwardPlan {
  BatchShape shape;
  RowTiles all, asked, distances;
  QueryCut cut;
  PositionTables positions;
  GemmPlan products;
  FloatBuffer hidden, context;     // [padded_rows(), H], [padded_rows(), query width]
  FloatBuffer query, key, value;   // [padded_rows(), their width]; `query` holds all three if they are fused
  FloatBuffer embedded;            // [padded_rows(), E or H]: narrow embeddings, or the convolution's input
  FloatBuffer asked_hidden;        // [asked.padded(), H], the last block's rows; unused if all are asked
  FloatBuffer distance_rows;       // [R padded, H], rows of the table of distances that T tokens need
  FloatBuffer distance_projected;  // [R padded, query width]
  FloatBuffer distance_keys, distance_queries;  // [heads, R, d]
  TapBuffers taps;
  std::vector<WorkerScratch> workers;

  std::size_t padded_rows() const { return std::max(all.padded(), asked.padded()); }
  // Whether a worker takes a sequence through a whole block: what it makes on the way stays in its second-level cache.
  bool by_sequence = false;

  static Result<ForwardPlan> create(const ModelConfig& config, const Weights& weights,
                                    const BatchShape& shape);
};

// Bytes of buffers that a plan of this shape books (the products' own aside), for saying what memory a model takes.
std::size_t plan_bytes(const ModelConfig& config, const BatchShape& shape);

}  // namespace logitlens
