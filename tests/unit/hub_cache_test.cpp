// The hub's cache: names that may be looked up, what they lead to, and caches that are not as they should be.
#include "io/hub_cache.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <map>

#include "support/tampered_checkpoint.h"
#include "test_folder.h"

namespace logitlens {
namespace {

namespace fs = std::filesystem;

const std::string one(40, '1'), two(40, '2');

// The variables that say where the cache is, for one test; unset where not named.
class Environment {
 public:
  explicit Environment(const std::map<std::string, std::string>& values) {
    for (const char* name : {"HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_HOME", "XDG_CACHE_HOME", "HOME"}) {
      const char* before = getenv(name);
      before_[name] = before ? std::optional<std::string>(before) : std::nullopt;
      const auto at = values.find(name);
      at == values.end() ? unsetenv(name) : setenv(name, at->second.c_str(), 1);
    }
  }
  ~Environment() {
    for (const auto& [name, value] : before_)
      value ? setenv(name.c_str(), value->c_str(), 1) : unsetenv(name.c_str());
  }

 private:
  std::map<std::string, std::optional<std::string>> before_;
};

class HubCache : public testing::Test {
 protected:
  // A snapshot with a configuration, and weights that link to a blob.
  void add_snapshot(const std::string& model, const std::string& commit) const {
    const std::string base = "models--" + model, snapshot = base + "/snapshots/" + commit;
    folder_.write(base + "/blobs/weights", "w");
    folder_.write(snapshot + "/config.json", "{}");
    std::error_code there;
    fs::create_symlink("../../blobs/weights", folder_.path() / snapshot / "model.safetensors", there);
  }
  void add_reference(const std::string& model, const std::string& revision,
                     const std::string& content) const {
    folder_.write("models--" + model + "/refs/" + revision, content);
  }
  static Result<std::string> find(const std::string& text) {
    const auto id = parse_hub_id(text);
    EXPECT_TRUE(id) << text;
    return find_in_hub_cache(*id);
  }
  std::string snapshot(const std::string& model, const std::string& commit) const {
    return (folder_.path() / ("models--" + model) / "snapshots" / commit).string();
  }

