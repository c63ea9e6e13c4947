#include "io/hash.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include "io/cache_folder.h"
#include "io/checkpoint.h"
#include "unit/test_folder.h"

namespace logitlens::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kAbc =
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";  // FIPS 180-4
constexpr const char* kEmpty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

TEST(Sha256, GivesThePublishedDigests) {
  EXPECT_EQ(sha256_hex(std::as_bytes(std::span("abc", 3))), kAbc);
  EXPECT_EQ(sha256_hex({}), kEmpty);
}

TEST(Sha256, WritesBase64) {
  EXPECT_EQ(sha256_base64("abc"), "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
  EXPECT_EQ(sha256_base64(""), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
}

TEST(Sha256, KnowsADigestWhenItSeesOne) {
  EXPECT_TRUE(is_sha256_hex(kAbc));
  EXPECT_FALSE(is_sha256_hex(std::string(kAbc).substr(1)));
  EXPECT_FALSE(is_sha256_hex(std::string(63, 'a') + "G"));
  EXPECT_FALSE(is_sha256_hex(std::string(64, 'A')));
}

// Sets a variable of the environment, or unsets it; puts it back in the end.
class Variable {
 public:
  explicit Variable(const char* name) : name_(name) {
    if (const char* value = ::getenv(name)) old_ = value;
    ::unsetenv(name);
  }
  ~Variable() { old_ ? ::setenv(name_, old_->c_str(), 1) : ::unsetenv(name_); }
  void set(const std::string& value) const { ::setenv(name_, value.c_str(), 1); }

 private:
  const char* name_;
  std::optional<std::string> old_;
};

// Every test has a cache folder of its own.
class WeightsSha256 : public testing::Test {
 protected:
  WeightsSha256() {
    variable_.set((cache_.path() / "cache").string());
    file_ = folder_.write("model.safetensors", "abc");
  }

  static std::optional<std::string> hash_of(const std::vector<std::string>& files, bool compute) {
    const auto hash = weights_sha256(files, compute);
    EXPECT_TRUE(hash.ok());
    return hash.ok() ? *hash : std::nullopt;
  }

  std::string stamp() const {
    return fs::directory_iterator(cache_.path() / "cache" / "sha256")->path().string();
  }

  Variable variable_{"LOGITLENS_CACHE"};
  TestFolder cache_, folder_;
  std::string file_;
};

TEST_F(WeightsSha256, IsComputedOnlyWhenAskedFor) {
  EXPECT_EQ(hash_of({file_}, false), std::nullopt);
  EXPECT_EQ(hash_of({file_}, true), kAbc);
}

TEST_F(WeightsSha256, IsRememberedInAStamp) {
  hash_of({file_}, true);
  EXPECT_EQ(hash_of({file_}, false), kAbc);
}

TEST_F(WeightsSha256, TheStampIsReadNotTheFile) {
  hash_of({file_}, true);
  const std::string path = stamp();
  std::string text = cache_.read(fs::path(path).lexically_relative(cache_.path()).string());
  text.replace(text.find(kAbc), 64, kEmpty);
  std::ofstream(path) << text;
  EXPECT_EQ(hash_of({file_}, true), kEmpty);
}

TEST_F(WeightsSha256, AChangedFileIsNotRemembered) {
  hash_of({file_}, true);
  const auto time = fs::last_write_time(file_);
  folder_.write("model.safetensors", "abd");
  fs::last_write_time(file_, time);  // same size, time and inode: only the change time tells
  EXPECT_EQ(hash_of({file_}, false), std::nullopt);
  EXPECT_NE(hash_of({file_}, true), kAbc);
}

TEST_F(WeightsSha256, ADamagedStampIsIgnored) {
  hash_of({file_}, true);
  for (const char* text : {"", "x", "\n\n", "size 3\nba78"}) {
    std::ofstream(stamp()) << text;
    EXPECT_EQ(hash_of({file_}, false), std::nullopt);
  }
}

TEST_F(WeightsSha256, NeedsNoWritableCache) {
  variable_.set("/proc/no/cache");
  EXPECT_EQ(hash_of({file_}, true), kAbc);
  EXPECT_EQ(hash_of({file_}, false), std::nullopt);
}

TEST_F(WeightsSha256, OfAHubSnapshotIsTheNameOfItsBlob) {
  const std::string digest(64, 'd');
  folder_.write("models--org--name/blobs/" + digest, "abc");
  const fs::path snapshot = folder_.path() / "models--org--name" / "snapshots" / "0123";
  fs::create_directories(snapshot);
  fs::create_symlink("../../blobs/" + digest, snapshot / "model.safetensors");
  EXPECT_EQ(hash_of({(snapshot / "model.safetensors").string()}, false), digest);
}

TEST_F(WeightsSha256, OfOtherLinksIsNotTheirName) {
  const std::string digest(64, 'd');
  folder_.write("elsewhere/blobs/" + digest, "abc");
  folder_.write("models--org--name/blobs/0123456789012345678901234567890123456789", "abc");
  fs::create_symlink("elsewhere/blobs/" + digest, folder_.path() / "a");
  fs::create_symlink("models--org--name/blobs/0123456789012345678901234567890123456789",
                     folder_.path() / "b");
  EXPECT_EQ(hash_of({folder_.path_of("a")}, true), kAbc);
  EXPECT_EQ(hash_of({folder_.path_of("b")}, true), kAbc);
}

TEST_F(WeightsSha256, OfSeveralFilesIsThatOfTheirSortedList) {
  const std::string empty = folder_.write("a.safetensors", "");
  const std::string list = std::string(kEmpty) + "  a.safetensors\n" + kAbc + "  model.safetensors\n";
  EXPECT_EQ(hash_of({file_, empty}, true), sha256_hex(std::as_bytes(std::span(list))));
  EXPECT_EQ(hash_of({empty, file_}, false), sha256_hex(std::as_bytes(std::span(list))));
  EXPECT_EQ(hash_of({}, true), std::nullopt);
}

TEST_F(WeightsSha256, OfAMissingFileIsAnIoError) {
  const auto hash = weights_sha256({folder_.path_of("gone")}, true);
  ASSERT_FALSE(hash.ok());
  EXPECT_EQ(hash.error().code, Code::io);
  EXPECT_EQ(hash.error().file, folder_.path_of("gone"));
}

TEST(CacheFolder, FollowsTheEnvironment) {
  const Variable home("HOME"), cache("XDG_CACHE_HOME"), own("LOGITLENS_CACHE");
  EXPECT_EQ(cache_folder(), "");
  home.set("/home/x");
  EXPECT_EQ(cache_folder(), "/home/x/.cache/logitlens");
  cache.set("relative");
  EXPECT_EQ(cache_folder(), "/home/x/.cache/logitlens");
  cache.set("/cache");
  EXPECT_EQ(cache_folder(), "/cache/logitlens");
  own.set("/own");
  EXPECT_EQ(cache_folder(), "/own");
}

}  // namespace
}  // namespace logitlens::test
