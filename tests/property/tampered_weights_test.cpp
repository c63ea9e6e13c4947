// `verify --against` notices any one tensor perturbed, transposed, or swapped with another of its shape.
//
// One kind of tensor is beyond any comparison of outputs: the key bias adds the same number to all scores of a query, and
// softmax takes it away again. Perturbed alone it changes nothing that a model computes; the test states so.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>

#include "io/safetensors.h"
#include "logitlens/logitlens.h"
#include "support/golden.h"

namespace logitlens {
namespace {

namespace fs = std::filesystem;

struct Stored {
  std::vector<std::size_t> shape;
  std::vector<float> values;
};
using Checkpoint = std::map<std::string, Stored>;

class Tampered : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    source_ = test::golden_folder(GetParam());
    folder_ = fs::temp_directory_path() / ("logitlens-tampered-" + GetParam());
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    for (const auto& entry : fs::directory_iterator(source_))
      if (entry.path().filename() != "model.safetensors")
        fs::copy(entry.path(), folder_ / entry.path().filename());
    const test::GoldenFile file(source_ + "/model.safetensors");
    for (const Tensor& tensor : file.tensors.all())
      checkpoint_[tensor.name] = {tensor.shape, file.floats(tensor.name)};
  }
  void TearDown() override { fs::remove_all(folder_); }

  bool noticed(const Checkpoint& checkpoint) const {
    std::vector<OutTensor> tensors;
    for (const auto& [name, stored] : checkpoint)
      tensors.push_back({name, "F32", stored.shape, std::as_bytes(std::span(stored.values))});
    EXPECT_TRUE(write_safetensors((folder_ / "model.safetensors").string(), tensors, {}, true).ok());
    auto model = Model::open(folder_.string());
    EXPECT_TRUE(model.ok());
    auto report = model->verify(source_ + "/golden.safetensors", 1);
    EXPECT_TRUE(report.ok());
    return !report->passed();
  }

  // Where both names of the vocabulary's bias are stored, an untied model computes with the decoder's.
  bool is_used(const std::string& name) const {
    return name != "cls.predictions.bias" || !checkpoint_.contains("cls.predictions.decoder.bias");
  }
  static bool is_key_bias(const std::string& name) { return name.ends_with("attention.self.key.bias"); }

  std::string source_;
  fs::path folder_;
  Checkpoint checkpoint_;
};

TEST_P(Tampered, UntouchedPasses) { EXPECT_FALSE(noticed(checkpoint_)); }

TEST_P(Tampered, PerturbedTensorIsNoticed) {
  for (const auto& [name, stored] : checkpoint_) {
    if (!is_used(name)) continue;
    Checkpoint changed = checkpoint_;
    for (float& value : changed[name].values) value += 0.02f * (1 + std::abs(value));
    EXPECT_EQ(noticed(changed), !is_key_bias(name)) << name;
  }
}

TEST_P(Tampered, TransposedMatrixIsNoticed) {
  for (const auto& [name, stored] : checkpoint_) {
    if (stored.shape.size() != 2 || !is_used(name)) continue;
    Checkpoint changed = checkpoint_;
    const std::size_t rows = stored.shape[0], cols = stored.shape[1];
    for (std::size_t r = 0; r < rows; ++r)
      for (std::size_t c = 0; c < cols; ++c) changed[name].values[c * rows + r] = stored.values[r * cols + c];
    EXPECT_TRUE(noticed(changed)) << name;
  }
}

TEST_P(Tampered, SwappedTensorsAreNoticed) {
  for (auto a = checkpoint_.begin(); a != checkpoint_.end(); ++a) {
    // The next tensor of the same shape in the order of names is swap enough: every tensor takes part in one.
    auto b = std::find_if(std::next(a), checkpoint_.end(), [&](const auto& other) {
      return other.second.shape == a->second.shape && is_used(other.first);
    });
    if (b == checkpoint_.end() || !is_used(a->first)) continue;
    if (is_key_bias(a->first) && is_key_bias(b->first)) continue;
    Checkpoint changed = checkpoint_;
    std::swap(changed[a->first].values, changed[b->first].values);
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
