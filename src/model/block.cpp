#include "model/block.h"

#include <cmath>

#include "kernels/row_kernels.h"

namespace logitlens {

bool project(const GemmPlan& products, const Weight& weight, ConstMatrix x, Matrix y, WorkerScratch& worker) {
  const Gemm& product = products.get(x.rows, weight.cols, weight.rows, weight.layout());
  return product.run(x.data, weight.data, y.data, worker.gemm.data());
}

namespace {

// Rows of one head, with the bias: to [n, d] dense from from [rows, H].
void gather_head(ConstMatrix from, std::size_t row, std::size_t head, const Weight& bias, std::size_t d,
                 float* to) {
  add_bias(from.row(row) + head * d, bias.data + head * d, to, d);
}

// scores [n, T] -> probabilities -> context [n, d]; then context into its place in the rows.
bool attend_queries(const ForwardPlan& plan, std::size_t queries, std::size_t d, WorkerScratch& worker) {
  const std::size_t T = plan.shape.tokens;
  const Gemm& score = plan.products.get(queries, d, T, WeightLayout::out_in);
  const Gemm& mix = plan.products.get(queries, T, d, WeightLayout::in_out);
  if (!score.run(worker.query.data(), worker.key.data(), worker.scores.data(), worker.gemm.data()))
    return false;
  const float scale = 1.0f / std::sqrt(static_cast<float>(d));
  for (std::size_t q = 0; q < queries; ++q) softmax(worker.scores.data() + q * T, scale, T);
  return mix.run(worker.scores.data(), worker.value.data(), worker.context.data(), worker.gemm.data());
}

void scatter_head(const float* context, std::size_t row, std::size_t head, std::size_t d, Matrix to) {
  std::copy(context, context + d, to.row(row) + head * d);
}

}  // namespace

bool attend(const ModelConfig& config, const Weights& weights, const ForwardPlan& plan, const HeadTask& task,
            WorkerScratch& worker) {
  const std::size_t T = plan.shape.tokens, d = config.head_width;
  const Weight& query_bias = weights.block(task.layer, Slot::attention_query_bias);
  const Weight& key_bias = weights.block(task.layer, Slot::attention_key_bias);
  const Weight& value_bias = weights.block(task.layer, Slot::attention_value_bias);
  for (std::size_t t = 0; t < T; ++t) {
    gather_head(task.key, task.first_row + t, task.head, key_bias, d, worker.key.data() + t * d);
    gather_head(task.value, task.first_row + t, task.head, value_bias, d, worker.value.data() + t * d);
  }
  if (task.query_rows.empty()) {
    for (std::size_t t = 0; t < T; ++t)
      gather_head(task.query, task.first_row + t, task.head, query_bias, d, worker.query.data() + t * d);
    if (!attend_queries(plan, T, d, worker)) return false;
    for (std::size_t t = 0; t < T; ++t)
      scatter_head(worker.context.data() + t * d, task.first_row + t, task.head, d, task.context);
    return true;
  }
  // A few rows of the last block: one at a time, so that a row's bytes do not depend on which others are asked.
  for (std::size_t row : task.query_rows) {
    gather_head(task.query, row, task.head, query_bias, d, worker.query.data());
    if (!attend_queries(plan, 1, d, worker)) return false;
    scatter_head(worker.context.data(), row, task.head, d, task.context);
  }
  return true;
}

bool finish_block(const ModelConfig& config, const Weights& weights, const GemmPlan& products,
                  std::size_t layer, ConstMatrix context, Matrix hidden, WorkerScratch& worker) {
  const auto weight = [&](Slot slot) -> const Weight& { return weights.block(layer, slot); };
  const std::size_t rows = hidden.rows, H = config.hidden, I = config.inner;
  const Matrix dense = worker.dense.matrix(rows, H), attended = worker.normed.matrix(rows, H);
  const Matrix inner = worker.inner.matrix(rows, I);

  if (!project(products, weight(Slot::attention_output_weight), context, dense, worker)) return false;
  for (std::size_t r = 0; r < rows; ++r)
    add_layer_norm(dense.row(r), weight(Slot::attention_output_bias).data, hidden.row(r),
                   weight(Slot::attention_norm_weight).data, weight(Slot::attention_norm_bias).data,
                   config.eps, attended.row(r), H);

  if (!project(products, weight(Slot::inner_weight), attended, inner, worker)) return false;
  for (std::size_t r = 0; r < rows; ++r)
    bias_activation(config.activation, inner.row(r), weight(Slot::inner_bias).data, inner.row(r), I);

  if (!project(products, weight(Slot::output_weight), inner, dense, worker)) return false;
  for (std::size_t r = 0; r < rows; ++r)
    add_layer_norm(dense.row(r), weight(Slot::output_bias).data, attended.row(r),
                   weight(Slot::output_norm_weight).data, weight(Slot::output_norm_bias).data, config.eps,
                   hidden.row(r), H);
  return true;
}

}  // namespace logitlens
