#include "lens/head.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "kernels/row_kernels.h"
#include "model/block.h"

namespace logitlens {

namespace {

constexpr std::array ladder = {Lens::raw, Lens::bias, Lens::final_norm, Lens::norm, Lens::full};

bool has(const Weights& weights, Slot slot) { return weights.global(slot).data != nullptr; }

bool exists(const ModelConfig& config, const Weights& weights, Lens lens) {
  if (lens == Lens::full) return true;
  if (weights.global(Slot::decoder_weight).cols != config.hidden) return false;
  switch (lens) {
    case Lens::bias: return has(weights, Slot::decoder_bias);
    case Lens::final_norm:
      return has(weights, Slot::final_norm_weight) && has(weights, Slot::head_norm_weight);
    case Lens::norm: return has(weights, Slot::head_norm_weight);
    default: return true;
  }
}

}  // namespace

std::string_view lens_name(Lens lens) {
  switch (lens) {
    case Lens::full: return "full";
    case Lens::norm: return "norm";
    case Lens::final_norm: return "final_norm";
    case Lens::bias: return "bias";
    case Lens::raw: return "raw";
  }
  return "";
}

Result<Lens> parse_lens(std::string_view name) {
  const auto at = std::ranges::find(ladder, name, lens_name);
  if (at != ladder.end()) return *at;
  return usage_error("--lens", std::string(name), "full, norm, final_norm, bias or raw");
}

std::vector<Lens> available_lenses(const ModelConfig& config, const Weights& weights) {
  std::vector<Lens> lenses;
  std::ranges::copy_if(ladder, std::back_inserter(lenses),
                       [&](Lens lens) { return exists(config, weights, lens); });
  return lenses;
}

Status check_lens(const ModelConfig& config, const Weights& weights, Lens lens) {
  if (exists(config, weights, lens)) return ok_status();
  std::vector<std::string_view> names;
  for (Lens one : available_lenses(config, weights)) names.push_back(lens_name(one));
  return usage_error("--lens", std::string(lens_name(lens)),
                     fmt::format("a step that this head has: {}", fmt::join(names, ", ")));
}

std::vector<HeadPart> head_parts(const Weights& weights, Lens lens) {
  std::vector<HeadPart> parts;
  if (lens == Lens::raw || lens == Lens::bias) return parts;
  if (has(weights, Slot::final_norm_weight)) parts.push_back(HeadPart::final_norm);
  if (lens == Lens::final_norm) return parts;
  if (lens == Lens::full && has(weights, Slot::head_dense_weight)) {
    parts.push_back(HeadPart::dense);
    parts.push_back(HeadPart::activation);
  }
  if (has(weights, Slot::head_norm_weight)) parts.push_back(HeadPart::norm);
  return parts;
}

std::vector<HeadStep> describe_head(const ModelConfig& config, const Weights& weights) {
  const auto stored = [&](Slot slot) { return weights.global(slot).stored->name; };
  const auto matrix = [&](Slot slot) {
    return fmt::format("[{}, {}]", weights.global(slot).rows, weights.global(slot).cols);
  };
  const std::string_view norm_name =
      config.arch->block.norm == NormKind::rms_norm ? "rms_norm" : "layer_norm";
  const auto norm = [&](std::string name, Slot slot) {
    return HeadStep{std::move(name), stored(slot),
                    fmt::format("[{}], eps {}", weights.global(slot).rows, config.eps)};
  };
  std::vector<HeadStep> steps;
  for (HeadPart part : head_parts(weights, Lens::full)) switch (part) {
      case HeadPart::final_norm:
        steps.push_back(norm(fmt::format("final_{}", norm_name), Slot::final_norm_weight));
        break;
      case HeadPart::dense:
        steps.push_back({"dense", stored(Slot::head_dense_weight), matrix(Slot::head_dense_weight)});
        break;
      case HeadPart::activation:
        steps.push_back({"activation", "", std::string(describe_activation(config.head_activation))});
        break;
      case HeadPart::norm: steps.push_back(norm(std::string(norm_name), Slot::head_norm_weight)); break;
    }
  steps.push_back({"decoder",
                   stored(Slot::decoder_weight) + (weights.decoder_is_tied() ? " (the word embeddings)" : ""),
                   matrix(Slot::decoder_weight)});
  if (has(weights, Slot::decoder_bias))
    steps.push_back({"bias", stored(Slot::decoder_bias), fmt::format("[{}]", config.vocab)});
  return steps;
}

void apply_head(const ModelConfig& config, const Weights& weights, Lens lens, Matrix x, Matrix scratch,
                Matrix y, float* gemm_scratch) {
  Matrix now = x;  // where the rows are
  const auto norm_rows = [&](Slot slot) {
    const Weight& bias = weights.global(static_cast<Slot>(static_cast<int>(slot) + 1));
    for (std::size_t r = 0; r < now.rows; ++r)
      normalise(config, weights.global(slot), bias, now.row(r), nullptr, nullptr, now.row(r), now.cols);
  };
  for (HeadPart part : head_parts(weights, lens)) switch (part) {
      case HeadPart::final_norm: norm_rows(Slot::final_norm_weight); break;
      case HeadPart::dense:
        gemm(now.data, x.rows, weights.global(Slot::head_dense_weight).operand(), scratch.data, gemm_scratch);
        now = scratch;  // [rows, width of the decoder]
        break;
      case HeadPart::activation:
        for (std::size_t r = 0; r < now.rows; ++r)
          bias_activation(config.head_activation, now.row(r), weights.global(Slot::head_dense_bias).data,
                          now.row(r), now.cols);
        break;
      case HeadPart::norm: norm_rows(Slot::head_norm_weight); break;
    }
  if (now.data != y.data)
    for (std::size_t r = 0; r < y.rows; ++r) std::memcpy(y.row(r), now.row(r), y.cols * sizeof(float));
}

}  // namespace logitlens