  test::TestFolder folder_;
  Environment environment_{{{"HF_HUB_CACHE", folder_.path().string()}}};
};

TEST(HubCacheFolder, TheNearestVariableWins) {
  const auto folder = [](const std::map<std::string, std::string>& values) {
    const Environment environment(values);
    return hub_cache_folder().string();
  };
  EXPECT_EQ(folder({}), "");
  EXPECT_EQ(folder({{"HOME", "/h"}}), "/h/.cache/huggingface/hub");
  EXPECT_EQ(folder({{"HOME", "/h"}, {"XDG_CACHE_HOME", "/x"}}), "/x/huggingface/hub");
  EXPECT_EQ(folder({{"XDG_CACHE_HOME", "/x"}, {"HF_HOME", "/f"}}), "/f/hub");
  EXPECT_EQ(folder({{"HF_HOME", "/f"}, {"HUGGINGFACE_HUB_CACHE", "/g"}}), "/g");
  EXPECT_EQ(folder({{"HUGGINGFACE_HUB_CACHE", "/g"}, {"HF_HUB_CACHE", "/c"}}), "/c");
  EXPECT_EQ(folder({{"HOME", "/h"}, {"HF_HOME", ""}}), "/h/.cache/huggingface/hub");
}

TEST(HubId, NamesAndRevisions) {
  EXPECT_EQ(parse_hub_id("bert-base-uncased")->name, "bert-base-uncased");
  EXPECT_EQ(parse_hub_id("org/na_me.v1-2")->name, "org/na_me.v1-2");
  EXPECT_EQ(parse_hub_id("org/name")->revision, "");
  EXPECT_EQ(parse_hub_id("org/name@v1.0")->revision, "v1.0");
  EXPECT_EQ(parse_hub_id("org/name@refs/pr/7")->revision, "refs/pr/7");
}

TEST(HubId, NothingThatLeadsOutOfTheCache) {
  for (const char* text : {"",
                           "/",
                           "..",
                           ".",
                           "org/..",
                           "../name",
                           "org/../name",
                           "/etc/passwd",
                           "org/name/more",
                           "org//name",
                           "org/",
                           "/name",
                           "org\\name",
                           "org--x/name",
                           "org/na..me",
                           "org/.name",
                           "-name",
                           "name-",
                           "na me",
                           "na\nme",
                           "name@",
                           "name@..",
                           "name@../../x",
                           "name@a/../b",
                           "name@/etc",
                           "name@a//b",
                           "name@a/",
                           "name@.git",
                           "name@a b",
                           "@main",
                           "n\xc3\xa4me"})
    EXPECT_FALSE(parse_hub_id(text)) << text;
  EXPECT_FALSE(parse_hub_id(std::string("na\0me", 5)));
  EXPECT_FALSE(parse_hub_id(std::string(97, 'a')));
  EXPECT_FALSE(parse_hub_id("a@" + std::string(256, 'a')));
}

TEST_F(HubCache, AReferenceNamesTheSnapshot) {
  add_snapshot("org--name", one);
  add_snapshot("org--name", two);
  add_reference("org--name", "main", two + "\n");
  add_reference("org--name", "refs/pr/1", one);
  EXPECT_EQ(*find("org/name"), snapshot("org--name", two));
  EXPECT_EQ(*find("org/name@main"), snapshot("org--name", two));
  EXPECT_EQ(*find("org/name@refs/pr/1"), snapshot("org--name", one));
  EXPECT_EQ(*find("org/name@" + one), snapshot("org--name", one));
}

TEST_F(HubCache, OldNamesHaveNoOrganisation) {
  add_snapshot("tiny", one);
  add_reference("tiny", "main", one);
  EXPECT_EQ(*find("tiny"), snapshot("tiny", one));
}

TEST_F(HubCache, WithoutMainTheOnlySnapshotIsMeant) {
  add_snapshot("org--name", one);
  EXPECT_EQ(*find("org/name"), snapshot("org--name", one));
  add_snapshot("org--name", two);
  test::expect_error(find("org/name").error(), Code::bad_input,
                     {"refs/main", "2 snapshots", "org/name@" + one});
  EXPECT_EQ(find("org/name").error().names, (std::vector{one, two}));
}

TEST_F(HubCache, AbsentModelsSayWhereTheyWereSoughtAndWhatGetsThem) {
  test::expect_error(find("org/name").error(), Code::bad_input,
                     {(folder_.path() / "models--org--name").string(), "huggingface-cli download org/name"});
  test::expect_error(find("org/name@v2").error(), Code::bad_input,
                     {"huggingface-cli download org/name --revision v2"});
  add_snapshot("org--name", one);
  test::expect_error(find("org/name@v2").error(), Code::bad_input, {"v2", "--revision v2"});
  test::expect_error(find("org/name@" + two).error(), Code::bad_input, {two});
  test::expect_error(find("name").error(), Code::bad_input, {"Name it in full: org/name"});
  const Environment nowhere({});
  test::expect_error(find("org/name").error(), Code::bad_input, {"HF_HOME"});
}

TEST_F(HubCache, AReferenceMustBeACommit) {
  add_snapshot("org--name", one);
  for (const std::string& junk :
       {std::string(), std::string("../../../etc"), std::string("main\x1b[31m"), std::string(39, '1'),
        one + one, std::string(40, 'Z'), std::string(1 << 20, '1')}) {
    add_reference("org--name", "main", junk);
    const Error error = find("org/name").error();
    test::expect_error(error, Code::bad_input, {"refs/main", "40 hexadecimal digits"});
    EXPECT_EQ(error.message().find('\x1b'), std::string::npos);
  }
  add_reference("org--name", "main", two);
  test::expect_error(find("org/name").error(), Code::bad_input, {"snapshots/" + two, "refs/main"});
}

TEST_F(HubCache, ABrokenLinkIsNamed) {
  add_snapshot("org--name", one);
  fs::remove(folder_.path() / "models--org--name/blobs/weights");
  test::expect_error(
      find("org/name").error(), Code::bad_input,
      {"model.safetensors", "blobs/weights", "Download it again with `huggingface-cli download org/name`"});
  folder_.write("models--org--name/blobs/weights.incomplete", "w");
  test::expect_error(find("org/name").error(), Code::bad_input, {"broken off"});
  fs::remove(folder_.path() / "models--org--name/snapshots" / one / "model.safetensors");
  test::expect_error(find("org/name").error(), Code::bad_input, {"no weights", "broken off"});
}

TEST_F(HubCache, AnUnfinishedDownloadBesideACompleteSnapshotIsNoFault) {
  add_snapshot("org--name", one);
  folder_.write("models--org--name/blobs/other.incomplete", "w");
  fs::create_symlink("../../blobs/other", fs::path(snapshot("org--name", one)) / "pytorch_model.bin");
  EXPECT_TRUE(find("org/name").ok());
}

TEST_F(HubCache, ListsSnapshotsByTheIdThatFindsThem) {
  add_snapshot("org--name", one);
  add_snapshot("org--name", two);
  add_reference("org--name", "main", one);
  add_reference("org--name", "v1", one);
  add_snapshot("tiny", two);
  add_reference("tiny", "refs/pr/3", two);
  add_reference("tiny", "junk", "junk");
  folder_.write("datasets--org--data/snapshots/" + one + "/x", "");
  folder_.write("models--..--etc/snapshots/" + one + "/config.json", "");
  folder_.write("models--org--name/snapshots/not-a-commit/config.json", "");
  std::vector<std::string> ids;
  for (const HubSnapshot& entry : list_hub_cache()) {
    ids.push_back(entry.id);
    EXPECT_EQ(*find(entry.id), entry.path);
    EXPECT_TRUE(entry.path.ends_with(entry.commit));
  }
  EXPECT_EQ(ids, (std::vector<std::string>{"org/name", "org/name@" + two, "tiny@refs/pr/3"}));
  fs::remove_all(folder_.path());
  EXPECT_TRUE(list_hub_cache().empty());
}

}  // namespace
}  // namespace logitlens
