#include "io/file_writer.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>

#include "io/mapped_file.h"
#include "logitlens/signals.h"
#include "unit/test_folder.h"

namespace logitlens::test {
namespace {

namespace fs = std::filesystem;

void expect_error(const Status& status, Code code, const std::string& path) {
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, code) << status.error().message();
  EXPECT_EQ(status.error().file, path);
  EXPECT_FALSE(status.error().found.empty());
  EXPECT_FALSE(status.error().remedy.empty());
}

TEST(FileWriterTest, GivesTheNameOnlyAtTheCommit) {
  const TestFolder folder;
  auto file = FileWriter::create(folder.path_of("x"), false);
  ASSERT_TRUE(file.ok());
  file->write("abc");
  file->write(std::as_bytes(std::span("def", 3)));
  EXPECT_FALSE(fs::exists(folder.path() / "x"));
  ASSERT_TRUE(file->commit().ok());
  EXPECT_EQ(folder.read("x"), "abcdef");
  EXPECT_EQ(folder.entries(), 1u);
}

TEST(FileWriterTest, LeavesNothingWithoutACommit) {
  const TestFolder folder;
  {
    auto file = FileWriter::create(folder.path_of("x"), false);
    ASSERT_TRUE(file.ok());
    FileWriter moved = std::move(*file);
    moved.write("abc");
    EXPECT_EQ(folder.entries(), 1u);
  }
  EXPECT_EQ(folder.entries(), 0u);
}

TEST(FileWriterTest, DoesNotReplaceWithoutForce) {
  const TestFolder folder;
  const std::string path = folder.write("x", "old");
  const Status status = write_file(path, "new", false);
  expect_error(status, Code::usage, path);
  EXPECT_NE(status.error().remedy.find("use --force"), std::string::npos);
  EXPECT_EQ(folder.read("x"), "old");
  EXPECT_EQ(folder.entries(), 1u);
  ASSERT_TRUE(write_file(path, "new", true).ok());
  EXPECT_EQ(folder.read("x"), "new");
  EXPECT_EQ(folder.entries(), 1u);
}

TEST(FileWriterTest, DoesNotReplaceAFileThatAppearedMeanwhile) {
  const TestFolder folder;
  auto file = FileWriter::create(folder.path_of("x"), false);
  ASSERT_TRUE(file.ok());
  folder.write("x", "other");
  expect_error(file->commit(), Code::usage, folder.path_of("x"));
  EXPECT_EQ(folder.read("x"), "other");
  EXPECT_EQ(folder.entries(), 1u);
}

TEST(FileWriterTest, ReplacesALinkNotWhatItPointsTo) {
  const TestFolder folder;
  folder.write("blob", "precious");
  fs::create_symlink("blob", folder.path() / "x");
  expect_error(write_file(folder.path_of("x"), "new", false), Code::usage, folder.path_of("x"));
  ASSERT_TRUE(write_file(folder.path_of("x"), "new", true).ok());
  EXPECT_EQ(folder.read("x"), "new");
  EXPECT_EQ(folder.read("blob"), "precious");
}

TEST(FileWriterTest, ADanglingLinkExistsToo) {
  const TestFolder folder;
  fs::create_symlink("nowhere", folder.path() / "x");
  expect_error(write_file(folder.path_of("x"), "new", false), Code::usage, folder.path_of("x"));
}

TEST(FileWriterTest, FoldersThatCannotBeWrittenAreErrorsBeforeAnyWork) {
  const TestFolder folder;
  const std::string file = folder.write("file", "");
  for (const std::string& path :
       {folder.path_of("no/such/x"), file + "/x", std::string("/proc/logitlens-x")}) {
    SCOPED_TRACE(path);
    const auto writer = FileWriter::create(path, true);
    ASSERT_FALSE(writer.ok());
    EXPECT_EQ(writer.error().code, Code::io);
    EXPECT_EQ(writer.error().file, path);
  }
}

TEST(FileWriterTest, AReadOnlyFolderIsAnIoError) {
  const TestFolder folder;
  ASSERT_EQ(::chmod(folder.path().c_str(), 0555), 0);
  const bool is_root = ::geteuid() == 0;  // to whom no folder is read-only
  if (is_root) {
    ASSERT_EQ(::seteuid(65534), 0);
  }
  const auto writer = FileWriter::create(folder.path_of("x"), false);
  if (is_root) {
    ASSERT_EQ(::seteuid(0), 0);
  }
  ASSERT_EQ(::chmod(folder.path().c_str(), 0755), 0);
  ASSERT_FALSE(writer.ok());
  EXPECT_EQ(writer.error().code, Code::io);
  EXPECT_EQ(writer.error().found, "Permission denied");
}

TEST(FileWriterTest, DirectoriesAndDevicesAreNoTargets) {
  const TestFolder folder;
  for (const std::string& path : {folder.path().string(), std::string("/dev/null")}) {
    const auto writer = FileWriter::create(path, true);
    ASSERT_FALSE(writer.ok());
    EXPECT_EQ(writer.error().code, Code::io);
  }
}

// A limit on the size of files stands for a full disk: both make write() fail half-way.
TEST(FileWriterTest, AFailedWriteIsAnIoErrorAndLeavesNothing) {
  const TestFolder folder;
  rlimit old = {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small = {.rlim_cur = 4096, .rlim_max = old.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const Status status = write_file(folder.path_of("x"), std::string(100'000, 'x'), false);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &old), 0);
  std::signal(SIGXFSZ, handler);
  ASSERT_FALSE(status.ok());
  expect_error(status, Code::io, folder.path_of("x"));
  EXPECT_EQ(status.error().expected, "room for the file");
  EXPECT_EQ(folder.entries(), 0u);
}

TEST(FileWriterTest, UnfinishedFilesCanBeRemovedFromAHandler) {
  const TestFolder folder;
  auto file = FileWriter::create(folder.path_of("x"), false);
  ASSERT_TRUE(file.ok());
  ASSERT_TRUE(write_file(folder.path_of("whole"), "abc", false).ok());
  EXPECT_EQ(folder.entries(), 2u);
  remove_unfinished_files();
  EXPECT_EQ(folder.entries(), 1u);
  EXPECT_EQ(folder.read("whole"), "abc");
  expect_error(file->commit(), Code::io, folder.path_of("x"));
}

TEST(FileWriterTest, ASourceThatWasTruncatedUnderItsMapIsNamed) {
  const TestFolder folder;
  const std::string source = folder.write("source", std::string(20'000, 'x'));
  const auto mapped = MappedFile::open(source);
  ASSERT_TRUE(mapped.ok());
  fs::resize_file(source, 0);
  expect_error(write_file(folder.path_of("copy"), (*mapped)->text(), false), Code::io, source);
  EXPECT_EQ(folder.entries(), 1u);
}

TEST(MappedFileTest, IsFoundByAnyOfItsAddressesWhileItLives) {
  const TestFolder folder;
  const std::string path = folder.write("x\x1b", "abc");
  const std::byte* inside = nullptr;
  {
    const auto first = MappedFile::open(path), second = MappedFile::open(folder.write("y", "defg"));
    ASSERT_TRUE(first.ok() && second.ok());
    inside = (*first)->bytes().data() + 2;
    EXPECT_EQ(mapped_file_at(inside), folder.path_of("x") + "\\x1b");
    EXPECT_EQ(mapped_file_at((*second)->bytes().data()), folder.path_of("y"));
    EXPECT_EQ(mapped_file_at((*first)->bytes().data() + 3), nullptr);
    EXPECT_EQ(mapped_file_at(&folder), nullptr);
  }
  EXPECT_EQ(mapped_file_at(inside), nullptr);
}

TEST(MappedFileTest, NoticesThatTheFileWasWrittenTo) {
  const TestFolder folder;
  const std::string path = folder.write("x", "abc");
  const auto file = MappedFile::open(path);
  ASSERT_TRUE(file.ok());
  EXPECT_TRUE((*file)->check_unchanged().ok());
  fs::rename(folder.write("other", "longer"), path);  // takes its name: the map is of the old file
  EXPECT_TRUE((*file)->check_unchanged().ok());
  const auto other = MappedFile::open(path);
  ASSERT_TRUE(other.ok());
  folder.write("x", "LONGER!");
  expect_error((*other)->check_unchanged(), Code::io, path);
}

TEST(MappedFileTest, HoldsTheBytesAfterTheFileIsGone) {
  const TestFolder folder;
  const std::string path = folder.write("x", "abc");
  const auto file = MappedFile::open(path);
  ASSERT_TRUE(file.ok());
  fs::remove(path);
  EXPECT_EQ((*file)->text(), "abc");
  EXPECT_EQ((*file)->path(), path);
}

TEST(MappedFileTest, AnEmptyFileHasNoBytes) {
  const TestFolder folder;
  const auto file = MappedFile::open(folder.write("x", ""));
  ASSERT_TRUE(file.ok());
  EXPECT_TRUE((*file)->bytes().empty());
}

TEST(MappedFileTest, OnlyRegularFilesAreMapped) {
  const TestFolder folder;
  ASSERT_EQ(::mkfifo(folder.path_of("pipe").c_str(), 0600), 0);  // whose open would wait
  for (const std::string& path : {folder.path().string(), std::string("/dev/zero"), folder.path_of("pipe")}) {
    const auto file = MappedFile::open(path);
    ASSERT_FALSE(file.ok()) << path;
    EXPECT_EQ(file.error().code, Code::bad_input);
    EXPECT_EQ(file.error().file, path);
    EXPECT_EQ(file.error().expected, "a regular file");
  }
}

TEST(MappedFileTest, AMissingFileIsAnIoError) {
  const auto file = MappedFile::open("/no/such/file");
  ASSERT_FALSE(file.ok());
  EXPECT_EQ(file.error().code, Code::io);
  EXPECT_EQ(file.error().message(),
            "/no/such/file: found No such file or directory, expected a readable file. Check the path");
}

}  // namespace
}  // namespace logitlens::test
