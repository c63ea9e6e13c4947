#include "model/block.h"

#include <algorithm>
#include <cstdint>

#include "kernels/quantize.h"
#include "kernels/row_kernels.h"

namespace logitlens {

namespace {

// y = x W^T by bytes: a row of x and a row of W have a scale each.
bool multiply_int8(const GemmPlan& products, const Weight& weight, ConstMatrix x, Matrix y,
                   WorkerScratch& worker) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(worker.bytes.data());  // [tile, in]
  auto* integers = reinterpret_cast<std::int32_t*>(y.data);                        // [tile, out]
  if (!products.get_int8(x.rows, weight.cols, weight.rows)
           .run(bytes, weight.quantized->bytes, integers, worker.gemm.data()))
    return false;
  for (std::size_t r = 0; r < y.rows; ++r)
    scale_products(integers + r * y.cols, worker.split[r], weight.quantized->scales,
                   weight.quantized->columns, y.row(r), y.cols);
  return true;
}

}  // namespace

bool project(const GemmPlan& products, const Weight& weight, ConstMatrix x, Matrix y, WorkerScratch& worker) {
  prepare(products, weight, x, worker);
  return project_prepared(products, weight, x, y, worker);
}

void prepare(const GemmPlan& products, const Weight& weight, ConstMatrix x, WorkerScratch& worker) {
  if (!products.int8 || !weight.quantized) return;
  auto* bytes = reinterpret_cast<std::uint8_t*>(worker.bytes.data());  // [tile, in]
  for (std::size_t r = 0; r < x.rows; ++r) worker.split[r] = split_row(x.row(r), bytes + r * x.cols, x.cols);
}

bool project_prepared(const GemmPlan& products, const Weight& weight, ConstMatrix x, Matrix y,
                      WorkerScratch& worker) {
  if (products.int8 && weight.quantized) return multiply_int8(products, weight, x, y, worker);
  gemm(x.data, x.rows, weight.operand(products.packed), y.data, worker.gemm.data());
  return true;
}

void normalise(const ModelConfig& config, const Weight& weight, const Weight& bias, const float* x,
               const float* dense_bias, const float* residual, float* y, std::size_t n) {
  if (config.arch->block.norm == NormKind::rms_norm)
    add_rms_norm(x, dense_bias, residual, weight.data, config.eps, y, n);
  else
    add_layer_norm(x, dense_bias, residual, weight.data, bias.data, config.eps, y, n);
}

ConstMatrix attention_input(const ModelConfig& config, const Weights& weights, std::size_t layer,
                            ConstMatrix hidden, WorkerScratch& worker) {
  const Weight& weight = weights.block(layer, Slot::attention_norm_weight);
  if (config.form == BlockForm::post_norm || !weight.data) return hidden;
  const Matrix normed = worker.normed.matrix(hidden.rows, hidden.cols);
  for (std::size_t r = 0; r < hidden.rows; ++r)
    normalise(config, weight, weights.block(layer, Slot::attention_norm_bias), hidden.row(r), nullptr,
              nullptr, normed.row(r), hidden.cols);
  return normed;
}

namespace {

// One tile on its way through the rest of a block.
class BlockTail {
 public:
  BlockTail(const ModelConfig& config, const Weights& weights, const GemmPlan& products, std::size_t layer,
            Matrix hidden, const TapRows& taps, WorkerScratch& worker)
      : config_(config),
        weights_(weights),
        products_(products),
        layer_(layer),
        hidden_(hidden),
        taps_(taps),
        worker_(worker),
        dense_(worker.dense.matrix(hidden.rows, config.hidden)),
        normed_(worker.normed.matrix(hidden.rows, config.hidden)) {}

  bool run(ConstMatrix context) {
    if (config_.form == BlockForm::parallel) norm_rows(hidden_, Slot::inner_norm_weight, normed_);
    if (!project(products_, weight(Slot::attention_output_weight), context, dense_, worker_)) return false;
    if (config_.form == BlockForm::post_norm) return run_post_norm();
    add_to_hidden(Slot::attention_output_bias);  // x = h + a(n1(h))
    copy_to(taps_.attention, hidden_);
    if (config_.form == BlockForm::pre_norm) norm_rows(hidden_, Slot::inner_norm_weight, normed_);
    if (!feed_forward(normed_)) return false;
    add_to_hidden(Slot::output_bias);  // h' = x + f(...)
    return true;
  }

