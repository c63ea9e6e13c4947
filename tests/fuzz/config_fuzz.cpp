// config.json of any family: the JSON reader, the sizes and rules made of it, and which tensors they ask for.
#include "model/config.h"

#include <cmath>

#include "io/json.h"
#include "model/weights.h"
#include "support.h"

namespace logitlens::fuzz {
namespace {

void check_config(const ModelConfig& config) {
  check(config.layers >= 1 && config.blocks >= 1 && config.blocks <= config.layers, "layers and blocks");
  check(config.heads >= 1 && config.key_heads >= 1 && config.heads % config.key_heads == 0, "heads");
  check(config.hidden >= 1 && config.inner >= 1 && config.vocab >= 1 && config.embedding >= 1, "sizes");
  check(config.head_width >= 1 && config.positions >= 1, "head width and positions");
  check(std::isfinite(config.eps) && config.eps >= 0, "eps");
  check(std::isfinite(config.score_scale()), "the scale of scores");
  for (std::size_t layer = 0; layer < config.layers; ++layer) {
    check(config.block_of(layer) < config.blocks, "a layer has a block");
    for (const float frequency : config.rotation_of(layer).frequencies)
      check(std::isfinite(frequency), "frequencies are finite");
    check(config.rotation_of(layer).frequencies.size() * 2 <= config.head_width, "a rotation fits its head");
    check(config.rotation_of(layer).frequencies.size() <= 1 << 15, "a few lines make no large table");
  }
  for (int dim = 0; dim <= static_cast<int>(Dim::kernel); ++dim)
    check(config.size(static_cast<Dim>(dim)) < std::size_t{1} << 60, "no size comes near an overflow");
}

}  // namespace

FUZZ_TARGET(config) {
  const auto parts = split(input, 2);  // the configuration; names of tensors, a line each
  auto json = parse_json("dir/config.json", parts[0]);
  if (!succeeded(json)) return;
  Checkpoint checkpoint;
  checkpoint.path = "dir";
  checkpoint.config_file = "dir/config.json";
  checkpoint.config = std::move(*json);
  const auto config = read_config(checkpoint);
  if (!succeeded(config)) return;
  check_config(*config);

  static const std::vector<std::byte> zeros(256);
  for (std::size_t at = 0; at < parts[1].size();) {
    const std::size_t end = std::min(parts[1].find('\n', at), parts[1].size());
    Tensor tensor;
    tensor.name = parts[1].substr(at, end - at);
    tensor.file = "dir/model.safetensors";
    tensor.dtype_name = "F32";
    tensor.dtype = DType::f32;
    tensor.shape = {8, 8};
    tensor.bytes = zeros;
    checkpoint.tensors.add(std::move(tensor));
    at = end + 1;
  }
  std::string duplicate;
  if (checkpoint.tensors.finish(&duplicate)) static_cast<void>(succeeded(Weights::load(checkpoint, *config)));
}

}  // namespace logitlens::fuzz
