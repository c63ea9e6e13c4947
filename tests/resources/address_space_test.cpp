// Too little address space for the tokenizer crate, which would end the process.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <fstream>
#include <sstream>
#include <string>

#include "support/golden.h"
#include "text/tokenizer_crate.h"

namespace logitlens {
namespace {

// While it lives, the process gets only so much more than it has.
class LimitedSpace {
 public:
  explicit LimitedSpace(std::size_t bytes) {
    std::size_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages;
    getrlimit(RLIMIT_AS, &before_);
    rlimit limit = before_;
    limit.rlim_cur = pages * 4096 + bytes;
    setrlimit(RLIMIT_AS, &limit);
  }
  ~LimitedSpace() { setrlimit(RLIMIT_AS, &before_); }
  LimitedSpace(const LimitedSpace&) = delete;
  LimitedSpace& operator=(const LimitedSpace&) = delete;

 private:
  rlimit before_{};
};

std::string tokenizer_json() {
  std::stringstream content;
  content << std::ifstream(test::golden_folder("bert") + "/tokenizer.json").rdbuf();
  return content.str();
}

void expect_memory(const Status& status) {
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, Code::memory) << status.error().message();
  EXPECT_EQ(status.error().file, "tokenizer.json");
}

template <class T>
Status status_of(const Result<T>& result) {
  return result.ok() ? ok_status() : Status(result.error());
}

TEST(AddressSpace, IsAskedForBeforeATokenizerIsRead) {
  const std::string json = tokenizer_json() + std::string(std::size_t{1} << 20, ' ');
  {
    const LimitedSpace limited(std::size_t{8} << 20);
    expect_memory(status_of(crate_from_json("tokenizer.json", json)));
  }
  EXPECT_TRUE(crate_from_json("tokenizer.json", json).ok());
}

TEST(AddressSpace, IsAskedForBeforeATextIsEncoded) {
  const auto tokenizer = crate_from_json("tokenizer.json", tokenizer_json());
  ASSERT_TRUE(tokenizer.ok()) << tokenizer.error().message();
  const std::string text(100'000, 'a');
  {
    const LimitedSpace limited(std::size_t{8} << 20);
    expect_memory(status_of(crate_encode("tokenizer.json", **tokenizer, text)));
    EXPECT_TRUE(crate_encode("tokenizer.json", **tokenizer, "the way").ok());
  }
  EXPECT_TRUE(crate_encode("tokenizer.json", **tokenizer, text).ok());
}

}  // namespace
}  // namespace logitlens
