// Every place of our own C++ code that asks for memory is refused it once, and once for good: what comes is the error
// `memory`, or what would have come anyway; never another error, an exception, or half a file.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <map>
#include <set>

#include "logitlens/logitlens.h"
#include "resources/failing_new.h"
#include "support/golden.h"
#include "unit/test_folder.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/lsan_interface.h>
bool leaks() { return __lsan_do_recoverable_leak_check() != 0; }
#else
bool leaks() { return false; }
#endif

namespace logitlens {
namespace {

using Operation = std::function<Result<std::string>()>;  // what it gives is the same every time
using test::Failing;

std::string_view current;  // for on_terminate
std::size_t current_n = 0;

[[noreturn]] void on_terminate() {
  std::fprintf(stderr, "terminate called: %.*s, allocation %zu\n", static_cast<int>(current.size()),
               current.data(), current_n);
  std::abort();
}

Result<std::string> text_of(Status status) {
  if (!status.ok()) return std::move(status).error();
  return std::string();
}

// Which allocations to fail: of each place in the code the first and the last, and of all every 101st; of these at most 120,
// spread evenly. LOGITLENS_ALLOCATION_FAULTS=places: all of these; =all: every allocation there is.
std::vector<std::size_t> choose(const std::vector<std::uint64_t>& places) {
  constexpr std::size_t most = 120;
  const char* const setting = std::getenv("LOGITLENS_ALLOCATION_FAULTS");
  const std::string_view wanted = setting ? setting : "";
  std::set<std::size_t> chosen;
  std::map<std::uint64_t, std::size_t> last;
  for (std::size_t n = 1; n <= places.size(); ++n) {
    const bool is_new = last.insert_or_assign(places[n - 1], n).second;
    if (wanted == "all" || is_new || n % 101 == 0) chosen.insert(n);
  }
  for (const auto& [place, n] : last) chosen.insert(n);
  std::vector<std::size_t> numbers(chosen.begin(), chosen.end());
  if (!wanted.empty() || numbers.size() <= most) return numbers;
  for (std::size_t i = 0; i < most; ++i) numbers[i] = numbers[i * numbers.size() / most];
  numbers.resize(most);
  return numbers;
}

// What the operation gives when memory runs out at the n-th allocation.
Result<std::string> run_failing(const Operation& operation, std::size_t n, Failing how) {
  current_n = n;
  test::start_failing(n, how);
  Result<std::string> result = operation();
  test::stop_failing();
  return result;
}

// `folder`: where it may leave a complete file, and nothing else.
void fail_everywhere(std::string_view name, const Operation& operation,
                     const test::TestFolder* folder = nullptr) {
  current = name;
  std::set_terminate(on_terminate);
  const auto empty = [folder] {
    if (folder != nullptr)
      for (const auto& entry : std::filesystem::directory_iterator(folder->path()))
        std::filesystem::remove_all(entry.path());
  };
  const Result<std::string> expected = operation();  // fills caches: the next runs are alike
  ASSERT_TRUE(expected.ok()) << expected.error().message();
  empty();
  std::vector<std::uint64_t> places;
  test::start_failing(0, Failing::once, &places);
  static_cast<void>(operation());
  const std::size_t count = test::stop_failing();
  empty();
  const std::vector<std::size_t> chosen = choose(places);
  std::printf("%.*s: %zu allocations, %zu failed in two ways\n", static_cast<int>(name.size()), name.data(),
              count, chosen.size());
  ASSERT_GT(count, 0u);
  std::size_t noticed = 0;
  for (const std::size_t n : chosen)
    for (const Failing how : {Failing::once, Failing::from_then_on}) {
      SCOPED_TRACE(testing::Message() << name << ", allocation " << n << " of " << count
                                      << (how == Failing::once ? "" : " and all after it"));
      const Result<std::string> result = run_failing(operation, n, how);
      if (result.ok()) {
        EXPECT_TRUE(*result == *expected) << "another document";
      } else {
        EXPECT_EQ(result.error().code, Code::memory) << result.error().message();
        EXPECT_EQ(folder != nullptr ? folder->entries() : 0, 0u);
        ++noticed;
      }
      empty();
      ASSERT_FALSE(leaks());
      if (testing::Test::HasFailure()) return;
    }
  EXPECT_GT(noticed, chosen.size());  // few are done without
}

constexpr std::string_view sentence = "the way you do anything";

Model open(const std::string& path) {
  auto model = Model::open(path);
  EXPECT_TRUE(model.ok()) << model.error().message();
  return *model;
}

LensTable table_of(const Model& model, const SweepOptions& options) {
  auto table = model.sweep(sentence, options);
  EXPECT_TRUE(table.ok()) << table.error().message();
  table->run.wall_s = 0;
  return *std::move(table);
}

class OpenFaults : public testing::TestWithParam<std::string> {};

TEST_P(OpenFaults, AreMemory) {
  const std::string path = GetParam() == "demo" ? "demo" : test::golden_folder(GetParam());
  fail_everywhere("open " + GetParam(), [&]() -> Result<std::string> {
    LL_ASSIGN(const Model model, Model::open(path));
    return std::string(model.info().family);
  });
}

INSTANTIATE_TEST_SUITE_P(Models, OpenFaults, testing::Values("bert", "gpt2"),
                         [](const auto& one) { return one.param; });

TEST(SweepFaults, AreMemory) {
  const Model model = open(test::golden_folder("bert"));
  for (const int threads : {1, 2}) {
    const SweepOptions options{.taps = Taps::all, .track_best = true, .threads = threads};
    fail_everywhere("sweep", [&]() -> Result<std::string> {
      LL_ASSIGN(const LensTable table, model.sweep(sentence, options));
      return std::to_string(table.rows().size());
    });
  }
}

TEST(SweepFaults, OfWordsAndOfWindowsAreMemory) {
  const Model model = open(test::golden_folder("bert"));
  const SweepOptions words{.mask = Mask::words, .lens = Lens::raw, .threads = 1};
  fail_everywhere("sweep of words", [&]() -> Result<std::string> {
    LL_ASSIGN(const LensTable table, model.sweep(sentence, words));
    return std::to_string(table.words.size());
  });
  std::string text;
  for (int i = 0; i < 40; ++i) text += std::string(sentence) + " ";
  const SweepOptions windows{.mask = Mask::at({3}), .max_length = MaxLength::window, .threads = 1};
  fail_everywhere("sweep in windows", [&]() -> Result<std::string> {
    LL_ASSIGN(const LensTable table, model.sweep(text, windows));
    return std::to_string(table.run.windows);
  });
}

class RenderFaults : public testing::TestWithParam<std::string> {};

TEST_P(RenderFaults, AreMemory) {
  const std::string& format = GetParam();
  const Model model = open(test::golden_folder("bert"));
  const LensTable table = table_of(model, {.track_best = true, .threads = 1});
  fail_everywhere("table as " + format, [&] { return render(table, format); });
  const std::vector<LensTable> tables = {
      table_of(model, {.lens = Lens::raw, .track_best = true, .threads = 1}), table};
  const auto trace = make_trace(tables, {});
  ASSERT_TRUE(trace.ok()) << trace.error().message();
  if (format != "html") fail_everywhere("trace as " + format, [&] { return render(*trace, format); });
  const auto ladder = make_ladder(tables);
  ASSERT_TRUE(ladder.ok()) << ladder.error().message();
  fail_everywhere("ladder as " + format, [&] { return render(*ladder, format); });
}

INSTANTIATE_TEST_SUITE_P(Formats, RenderFaults,
                         testing::Values("text", "json", "ndjson", "csv", "html", "svg", "png", "pdf"),
                         [](const auto& one) { return one.param; });

TEST(AnalysisFaults, AreMemory) {
  const Model model = open(test::golden_folder("bert"));
  const std::vector<LensTable> tables = {
      table_of(model, {.lens = Lens::raw, .track_best = true, .threads = 1}),
      table_of(model, {.track_best = true, .threads = 1})};
  fail_everywhere("make_trace", [&]() -> Result<std::string> {
    LL_ASSIGN(const Trace trace, make_trace(tables, {}));
    return std::to_string(trace.panels.size());
  });
  fail_everywhere("make_ladder", [&]() -> Result<std::string> {
    std::vector<LensTable> copy;
    try {  // which is ours
      copy = tables;
    } catch (const std::bad_alloc&) {
      Error error;
      error.code = Code::memory;
      return error;
    }
    LL_ASSIGN(const Ladder ladder, make_ladder(std::move(copy)));
    return std::to_string(ladder.tables.size());
  });
}

TEST(FileFaults, AreMemoryAndLeaveNoHalfFile) {
  const Model model = open(test::golden_folder("bert"));
  const LensTable table = table_of(model, {.threads = 1});
  const test::TestFolder folder, saved;
  const std::string path = folder.path_of("table.json"), states_path = folder.path_of("states.safetensors"),
                    copy = folder.path_of("copy"), read = saved.path_of("table.json");
  fail_everywhere("save", [&] { return text_of(save(table, path)); }, &folder);
  const auto states = model.hidden_states(sentence);
  ASSERT_TRUE(states.ok());
  fail_everywhere(
      "save_hidden_states", [&] { return text_of(save_hidden_states(*states, states_path)); }, &folder);
  ASSERT_TRUE(save(table, read).ok());
  fail_everywhere("read_table", [&]() -> Result<std::string> {
    LL_ASSIGN(const LensTable again, read_table(read));
    return std::to_string(again.rows().size());
  });
}

TEST(ModelFaults, AreMemory) {
  const Model model = open(test::golden_folder("bert"));
  fail_everywhere("hidden_states", [&]() -> Result<std::string> {
    LL_ASSIGN(const HiddenStates states, model.hidden_states(sentence, MaxLength::refuse, 1));
    return std::to_string(states.values.size());
  });
  fail_everywhere("describe", [&]() -> Result<std::string> {
    LL_ASSIGN(const ModelDescription description, model.describe());
    return std::to_string(description.tensors.size());
  });
  fail_everywhere("verify", [&]() -> Result<std::string> {
    LL_ASSIGN(const VerifyReport report, model.verify(std::nullopt, 1));
    return std::string(report.passed() ? "passed" : "failed");
  });
}

}  // namespace
}  // namespace logitlens
