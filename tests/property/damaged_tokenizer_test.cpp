// Tokenizer files with bytes changed, cut out and put in anywhere: each is read or refused, and what is read can
// encode.
#include <gtest/gtest.h>

#include <random>

#include "support/tokenizer_files.h"

namespace logitlens {
namespace {

using test::Files;

struct Case {
  std::string golden, model_type, damaged;
  std::vector<std::string> others;
};

void PrintTo(const Case& one, std::ostream* out) { *out << one.golden << "/" << one.damaged; }

// One to four wounds, half of them in the first kilobytes, where the structure is.
std::string damage(std::string bytes, std::mt19937& random) {
  const auto below = [&](std::size_t n) { return n == 0 ? 0 : random() % n; };
  for (std::size_t wounds = 1 + below(4); wounds > 0; --wounds) {
    const std::size_t at = below(below(2) == 0 ? std::min<std::size_t>(bytes.size(), 4096) : bytes.size());
    switch (below(3)) {
      case 0: bytes[at] = static_cast<char>(random()); break;
      case 1: bytes.erase(at, 1 + below(16)); break;
      default: bytes.insert(at, 1 + below(16), static_cast<char>(random())); break;
    }
    if (bytes.empty()) break;
  }
  return bytes;
}

class DamagedTokenizer : public testing::TestWithParam<Case> {};

TEST_P(DamagedTokenizer, IsReadOrRefused) {
  const Case& one = GetParam();
  Files files;
  for (const std::string& name : one.others) files[name] = test::golden_file(one.golden, name);
  const std::string whole = test::golden_file(one.golden, one.damaged);
  std::mt19937 random(7);
  int refused = 0;
  for (int round = 0; round < 150; ++round) {
    files[one.damaged] = damage(whole, random);
    const auto tokenizer = Tokenizer::from_checkpoint(test::checkpoint_of(files, one.model_type));
    if (!tokenizer.ok()) {
      ++refused;
      ASSERT_EQ(tokenizer.error().code, Code::bad_input) << round;
      ASSERT_FALSE(tokenizer.error().file.empty()) << round;
      ASSERT_FALSE(tokenizer.error().remedy.empty()) << round;
      continue;
    }
    const auto tokens = tokenizer->encode("The way, don't ½ 数 [MASK] <mask>", "ﬁ x");
    ASSERT_TRUE(tokens.ok() || tokens.error().code == Code::bad_input) << round;
  }
  EXPECT_GT(refused, 0);
}

INSTANTIATE_TEST_SUITE_P(
    Files, DamagedTokenizer,
    testing::Values(Case{"bert", "bert", "vocab.txt", {}}, Case{"bert", "bert", "tokenizer.json", {}},
                    Case{"esm", "esm", "vocab.txt", {}},
                    Case{"roberta", "roberta", "vocab.json", {"merges.txt"}},
                    Case{"roberta", "roberta", "merges.txt", {"vocab.json"}},
                    Case{"roberta", "roberta", "tokenizer.json", {}},
                    Case{"roberta", "roberta", "tokenizer_config.json", {"vocab.json", "merges.txt"}},
                    Case{"albert", "albert", "spiece.model", {}},
                    Case{"deberta-v2", "deberta-v2", "spm.model", {}},
                    Case{"xlm-roberta", "xlm-roberta", "sentencepiece.bpe.model", {}},
                    Case{"xlm-roberta", "xlm-roberta", "tokenizer.json", {}}));

}  // namespace
}  // namespace logitlens
