// What FileWriter tells the disk, and when: these tests stand between it and fsync.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string>
#include <vector>

#include "io/file_writer.h"
#include "unit/test_folder.h"

namespace {

struct SyncCall {
  bool is_folder = false;
  bool name_exists = false;  // of the file that is being written, at the time of the call
};

struct Watch {
  std::string path;  // "": not watching
  std::vector<SyncCall> calls;
  std::size_t failing = 99;  // the call that fails, from 0
};
Watch watch;

}  // namespace

// Takes the place of the C library's in this test program.
extern "C" int fsync(int fd) {
  if (!watch.path.empty()) {
    struct stat status = {};
    ::fstat(fd, &status);
    watch.calls.push_back({S_ISDIR(status.st_mode), std::filesystem::exists(watch.path)});
    if (watch.calls.size() - 1 == watch.failing) {
      errno = EIO;
      return -1;
    }
  }
  return static_cast<int>(::syscall(SYS_fsync, fd));
}

namespace logitlens::test {
namespace {

class Sync : public testing::Test {
 protected:
  Status write() {
    watch = {.path = path_, .calls = {}, .failing = watch.failing};
    return write_file(path_, "content", true);
  }
  ~Sync() override { watch = {}; }

  const TestFolder folder_;
  const std::string path_ = folder_.path_of("out.json");
};

TEST_F(Sync, AFileBeforeItHasItsNameItsFolderAfter) {
  ASSERT_TRUE(write().ok());
  ASSERT_EQ(watch.calls.size(), 2u);
  EXPECT_FALSE(watch.calls[0].is_folder);
  EXPECT_FALSE(watch.calls[0].name_exists);
  EXPECT_TRUE(watch.calls[1].is_folder);
  EXPECT_TRUE(watch.calls[1].name_exists);
}

TEST_F(Sync, AFailureIsFinalAndLeavesNothing) {
  watch.failing = 0;
  const Status status = write();
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, Code::io);
  EXPECT_EQ(watch.calls.size(), 1u) << "never tried again: the data may be gone";
  EXPECT_EQ(folder_.entries(), 0u);
}

TEST_F(Sync, AFailureKeepsWhatWasThere) {
  ASSERT_TRUE(write_file(path_, "before", false).ok());
  watch.failing = 0;
  EXPECT_FALSE(write().ok());
  EXPECT_EQ(std::filesystem::file_size(path_), 6u);
}

TEST_F(Sync, AFolderThatCannotBeSyncedIsAnError) {
  watch.failing = 1;
  const Status status = write();
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, Code::io);
  EXPECT_NE(status.error().message().find(path_), std::string::npos);
}

}  // namespace
}  // namespace logitlens::test
