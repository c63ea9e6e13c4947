#include "lens/head.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstring>

#include "kernels/row_kernels.h"

namespace logitlens {

std::string_view lens_name(Lens lens) {
  switch (lens) {
    case Lens::full: return "full";
    case Lens::norm: return "norm";
    case Lens::bias: return "bias";
    case Lens::raw: return "raw";
  }
  return "";
}

std::vector<Lens> available_lenses(const ModelConfig&) {
  return {Lens::raw, Lens::bias, Lens::norm, Lens::full};
}

Status check_lens(const ModelConfig& config, Lens lens) {
  const std::vector<Lens> lenses = available_lenses(config);
  if (std::ranges::find(lenses, lens) != lenses.end()) return ok_status();
  std::vector<std::string_view> names;
  for (Lens one : lenses) names.push_back(lens_name(one));
  return Error{.code = Code::usage,
               .file = "",
               .field = "--lens",
               .found = std::string(lens_name(lens)),
               .expected = fmt::format("a step that this head has: {}", fmt::join(names, ", ")),
               .remedy = "",
               .names = {}};
}

std::vector<HeadStep> describe_head(const ModelConfig& config, const Weights& weights) {
  const auto stored = [&](Slot slot) { return weights.global(slot).stored->name; };
  const auto matrix = [&](Slot slot) {
    return fmt::format("[{}, {}]", weights.global(slot).rows, weights.global(slot).cols);
  };
  return {
      {"dense", stored(Slot::head_dense_weight), matrix(Slot::head_dense_weight)},
      {"activation", "", std::string(describe_activation(config.head_activation))},
      {"layer_norm", stored(Slot::head_norm_weight), fmt::format("[{}], eps {}", config.hidden, config.eps)},
      {"decoder", stored(Slot::decoder_weight) + (weights.decoder_is_tied() ? " (the word embeddings)" : ""),
       matrix(Slot::decoder_weight)},
      {"bias", stored(Slot::decoder_bias), fmt::format("[{}]", config.vocab)},
  };
}

Status add_head_products(GemmPlan& products, const Weights& weights, Lens lens, std::size_t rows) {
  const Weight& dense = weights.global(Slot::head_dense_weight);
  return lens == Lens::full ? products.add(rows, dense.cols, dense.rows, dense.layout()) : ok_status();
}

bool apply_head(const ModelConfig& config, const Weights& weights, const GemmPlan& products, Lens lens,
                Matrix x, Matrix scratch, void* gemm_scratch) {
  const auto data = [&](Slot slot) { return weights.global(slot).data; };
  const auto normalise = [&](float* from, float* to) {
    add_layer_norm(from, nullptr, nullptr, data(Slot::head_norm_weight), data(Slot::head_norm_bias),
                   config.eps, to, x.cols);
  };
  if (lens == Lens::norm)
    for (std::size_t r = 0; r < x.rows; ++r) normalise(x.row(r), x.row(r));
  if (lens != Lens::full) return true;

  const Weight& dense = weights.global(Slot::head_dense_weight);
  const Gemm& product = products.get(x.rows, dense.cols, dense.rows, dense.layout());
  if (!product.run(x.data, dense.data, scratch.data, gemm_scratch)) return false;  // [rows, H]
  for (std::size_t r = 0; r < x.rows; ++r) {
    bias_activation(config.head_activation, scratch.row(r), data(Slot::head_dense_bias), scratch.row(r),
                    x.cols);
    normalise(scratch.row(r), x.row(r));
  }
  return true;
}

}  // namespace logitlens
