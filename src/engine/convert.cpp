// A checkpoint written again as a safetensors directory under the reference library's own names.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <vector>

#include "base/no_throw.h"
#include "engine/model_impl.h"
#include "io/file_writer.h"
#include "io/json_text.h"
#include "io/safetensors.h"
#include "model/convert_floats.h"
#include "model/tensor_names.h"

namespace logitlens {

namespace {

std::string_view safetensors_dtype(DType dtype) {
  switch (dtype) {
    case DType::f16: return "F16";
    case DType::bf16: return "BF16";
    case DType::f64: return "F64";
    default: return "F32";
  }
}

// [in, out] bytes as [out, in].
std::vector<std::byte> transposed(const Tensor& tensor) {
  const std::size_t element = bytes_per_element(tensor.dtype), in = tensor.shape[0], out = tensor.shape[1];
  std::vector<std::byte> bytes(tensor.bytes.size());
  for (std::size_t i = 0; i < in; ++i)
    for (std::size_t o = 0; o < out; ++o)
      std::memcpy(bytes.data() + (o * in + i) * element, tensor.bytes.data() + (i * out + o) * element,
                  element);
  return bytes;
}

// The tensors the model uses, in the order of the architecture's rules, and what had to be transposed for them.
class TensorList {
 public:
  explicit TensorList(const Model::Impl& model) : model_(model) {
    for (const TensorRule& rule : model.config.arch->tensors) {
      if (rule.slot == Slot::decoder_weight && model.weights.decoder_is_tied()) continue;
      const std::size_t times = is_block_slot(rule.slot) ? model.config.blocks : 1;
      for (std::size_t block = 0; block < times; ++block)
        if (holds(rule.when, model.checkpoint.config, model.config, block)) add(rule, block);
    }
    std::ranges::sort(tensors_, {}, &OutTensor::name);
  }
  const std::vector<OutTensor>& tensors() const { return tensors_; }

 private:
  void add(const TensorRule& rule, std::size_t block) {
    const Weight& weight = is_block_slot(rule.slot) ? model_.weights.stored_block(block, rule.slot)
                                                    : model_.weights.global(rule.slot);
    const Tensor& tensor = *weight.stored;
    OutTensor out{
        canonical_name(*model_.config.arch, rule.slot, rule.preferred_name(model_.config.tied), block),
        std::string(safetensors_dtype(tensor.dtype)), tensor.shape, tensor.bytes};
    if (tensor.in_out) {
      std::ranges::reverse(out.shape);
      owned_.push_back(transposed(tensor));
      out.bytes = owned_.back();
    }
    tensors_.push_back(std::move(out));
  }

  const Model::Impl& model_;
  std::vector<std::vector<std::byte>> owned_;
  std::vector<OutTensor> tensors_;
};

Status make_directory(const std::string& directory) {
  std::error_code fault;
  std::filesystem::create_directories(directory, fault);
  if (!fault) return ok_status();
  return Error{.code = Code::io,
               .file = directory,
               .field = "",
               .found = fault.message(),
               .expected = "a folder that can be made",
               .remedy = "Choose another folder",
               .names = {}};
}

// The configuration with the class that transformers is to load.
std::string config_text(const Model::Impl& model) {
  Json::Object config = *model.checkpoint.config.get<Json::Object>();
  const auto set = [&](std::string key, Json value) {
    const auto at = std::ranges::find(config, key, [](const auto& entry) { return entry.first; });
    if (at != config.end())
      at->second = std::move(value);
    else
      config.emplace_back(std::move(key), std::move(value));
  };
  set("architectures", Json(Json::Array{Json(std::string(model.config.arch->lm_classes.front()))}));
  return json_text(Json(std::move(config))) + "\n";
}

}  // namespace

Status Model::convert(const std::string& directory, bool force) const {
  return no_throw([&]() -> Status {
    ThreadTeam team(0);
    LL_TRY(impl_->weights.check_globals(team, true));
    for (std::size_t layer = 0; layer < impl_->config.layers; ++layer)
      LL_TRY(impl_->weights.check_block(layer, team, true));
    LL_TRY(make_directory(directory));
    const auto path = [&](std::string_view name) {
      return (std::filesystem::path(directory) / name).string();
    };
    // The weights last: a directory that has them is complete.
    LL_TRY(write_file(path("config.json"), config_text(*impl_), force));
    for (const auto& [name, file] : impl_->checkpoint.tokenizer_files)
      LL_TRY(write_file(path(name), file->text(), force));
    const TensorList list(*impl_);
    return write_safetensors(path("model.safetensors"), list.tensors(), {{"format", "pt"}}, force,
                             [&] { return impl_->checkpoint.check_unchanged(); });
  });
}

}  // namespace logitlens
