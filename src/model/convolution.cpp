#include "model/convolution.h"

#include <algorithm>
#include <atomic>

#include "kernels/row_kernels.h"
#include "model/block.h"

namespace logitlens {

namespace {

// columns [H * K] of one row: for every channel its values at the K tokens around, zero beyond the ends of the sequence.
void gather_neighbours(ConstMatrix input, std::size_t row, std::size_t tokens, std::size_t kernel,
                       float* columns) {
  const std::size_t t = row % tokens, first = row - t, before = kernel / 2;
  for (std::size_t k = 0; k < kernel; ++k) {
    const bool inside = t + k >= before && t + k - before < tokens;
    const float* from = inside ? input.row(first + t + k - before) : nullptr;
    for (std::size_t i = 0; i < input.cols; ++i) columns[i * kernel + k] = from ? from[i] : 0;
  }
}

}  // namespace

bool convolve(const ModelConfig& config, const Weights& weights, ForwardPlan& plan, Matrix hidden,
              ThreadTeam& team) {
  const Weight& weight = weights.global(Slot::convolution_weight);  // [H, H * K]
  const std::size_t H = config.hidden;
  const ConstMatrix input = plan.embedded.matrix(plan.padded_rows(), H);
  std::atomic<bool> failed = false;
  team.parallel_for(plan.all.count(), [&](std::size_t tile, int worker) {
    WorkerScratch& scratch = plan.workers[static_cast<std::size_t>(worker)];
    const std::size_t first = plan.all.first(tile), height = plan.all.height(tile),
                      rows = std::min(plan.shape.rows() - first, height);
    const Matrix columns = scratch.columns.matrix(height, weight.cols),
                 dense = scratch.dense.matrix(height, H);
    for (std::size_t r = 0; r < rows; ++r)
      gather_neighbours(input, first + r, plan.shape.tokens, config.kernel, columns.row(r));
    if (!project(plan.products, weight, columns, dense, scratch)) failed.store(true);
    for (std::size_t r = 0; r < rows; ++r) {
      bias_activation(config.convolution_activation, dense.row(r),
                      weights.global(Slot::convolution_bias).data, dense.row(r), H);
      normalise(config, weights.global(Slot::convolution_norm_weight),
                weights.global(Slot::convolution_norm_bias), dense.row(r), nullptr, hidden.row(first + r),
                hidden.row(first + r), H);
    }
  });
  return !failed.load();
}

}  // namespace logitlens
