// What a batch of a given shape needs, booked before it runs: how its rows are cut into tiles, the matrix products, and
// every buffer. Nothing is allocated while it runs.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "base/matrix.h"
#include "logitlens/status.h"
#include "model/config.h"
#include "model/gemm_plan.h"
#include "model/weights.h"

namespace logitlens {

// Rows cut into tiles of one fixed height; the last tile may hang over into padding.
struct RowTiles {
  std::size_t rows = 0, height = 0, count = 0;
  std::size_t padded() const { return height * count; }
  static RowTiles cut(std::size_t rows, std::size_t workers);
};

struct BatchShape {
  std::size_t sequences = 0;  // S
  std::size_t tokens = 0;     // T
  std::size_t asked = 0;      // A, rows wanted of the last block
  bool all_asked = false;     // the asked rows are 0 .. S * T - 1, in this order
  std::size_t workers = 1;

  std::size_t rows() const { return sequences * tokens; }
  bool operator==(const BatchShape&) const = default;
};

// A worker's own memory.
struct WorkerScratch {
  FloatBuffer gemm;                  // oneDNN's
  FloatBuffer dense, inner, normed;  // [tile, H], [tile, I], [tile, H]
  FloatBuffer query, key, value;     // [T, d] of one head
  FloatBuffer scores, context;       // [T, T], [T, d]
};

struct ForwardPlan {
  BatchShape shape;
  RowTiles all, asked;
  GemmPlan products;
  FloatBuffer hidden, query, key, value, context;  // [padded_rows(), H]
  FloatBuffer asked_hidden;  // [asked.padded(), H], the last block's rows; unused if all are asked
  std::vector<WorkerScratch> workers;

  std::size_t padded_rows() const { return std::max(all.padded(), asked.padded()); }

  static Result<ForwardPlan> create(const ModelConfig& config, const Weights& weights,
                                    const BatchShape& shape);
};

// Bytes of buffers that a plan of this shape books (oneDNN's scratch aside), for choosing a batch size.
std::size_t plan_bytes(const ModelConfig& config, const BatchShape& shape);

}  // namespace logitlens
