// How Google's BERT names its variables, and what their shapes say of the model.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "io/tensor_bundle.h"

namespace logitlens {

namespace {

bool is_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// A TF-Hub module's scope, "module/" or "module_1/", taken off.
std::string_view without_module(std::string_view name) {
  const std::size_t slash = name.find('/');
  if (slash == std::string_view::npos) return name;
  const std::string_view scope = name.substr(0, slash);
  const bool numbered = scope.starts_with("module_") && is_digits(scope.substr(7));
  return scope == "module" || numbered ? name.substr(slash + 1) : name;
}

// A scope as a module's name: "layer_3" is the third of a list, "layer.3".
std::string module_of(std::string_view scope) {
  if (scope.starts_with("layer_") && is_digits(scope.substr(6)))
    return fmt::format("layer.{}", scope.substr(6));
  return std::string(scope);
}

struct Translation {
  std::string name;
  bool in_out = false;
};

// The parameter in `module` that TensorFlow calls `variable`.
std::optional<Translation> parameter_of(const std::string& module, std::string_view variable) {
  if (variable == "kernel") return Translation{module + ".weight", true};
  if (variable == "gamma") return Translation{module + ".weight"};
  // cls.seq_relationship, whose matrix is stored [out, in]
  if (variable == "output_weights") return Translation{module + ".weight"};
  if (variable == "bias" || variable == "beta" || variable == "output_bias")
    return Translation{module + ".bias"};
  if (variable.ends_with("_embeddings")) return Translation{fmt::format("{}.{}.weight", module, variable)};
  return std::nullopt;
}

std::optional<Translation> translate(std::string_view stored) {
  std::string_view rest = without_module(stored);
  if (!rest.starts_with("bert/") && !rest.starts_with("cls/")) return std::nullopt;
  std::string module;
  for (std::size_t slash = rest.find('/'); slash != std::string_view::npos; slash = rest.find('/')) {
    if (!module.empty()) module += '.';
    module += module_of(rest.substr(0, slash));
    rest.remove_prefix(slash + 1);
  }
  return parameter_of(module, rest);
}

class SizesFromShapes {
 public:
  SizesFromShapes(const std::string& file, const TensorMap& tensors) : file_(file), tensors_(tensors) {}

  Error error(std::string field, std::string found, std::string expected, std::string remedy) const {
    return {Code::bad_input,   file_, std::move(field), std::move(found), std::move(expected),
            std::move(remedy), {}};
  }

  // A matrix's [rows, columns], as stored.
  Result<std::pair<std::int64_t, std::int64_t>> matrix(const std::string& name) const {
    const Tensor* tensor = tensors_.find(name);
    if (!tensor)
      return error(name, "nothing", "this tensor, whose shape says the model's size",
                   "Use a BERT checkpoint of Google's, or write its sizes into a config.json");
    if (tensor->shape.size() != 2)
      return error(name, fmt::format("shape [{}]", fmt::join(tensor->shape, ", ")), "a matrix",
                   "Use a BERT checkpoint");
    return std::pair(static_cast<std::int64_t>(tensor->shape[0]),
                     static_cast<std::int64_t>(tensor->shape[1]));
  }

  // One more than the last layer's number: a layer missing between is then noticed.
  Result<std::int64_t> layers() const {
    constexpr std::string_view prefix = "bert.encoder.layer.";
    std::int64_t layers = 0;
    for (const Tensor& tensor : tensors_.all()) {
      if (!tensor.name.starts_with(prefix)) continue;
      const std::string_view rest = std::string_view(tensor.name).substr(prefix.size());
      const std::string_view digits = rest.substr(0, rest.find('.'));
      std::int32_t number = 0;
      const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
      if (fault != std::errc() || end != digits.data() + digits.size() || number < 0)
        return error(tensor.name, fmt::format("layer {}", digits), "a layer's number",
                     "Use a BERT checkpoint");
      layers = std::max(layers, std::int64_t{number} + 1);
    }
    return layers;
  }

 private:
  const std::string& file_;
  const TensorMap& tensors_;
};

}  // namespace

void rename_google_bert(TensorMap& tensors) {
  for (Tensor& tensor : tensors.all_before_finish()) {
    auto translation = translate(tensor.name);
    if (!translation) continue;
    tensor.stored_name = std::exchange(tensor.name, std::move(translation->name));
    tensor.in_out = translation->in_out;
  }
}

Result<Json> config_from_google_bert(const std::string& file, const TensorMap& tensors) {
  constexpr std::int64_t head_width = 64;  // of all BERT models that Google released
  const SizesFromShapes sizes(file, tensors);
  LL_ASSIGN(const auto words, sizes.matrix("bert.embeddings.word_embeddings.weight"));          // [V, H]
  LL_ASSIGN(const auto positions, sizes.matrix("bert.embeddings.position_embeddings.weight"));  // [P, H]
  LL_ASSIGN(const auto types, sizes.matrix("bert.embeddings.token_type_embeddings.weight"));    // [types, H]
  LL_ASSIGN(const auto inner, sizes.matrix("bert.encoder.layer.0.intermediate.dense.weight"));  // [H, I]
  LL_ASSIGN(const std::int64_t layers, sizes.layers());
  const std::int64_t hidden = words.second;
  if (hidden < head_width || hidden % head_width != 0)
    return sizes.error("bert.embeddings.word_embeddings.weight", fmt::format("{} columns", hidden),
                       fmt::format("a multiple of {}, the width of a head", head_width),
                       "Write the model's sizes and number of heads into a config.json");
  return Json(Json::Object{
      {"model_type", Json(std::string("bert"))},
      {"vocab_size", Json(words.first)},
      {"hidden_size", Json(hidden)},
      {"num_hidden_layers", Json(layers)},
      {"num_attention_heads", Json(hidden / head_width)},
      {"intermediate_size", Json(inner.second)},
      {"max_position_embeddings", Json(positions.first)},
      {"type_vocab_size", Json(types.first)},
      // The reference runs these weights with the erf form, though Google's later code has tanh's.
      {"hidden_act", Json(std::string("gelu"))},
      {"layer_norm_eps", Json(1e-12)}});
}

}  // namespace logitlens
