// `verify --against` notices any one tensor that the model uses perturbed, transposed, or swapped with another of its shape.
//
// One kind of tensor is beyond any comparison of outputs: what adds the same number to all scores of a query, for softmax
// takes it away again. That is a key's bias where scores do not depend on where the key stands, and the bias of keys of
// distances always. Perturbed alone it changes nothing that a model computes; the test states so.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <stdexcept>
#include <string_view>

#include "logitlens/logitlens.h"
#include "support/tampered_checkpoint.h"

namespace logitlens {
namespace {

using test::StoredTensor;
using test::TamperedCheckpoint;
using Tensors = std::map<std::string, StoredTensor>;

class Tampered : public testing::TestWithParam<std::string> {
 protected:
  // The outcome of `verify --against` with these tensors in place of the checkpoint's own.
  bool noticed(const Tensors& tensors) {
    checkpoint_.tensors = tensors;
    checkpoint_.save_tensors();
    auto model = Model::open(checkpoint_.path());
    if (!model.ok()) throw std::runtime_error(model.error().message());
    auto report = model->verify(test::golden_folder(GetParam()) + "/golden.safetensors", 1);
    if (!report.ok()) throw std::runtime_error(report.error().message());
    return !report->passed();
  }

  // Whether the model computes with it: not with buffers, nor with the other name of the vocabulary's bias.
  bool is_used(const std::string& name) const { return used_.contains(name); }

  bool is_without_effect(const std::string& name) const {
    if (name.ends_with("pos_key_proj.bias")) return true;
    const std::string family = checkpoint_.config["model_type"];
    const bool by_position = family == "deberta-v2" || family == "esm" || family == "qwen2";
    return !by_position &&
           std::ranges::any_of(key_biases, [&](auto ending) { return name.ends_with(ending); });
  }
  static constexpr std::array<std::string_view, 4> key_biases = {
      "attention.self.key.bias", "attention.key.bias", "attention.k_lin.bias", "attention.attn.k.bias"};

  TamperedCheckpoint checkpoint_{GetParam()};
  const Tensors original_ = checkpoint_.tensors;
  const std::set<std::string> used_ = [&] {
    std::set<std::string> used;
    const ModelDescription description = *Model::open(checkpoint_.path())->describe();
    for (const TensorInfo& tensor : description.tensors)
      if (!tensor.use.empty()) used.insert(tensor.name);
    return used;
  }();
};

TEST_P(Tampered, UntouchedPasses) { EXPECT_FALSE(noticed(original_)); }

TEST_P(Tampered, PerturbedTensorIsNoticed) {
  for (const auto& [name, stored] : original_) {
    if (!is_used(name)) continue;
    Tensors changed = original_;
    StoredTensor& tensor = changed[name];
    for (std::size_t i = 0; i < tensor.floats(); ++i)
      tensor.set(i, tensor.get(i) + 0.05f * (1 + std::abs(tensor.get(i))));
    EXPECT_EQ(noticed(changed), !is_without_effect(name)) << name;
  }
}

TEST_P(Tampered, TransposedMatrixIsNoticed) {
  for (const auto& [name, stored] : original_) {
    if (stored.shape.size() != 2 || stored.shape[0] == 1 || !is_used(name)) continue;
    Tensors changed = original_;
    const std::size_t rows = stored.shape[0], cols = stored.shape[1];
    for (std::size_t r = 0; r < rows; ++r)
      for (std::size_t c = 0; c < cols; ++c) changed[name].set(c * rows + r, stored.get(r * cols + c));
    EXPECT_TRUE(noticed(changed)) << name;
  }
}

TEST_P(Tampered, SwappedTensorsAreNoticed) {
  for (auto a = original_.begin(); a != original_.end(); ++a) {
    // The next tensor of the same shape in the order of names is swap enough: every tensor takes part in one.
    auto b = std::find_if(std::next(a), original_.end(), [&](const auto& other) {
      return other.second.shape == a->second.shape && is_used(other.first);
    });
    if (b == original_.end() || !is_used(a->first)) continue;
    if (is_without_effect(a->first) && is_without_effect(b->first)) continue;
    Tensors changed = original_;
    std::swap(changed[a->first].bytes, changed[b->first].bytes);
    EXPECT_TRUE(noticed(changed)) << a->first << " and " << b->first;
  }
}

INSTANTIATE_TEST_SUITE_P(Goldens, Tampered, testing::ValuesIn(test::golden_names()), [](const auto& one) {
  std::string name = one.param;
  std::ranges::replace(name, '-', '_');
  return name;
});

}  // namespace
}  // namespace logitlens