 private:
  bool run_post_norm() {
    sum_and_norm(Slot::attention_output_bias, hidden_, Slot::attention_norm_weight, taps_.attention, normed_);
    copy_to(taps_.attention_norm, normed_);
    if (!feed_forward(normed_)) return false;
    sum_and_norm(Slot::output_bias, normed_, Slot::inner_norm_weight, taps_.feed_forward, hidden_);
    return true;
  }

  const Weight& weight(Slot slot) const { return weights_.block(layer_, slot); }
  static Slot bias_of(Slot slot) { return static_cast<Slot>(static_cast<int>(slot) + 1); }

  // y = norm(dense + bias + residual), its argument to `tap` if that is wanted.
  void sum_and_norm(Slot bias, Matrix residual, Slot norm, Matrix tap, Matrix y) {
    for (std::size_t r = 0; r < y.rows; ++r) {
      if (tap.data) {
        add_bias(dense_.row(r), weight(bias).data, tap.row(r), y.cols);
        add_bias(tap.row(r), residual.row(r), tap.row(r), y.cols);
      }
      normalise(config_, weight(norm), weight(bias_of(norm)), dense_.row(r), weight(bias).data,
                residual.row(r), y.row(r), y.cols);
    }
  }

  void norm_rows(ConstMatrix x, Slot norm, Matrix y) {
    for (std::size_t r = 0; r < x.rows; ++r)
      normalise(config_, weight(norm), weight(bias_of(norm)), x.row(r), nullptr, nullptr, y.row(r), x.cols);
  }

  void add_to_hidden(Slot bias) {
    for (std::size_t r = 0; r < hidden_.rows; ++r) {
      add_bias(dense_.row(r), weight(bias).data, dense_.row(r), hidden_.cols);
      add_bias(dense_.row(r), hidden_.row(r), hidden_.row(r), hidden_.cols);
    }
  }

  static void copy_to(Matrix tap, ConstMatrix states) {
    if (!tap.data) return;
    for (std::size_t r = 0; r < states.rows; ++r)
      std::copy(states.row(r), states.row(r) + states.cols, tap.row(r));
  }

  // dense [tile, H] = W2 act(W1 x + b1), or W2 (act(a) * b) of a gated one; without the last bias.
  bool feed_forward(ConstMatrix x) {
    const Weight& first = weight(Slot::inner_weight);
    const std::size_t I = config_.inner;
    Matrix inner = worker_.inner.matrix(x.rows, first.rows);  // [tile, I] or [tile, 2 I]
    prepare(products_, first, x, worker_);
    if (!project_prepared(products_, first, x, inner, worker_)) return false;
    if (const Weight& up = weight(Slot::inner_up_weight); up.data) {
      const Matrix factor = worker_.up.matrix(x.rows, I);
      if (!project_prepared(products_, up, x, factor, worker_)) return false;
      for (std::size_t r = 0; r < x.rows; ++r) {
        add_bias(factor.row(r), weight(Slot::inner_up_bias).data, factor.row(r), I);
        gate(inner.row(r), factor.row(r), inner.row(r));
      }
    } else if (first.rows == 2 * I) {
      const Matrix gated = worker_.up.matrix(x.rows, I);
      const float* bias = weight(Slot::inner_bias).data;
      for (std::size_t r = 0; r < x.rows; ++r) {
        add_bias(inner.row(r) + I, bias ? bias + I : nullptr, inner.row(r) + I, I);
        gate(inner.row(r), inner.row(r) + I, gated.row(r));
      }
      inner = gated;
    } else {
      for (std::size_t r = 0; r < x.rows; ++r)
        bias_activation(config_.activation, inner.row(r), weight(Slot::inner_bias).data, inner.row(r), I);
    }
    return project(products_, weight(Slot::output_weight), inner, dense_, worker_);
  }

  // y [I] = act(x + bias) * factor.
  void gate(const float* x, const float* factor, float* y) const {
    bias_activation(config_.activation, x, weight(Slot::inner_bias).data, y, config_.inner);
    multiply(y, factor, y, config_.inner);
  }

  const ModelConfig& config_;
  const Weights& weights_;
  const GemmPlan& products_;
  const std::size_t layer_;
  const Matrix hidden_;
  const TapRows& taps_;
  WorkerScratch& worker_;
  const Matrix dense_, normed_;  // [tile, H]
};

}  // namespace

bool finish_block(const ModelConfig& config, const Weights& weights, const GemmPlan& products,
                  std::size_t layer, ConstMatrix context, Matrix hidden, const TapRows& taps,
                  WorkerScratch& worker) {
  return BlockTail(config, weights, products, layer, hidden, taps, worker).run(context);
}

}  // namespace logitlens
