#include <algorithm>
#include <array>

#include "arch/families.h"

namespace logitlens {

namespace {

constexpr const ArchSpec& (*registry[])() = {
#define FAMILY(name) &name,
#include "arch/registry.inc"
#undef FAMILY
};

struct NamedActivation {
  std::string_view name;
  Activation activation;
};
constexpr std::array named_activations = {
    NamedActivation{"gelu", Activation::gelu_erf},
    NamedActivation{"gelu_python", Activation::gelu_erf},
    NamedActivation{"gelu_new", Activation::gelu_tanh},
    NamedActivation{"gelu_pytorch_tanh", Activation::gelu_tanh},
    NamedActivation{"gelu_fast", Activation::gelu_fast},
    NamedActivation{"quick_gelu", Activation::quick_gelu},
    NamedActivation{"gelu_10", Activation::gelu_10},
    NamedActivation{"relu", Activation::relu},
    NamedActivation{"silu", Activation::silu},
    NamedActivation{"swish", Activation::silu},
    NamedActivation{"mish", Activation::mish},
    NamedActivation{"tanh", Activation::tanh},
};

}  // namespace

const std::vector<const ArchSpec*>& architectures() {
  static const std::vector<const ArchSpec*> all = [] {
    std::vector<const ArchSpec*> specs;
    for (const auto& family : registry) specs.push_back(&family());
    return specs;
  }();
  return all;
}

const ArchSpec* find_architecture(std::string_view model_type) {
  const auto& all = architectures();
  const auto at = std::ranges::find(all, model_type, &ArchSpec::model_type);
  return at == all.end() ? nullptr : *at;
}

const ArchSpec* find_architecture_of_class(std::string_view lm_class) {
  for (const ArchSpec* spec : architectures())
    if (std::ranges::find(spec->lm_classes, lm_class) != spec->lm_classes.end()) return spec;
  return nullptr;
}

std::vector<std::string_view> architecture_names() {
  std::vector<std::string_view> names;
  for (const ArchSpec* spec : architectures()) names.push_back(spec->model_type);
  return names;
}

std::optional<Activation> activation_by_name(std::string_view name) {
  for (const NamedActivation& known : named_activations)
    if (known.name == name) return known.activation;
  return std::nullopt;
}

std::string_view activation_names() {
  return "gelu, gelu_python, gelu_new, gelu_pytorch_tanh, gelu_fast, quick_gelu, gelu_10, relu, silu, swish, "
         "mish, tanh";
}

std::string_view describe_activation(Activation activation) {
  switch (activation) {
    case Activation::gelu_erf: return "gelu (erf)";
    case Activation::gelu_tanh: return "gelu (tanh)";
    case Activation::gelu_fast: return "gelu (tanh, rounded constant)";
    case Activation::quick_gelu: return "quick gelu: x sigmoid(1.702 x)";
    case Activation::gelu_10: return "gelu (erf), clipped to -10..10";
    case Activation::relu: return "relu";
    case Activation::silu: return "silu: x sigmoid(x)";
    case Activation::mish: return "mish: x tanh(softplus(x))";
    case Activation::tanh: return "tanh";
  }
  return "";
}

}  // namespace logitlens
