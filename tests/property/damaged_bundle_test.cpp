// TensorFlow checkpoints damaged at random are refused, or read within their bounds: the sanitizers watch.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "io/tensor_bundle.h"
#include "unit/bundle_builder.h"
#include "unit/test_folder.h"

namespace logitlens {
namespace {

using namespace test;

constexpr int rounds = 3000;

class DamagedBundle : public testing::Test {
 protected:
  DamagedBundle() {
    for (int i = 0; i < 30; ++i)
      bundle_.add_floats("layer_" + std::to_string(i) + "/kernel", {2, 2}, {1, 2, 3, 4});
    bundle_.write(prefix_);
  }

  std::string damaged(std::string bytes) {
    for (unsigned n = 1 + random_() % 4; n > 0 && !bytes.empty(); --n) {
      const std::size_t at = random_() % bytes.size();
      const char byte = static_cast<char>(random_() & 0xff);
      switch (random_() % 4) {
        case 0: bytes[at] = byte; break;
        case 1: bytes[at] = static_cast<char>(bytes[at] ^ 1 << random_() % 8); break;
        case 2: bytes.erase(at, 1 + random_() % 8); break;
        default: bytes.insert(at, 1 + random_() % 3, byte); break;
      }
    }
    return bytes;
  }

  // True if the bundle was read; its tensors' bytes are then touched.
  bool reads(const std::string& index) {
    write_bytes(prefix_ + ".index", index);
    TensorMap tensors;
    std::vector<std::string> weight_files;
    const Status status = read_tensor_bundle(prefix_, tensors, weight_files);
    EXPECT_TRUE(status.ok() || !status.error().remedy.empty());
    for (const Tensor& tensor : tensors.all()) static_cast<void>(check_tensor_crc(tensor).ok());
    return status.ok();
  }

  TestFolder folder_;
  const std::string prefix_ = folder_.path_of("model.ckpt");
  BundleBuilder bundle_;
  std::mt19937 random_{1};
};

TEST_F(DamagedBundle, FilesAreRefused) {
  const std::string right = bundle_.index();
  const std::string before_footer = right.substr(0, right.size() - 48);
  for (int i = 0; i < rounds; ++i) {
    const std::string index = damaged(right);
    EXPECT_TRUE(!reads(index) || index.starts_with(before_footer)) << i;  // the footer's padding is free
  }
}

TEST_F(DamagedBundle, BlocksUnderARightChecksum) {
  const std::string right = block_contents(bundle_.records());
  int refused = 0;
  for (int i = 0; i < rounds; ++i) refused += !reads(table_of_blocks({damaged(right)}));
  EXPECT_GT(refused, rounds / 2);
}

TEST_F(DamagedBundle, MessagesUnderARightChecksum) {
  int refused = 0;
  for (int i = 0; i < rounds; ++i) {
    Records records = bundle_.records();
    std::string& message = records[random_() % records.size()].second;
    message = damaged(message);
    refused += !reads(table_of_records(records));
  }
  EXPECT_GT(refused, rounds / 2);
}

}  // namespace
}  // namespace logitlens
