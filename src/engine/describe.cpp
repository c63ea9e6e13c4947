// What `inspect` shows of a model.
#include <fmt/format.h>

#include <algorithm>

#include "arch/family_text.h"
#include "base/no_throw.h"
#include "engine/model_impl.h"
#include "lens/head.h"
#include "model/plan.h"
#include "model/tensor_names.h"

namespace logitlens {

namespace {

std::vector<TensorInfo> list_tensors(const Model::Impl& model) {
  std::vector<TensorInfo> tensors;
  for (const Tensor& tensor : model.checkpoint.tensors.all()) {
    const WeightUse* use = model.weights.use_of(tensor);
    const std::string taken_for = !use ? ""
                                  : is_block_slot(use->slot)
                                      ? fmt::format("block {}: {}", use->block + 1, use->use)
                                      : std::string(use->use);
    tensors.push_back({tensor.stored_name.empty() ? tensor.name : tensor.stored_name, tensor.dtype_name,
                       tensor.shape, taken_for});
  }
  return tensors;
}

void count_weights(const Model::Impl& model, ModelDescription& description) {
  for (const Tensor& tensor : model.checkpoint.tensors.all()) {
    if (!model.weights.use_of(tensor)) continue;
    std::size_t elements = 1;
    for (std::size_t n : tensor.shape) elements *= n;  // checked when the file was read
    description.parameters += elements;
    description.weight_bytes += tensor.bytes.size();
  }
}

// A sweep of a text as long as the model takes: weights, conversions, and the buffers of one batch.
std::size_t sweep_bytes(const Model::Impl& model, std::size_t weight_bytes) {
  const BatchShape longest{1, model.config.positions, model.config.positions, true, 1, Taps::layer};
  const std::size_t states =
      model.config.positions * (model.config.layers + 1) * model.config.hidden * sizeof(float);
  return weight_bytes + model.weights.converted_bytes() + plan_bytes(model.config, longest) + states;
}

}  // namespace

Result<ModelDescription> Model::describe() const {
  return no_throw([&]() -> Result<ModelDescription> {
    const ModelConfig& config = impl_->config;
    ModelDescription description;
    description.info = impl_->info;
    description.heads = static_cast<int>(config.heads);
    description.inner = static_cast<int>(config.inner);
    description.positions = static_cast<int>(config.positions);
    description.token_types = static_cast<int>(config.token_types);
    description.embeddings = describe_embeddings(
        *config.arch, [&](Slot slot) { return impl_->weights.global(slot).data != nullptr; });
    description.block = describe_block(*config.arch);
    if (config.causal) description.predicts = "next";
    description.activation = std::string(describe_activation(config.activation));
    description.layer_norm_eps = static_cast<double>(config.eps);
    description.files = impl_->checkpoint.weight_files;
    for (const auto& [name, file] : impl_->checkpoint.tokenizer_files)
      description.files.push_back(file->path());
    description.format = impl_->checkpoint.format;
    description.tied_decoder = impl_->weights.decoder_is_tied();
    description.head = describe_head(config, impl_->weights);
    for (Lens lens : available_lenses(config, impl_->weights))
      description.lenses.emplace_back(lens_name(lens));
    description.tensors = list_tensors(*impl_);
    count_weights(*impl_, description);
    description.memory_bytes = sweep_bytes(*impl_, description.weight_bytes);
    description.tokenizer = impl_->tokenizer.description();
    description.special_tokens = impl_->tokenizer.special_list();
    description.licence = impl_->checkpoint.licence;
    description.notes = impl_->notes();
    const auto unknown = std::ranges::count_if(impl_->checkpoint.tensors.all(), [&](const Tensor& tensor) {
      return !impl_->weights.use_of(tensor) && !is_ignored(*config.arch, tensor.name);
    });
    if (unknown > 0)
      description.notes.push_back(fmt::format("{} tensors in the files are not part of this model", unknown));
    return description;
  });
}

}  // namespace logitlens
