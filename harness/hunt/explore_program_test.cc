// Exploring a program shows every history that any interleaving of it has, and
// what it finds can be replayed.

#include "harness/hunt/explore_program.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <ostream>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/base/random.h"
#include "harness/explore/every_interleaving.h"
#include "harness/explore/exhaustive.h"
#include "harness/explore/forwarding_strategy.h"
#include "harness/history/text.h"
#include "harness/hunt/isolated_exploration.h"
#include "harness/hunt/observer.h"
#include "harness/hunt/program_runner.h"
#include "harness/hunt/shrink.h"
#include "harness/hunt/test_maps.h"
#include "harness/model/sanitizers.h"
#include "harness/program/generator.h"
#include "harness/program/program.h"
#include "harness/subject/registry.h"
#include "mortsafe/sync.h"

namespace mortsafe {
namespace {

using ::testing::Test;
using ::testing::TestWithParam;
using ::testing::Values;

constexpr bool kSanitized = kAddressSanitizer || kThreadSanitizer;

// One atomic a key; Swap and LoadAndDelete are made of a load and a store, so
// that it goes wrong now and then.
class CellMap {
 public:
  std::optional<Value> Load(Key key) { return Present(cells_[key].load()); }
  void Store(Key key, Value value) { cells_[key].store(value); }
  void Delete(Key key) { cells_[key].store(0); }
  std::optional<Value> Swap(Key key, Value value) {
    const Value before = cells_[key].load();
    cells_[key].store(value);
    return Present(before);
  }
  std::optional<Value> LoadAndDelete(Key key) { return Swap(key, 0); }

 protected:
  std::array<atomic<Value>, kMaxKeys> cells_ = {};
};

// Stores without a lock.
class RacingMap {
 public:
  std::optional<Value> Load(Key) {
    const std::lock_guard<mutex> lock(mutex_);
    const Value value = value_.read();
    if (value == 0) return std::nullopt;
    return value;
  }
  void Store(Key, Value value) {
    if (ready_.load() == 0) ready_.store(1);
    value_.write() = value;
  }
  void Delete(Key) {
    const std::lock_guard<mutex> lock(mutex_);
    value_.write() = 0;
  }

 private:
  mutex mutex_;
  atomic<int> ready_{0};
  plain<Value> value_{std::in_place, 0};
};

class CrashingMap : public CellMap {
 public:
  std::optional<Value> Load(Key key) {
    const Value before = cells_[key].load();
    if (before != cells_[key].load()) std::abort();
    return Present(before);
  }
};

// What clients can tell: calls, results, and which returned before which began.
std::string ClientView(const History& history) {
  std::string text;
  for (const HistoryOperation& operation : history.operations) {
    absl::StrAppend(&text, operation.client, " ", CallText(operation), " ",
                    ResultText(operation), " after");
    for (size_t i = 0; i < history.operations.size(); ++i) {
      if (Precedes(history.operations[i], operation)) {
        absl::StrAppend(&text, " ", i);
      }
    }
    text += "\n";
  }
  return text;
}

// A program has this many interleavings at most, or is not compared.
constexpr uint64_t kMostInterleavings = kSanitized ? 500 : 4'000;

std::optional<std::set<std::string>> AllHistories(ProgramRunner& runner,
                                                  const Program& program) {
  std::set<std::string> histories;
  EveryInterleaving search;
  uint64_t count = 0;
  while (search.Next()) {
    if (++count > kMostInterleavings) return std::nullopt;
    runner.Run(program, search, {.check_invariants = false});
    histories.insert(ClientView(runner.history()));
  }
  return histories;
}

std::set<std::string> ExploredHistories(ProgramRunner& runner,
                                        const Program& program) {
  std::set<std::string> histories;
  ExhaustiveStrategy search;
  while (search.Next()) {
    runner.Run(program, search, {.check_invariants = false});
    if (search.gave_up()) continue;
    histories.insert(ClientView(runner.history()));
  }
  return histories;
}

// Returns how many programs were small enough to compare.
int CompareHistories(const SubjectChoice& subject, ProgramBounds bounds,
                     uint64_t programs) {
  bounds.operations_offered = subject.subject->operations;
  ProgramRunner runner(subject);
  int compared = 0;
  for (uint64_t seed = 0; seed < programs; ++seed) {
    Program program;
    Random random(seed);
    GenerateProgram(bounds, random, program);
    const auto all = AllHistories(runner, program);
    if (!all.has_value()) continue;
    ++compared;
    EXPECT_EQ(ExploredHistories(runner, program), *all) << ToText(program);
  }
  return compared;
}

constexpr uint64_t kPrograms = kSanitized ? 30 : 100;

TEST(ExploreProgramTest, LockedMapHasTheHistoriesOfAllInterleavings) {
  EXPECT_GT(CompareHistories(ChoiceOf<LockedMap>(), {3, 2, 2, 1}, kPrograms),
            10);
}

TEST(ExploreProgramTest, CellMapHasTheHistoriesOfAllInterleavings) {
  EXPECT_GT(CompareHistories(ChoiceOf<CellMap>(), {3, 2, 1, 1}, kPrograms), 10);
}

TEST(ExploreProgramTest, ReadDirtyHasTheHistoriesOfAllInterleavings) {
  EXPECT_GT(
      CompareHistories(*FindSubject("read-dirty"), {2, 2, 2, 3}, kPrograms),
      10);
}

TEST(ExploreProgramTest, CountsInterleavingsOfIndependentOperationsOnce) {
  // The order of two calls that overlap shows nowhere; that one is over before
  // the other begins does.
  ProgramRunner runner(ChoiceOf<CellMap>());
  const ExploredProgram explored = ExploreProgram(
      runner, MustParse("thread 1: Store(0, 1) | thread 2: Store(1, 2)"));
  EXPECT_TRUE(explored.complete);
  EXPECT_EQ(explored.executions, 2u);
  EXPECT_FALSE(explored.finding.has_value());
}

// The reduction as it would be if calls and returns were no events.
class WithoutRealTime final : public ForwardingStrategy {
 public:
  using ForwardingStrategy::ForwardingStrategy;
  std::optional<ObjectRace> Performed(uint32_t thread,
                                      const NextStep& step) override {
    NextStep silent = step;
    silent.calls = false;
    return ForwardingStrategy::Performed(thread, silent);
  }
  void Returned(uint32_t) override {}
};

TEST(ExploreProgramTest, FindsWhatOnlyRealTimeShows) {
  const Program program =
      MustParse("thread 1: Store(0, 2); Load(0) | thread 2: Store(0, 1)");
  ProgramRunner runner(ChoiceOf<TwoCellMap>());
  ExhaustiveStrategy search;
  WithoutRealTime without(search);
  while (search.Next()) {
    EXPECT_EQ(runner.Run(program, without).kind, std::nullopt)
        << "the program shows its fault without real time";
  }
  const ExploredProgram explored = ExploreProgram(runner, program);
  ASSERT_TRUE(explored.finding.has_value());
  EXPECT_EQ(explored.finding->result.kind,
            ViolationKind::kStaleValueAfterOverwrite);
}

Observation ObservationOf(const ExploredFinding& finding) {
  Observation observation;
  observation.kind = *finding.result.kind;
  observation.schedule = finding.schedule;
  observation.steps = finding.steps;
  return observation;
}

struct Broken {
  SubjectChoice subject;
  const char* program;
};

void PrintTo(const Broken& broken, std::ostream* out) {
  *out << broken.subject.Name();
}

class FoundTest : public TestWithParam<Broken> {};

INSTANTIATE_TEST_SUITE_P(
    Maps, FoundTest,
    Values(Broken{*FindSubject("read-dirty:c1"),
                  "initial: Store(0, 1); Load(0) | thread 1: Load(0) | "
                  "thread 2: Delete(0); Store(0, 2); Load(0)"},
           Broken{*FindSubject("read-dirty:c4"),
                  "initial: Store(0, 1); Load(0); Delete(0) | thread 1: "
                  "Store(0, 2); Load(0) | thread 2: Store(1, 3); Load(1); "
                  "Load(0)"},
           Broken{*FindSubject("read-dirty:copy-without-lock"),
                  "initial: Store(0, 1); Load(0); Delete(0) | thread 1: "
                  "Store(1, 2); Load(1); Load(0) | thread 2: Store(0, 3)"},
           Broken{*FindSubject("read-dirty:mark-by-plain-write"),
                  "initial: Store(0, 1); Load(0) | thread 1: Delete(0) | "
                  "thread 2: Load(0)"},
           Broken{ChoiceOf<CellMap>(),
                  "initial: Store(0, 1) | thread 1: LoadAndDelete(0) | thread "
                  "2: LoadAndDelete(0)"},
           Broken{ChoiceOf<RacingMap>(),
                  "thread 1: Load(0); Store(0, 1) | thread 2: Delete(0)"}));

TEST_P(FoundTest, ReplaysWithTheSameHistoryAndKind) {
  ProgramRunner runner(GetParam().subject);
  const Program program = MustParse(GetParam().program);
  const ExploredProgram explored = ExploreProgram(runner, program);
  ASSERT_TRUE(explored.finding.has_value()) << explored.executions;
  const std::string seen = ToJsonLines(runner.history());
  EXPECT_EQ(explored.finding->execution, explored.executions);

  const Observation observation = ObservationOf(*explored.finding);
  const RunResult replayed = RunAsObserved(runner, program, observation);
  EXPECT_EQ(replayed.kind, explored.finding->result.kind);
  EXPECT_EQ(replayed.sentence, explored.finding->result.sentence);
  EXPECT_EQ(ToJsonLines(runner.history()), seen);
}

TEST_P(FoundTest, IsFoundInAChildAndMinimized) {
  const Program program = MustParse(GetParam().program);
  const IsolatedExploration explored =
      ExploreInChildren(GetParam().subject, program);
  ASSERT_TRUE(explored.observation.has_value());
  const Shrunk shrunk =
      Shrink(GetParam().subject, program, *explored.observation);
  EXPECT_EQ(shrunk.observation.kind, explored.observation->kind);
  EXPECT_LE(OperationCount(shrunk.minimized.program), OperationCount(program));
}

TEST(ExploreProgramTest, ADataRaceIsNamed) {
  ProgramRunner runner(ChoiceOf<RacingMap>());
  const ExploredProgram explored = ExploreProgram(
      runner, MustParse("thread 1: Store(0, 1) | thread 2: Delete(0)"));
  ASSERT_TRUE(explored.finding.has_value());
  EXPECT_EQ(explored.finding->result.kind, ViolationKind::kDataRace);
}

TEST(ExploreProgramTest, ACrashOfTheMapIsAFinding) {
  const Program program =
      MustParse("thread 1: Load(0) | thread 2: Store(0, 1); Load(0)");
  const IsolatedExploration explored =
      ExploreInChildren(ChoiceOf<CrashingMap>(), program);
  ASSERT_TRUE(explored.observation.has_value());
  ASSERT_TRUE(explored.observation->crash.has_value());
  EXPECT_EQ(explored.executions, explored.executions_to_find);
  ScheduleSpec schedule;
  schedule.schedule = explored.observation->schedule;
  const auto again = Observer(ChoiceOf<CrashingMap>())
                         .FindFirst(program, {&schedule, 1}, std::nullopt);
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->kind, explored.observation->kind);
}

// Everything that an exploration shows, execution by execution.
struct ShownExecution {
  uint64_t trace = 0;
  History history;
  std::string sentence;
  uint32_t steps = 0;
  Schedule schedule;

  friend bool operator==(const ShownExecution&,
                         const ShownExecution&) = default;
};

std::vector<ShownExecution> ShowAll(const SubjectChoice& subject,
                                    const Program& program) {
  std::vector<ShownExecution> shown;
  ProgramRunner runner(subject);
  ExhaustiveStrategy search(runner.CanKeepPlaces());
  ProgressLog progress;
  while (search.Next() && shown.size() < 2'000) {
    if (search.began_anew()) shown.clear();
    progress.steps = progress.switch_count = 0;
    const RunResult result =
        runner.Run(program, search, {.progress = &progress});
    ShownExecution& each = shown.emplace_back();
    each.trace = search.TraceDigest();
    each.history = runner.history();
    each.sentence = result.sentence;
    each.steps = progress.steps;
    each.schedule.switches.assign(
        progress.switches.begin(),
        progress.switches.begin() + progress.switch_count);
  }
  return shown;
}

TEST(ExploreProgramTest, GoingOnFromKeptPlacesShowsTheSameExecutions) {
  for (const char* const name :
       {"read-dirty", "read-dirty:c3", "read-dirty-epoch",
        "read-dirty-epoch:c5", "read-dirty-epoch:c8-free", "hash-trie",
        "hash-trie:collapse"}) {
    const SubjectChoice kept = FindSubject(name).value();
    ASSERT_TRUE(ProgramRunner(kept).CanKeepPlaces());
    SubjectInfo info = *kept.subject;
    info.self_contained = false;
    const SubjectChoice repeated = {&info, kept.defect};
    for (uint64_t seed = 0; seed < 20; ++seed) {
      Random random(seed);
      Program program;
      GenerateProgram({.threads = seed % 2 == 0 ? 2 : 3,
                       .operations = 2,
                       .keys = 2,
                       .operations_offered = info.operations,
                       .exact = true},
                      random, program);
      ASSERT_EQ(ShowAll(kept, program), ShowAll(repeated, program))
          << name << ", seed " << seed;
    }
  }
}

TEST(ExploreProgramTest, StopsAtTheLimit) {
  ProgramRunner runner(*FindSubject("read-dirty"));
  const Program program = MustParse(
      "thread 1: Store(0, 1); Load(0) | thread 2: Store(0, 2); Load(1)");
  const ExploredProgram explored =
      ExploreProgram(runner, program, {.max_executions = 5});
  EXPECT_EQ(explored.executions, 5u);
  EXPECT_FALSE(explored.complete);
}

TEST(ExploreProgramTest, ALimitReachedExactlyLeavesNothingOut) {
  ProgramRunner runner(*FindSubject("read-dirty"));
  const Program program =
      MustParse("thread 1: Store(0, 1) | thread 2: Load(0)");
  const uint64_t all = ExploreProgram(runner, program).executions;
  EXPECT_TRUE(
      ExploreProgram(runner, program, {.max_executions = all}).complete);
  EXPECT_FALSE(
      ExploreProgram(runner, program, {.max_executions = all - 1}).complete);
}

// Counts what it is told.
class CountingVisitor final : public ExecutionVisitor {
 public:
  void Visit(const RunResult& result) override {
    ++executions;
    if (result.kind.has_value()) ++wrong;
  }
  void BeginAnew() override { executions = wrong = 0; }

  uint64_t executions = 0;
  uint64_t wrong = 0;
};

TEST(ExploreProgramTest, AVisitorIsToldOfAllThatIsWrong) {
  ProgramRunner runner(ChoiceOf<CellMap>());
  const Program program =
      MustParse("thread 1: Swap(0, 1) | thread 2: Swap(0, 2); Load(0)");
  const ExploredProgram stopped = ExploreProgram(runner, program);
  ASSERT_TRUE(stopped.finding.has_value());
  CountingVisitor visitor;
  const ExploredProgram visited =
      ExploreProgram(runner, program, {.visitor = &visitor});
  EXPECT_TRUE(visited.complete);
  EXPECT_GT(visited.executions, stopped.executions);
  EXPECT_EQ(visitor.executions, visited.executions);
  EXPECT_GT(visitor.wrong, 1);
  ASSERT_TRUE(visited.finding.has_value());
  EXPECT_EQ(visited.finding->execution, stopped.finding->execution);
  EXPECT_EQ(visited.finding->result.kind, stopped.finding->result.kind);
}

// Wrong where no client looks.
class UnsoundMap : public CellMap {
 public:
  static std::optional<std::string> CheckInvariants() { return "all is lost"; }
};

TEST(ExploreInChildrenTest, AnInterruptionKeepsWhatWasSeenByThen) {
  const Program program = MustParse(
      "thread 1: Store(0, 1); Load(0); Store(0, 2); Load(0) | "
      "thread 2: Store(0, 3); Load(0); Store(0, 4); Load(0) | "
      "thread 3: Store(0, 5); Load(0); Store(0, 6); Load(0) | "
      "thread 4: Store(0, 7); Load(0); Store(0, 8); Load(0)");
  std::atomic<bool> stop{false};
  const IsolatedExploration explored = ExploreInChildren(
      ChoiceOf<UnsoundMap>(), program,
      {.stop = &stop, .on_progress = [&](uint64_t executions, uint64_t) {
         if (executions > 0) stop = true;
       }});
  EXPECT_TRUE(explored.interrupted);
  EXPECT_FALSE(explored.complete);
  ASSERT_TRUE(explored.observation.has_value());
  EXPECT_EQ(explored.observation->kind, ViolationKind::kBrokenInvariant);
}

TEST(ExploreInChildrenTest, WhatIsSlowIsNotStuck) {
  const Program program = MustParse("thread 1: Store(0, 1)");
  const IsolatedExplorationOptions options = {
      .patience = std::chrono::milliseconds(500)};
  const IsolatedExploration slow =
      ExploreInChildren(ChoiceOf<SlowMap>(), program, options);
  EXPECT_TRUE(slow.complete);
  EXPECT_FALSE(slow.observation.has_value());
  const IsolatedExploration stuck =
      ExploreInChildren(ChoiceOf<StuckMap>(), program, options);
  ASSERT_TRUE(stuck.observation.has_value());
  EXPECT_EQ(stuck.observation->kind, ViolationKind::kTimeOut);
}

TEST(ExploreProgramTest, WaitingForSomebodyElseComesToAnEnd) {
  ProgramRunner runner(ChoiceOf<SpinningMap<CellMap>>());
  const ExploredProgram explored = ExploreProgram(
      runner, MustParse("thread 1: Load(0) | thread 2: Store(0, 1)"));
  EXPECT_TRUE(explored.complete);
  EXPECT_FALSE(explored.finding.has_value());
}

// An entry goes from nil to a value and back while an operation that expects
// nil tries to replace it: its attempts are alike, and nobody goes in circles.
TEST(ExploreProgramTest, AnEntryThatIsNilAgainIsNoCircle) {
  ProgramRunner runner(*FindSubject("read-dirty"));
  const ExploredProgram explored = ExploreProgram(
      runner, MustParse("initial: Store(0, 1); Load(0); Store(0, 2) | "
                        "thread 1: LoadAndDelete(0); Swap(0, 3) | "
                        "thread 2: CompareAndSwap(0, 2, 4); Store(0, 5) | "
                        "thread 3: Swap(0, 6); LoadAndDelete(0)"));
  EXPECT_TRUE(explored.complete);
  EXPECT_FALSE(explored.endless);
  EXPECT_FALSE(explored.finding.has_value());
}

TEST(ExploreProgramTest, AnUnfairCircleIsNoLivelock) {
  ProgramRunner runner(ChoiceOf<CountingMap<CellMap>>());
  const ExploredProgram explored = ExploreProgram(
      runner, MustParse("thread 1: Load(0) | thread 2: Store(0, 1)"));
  EXPECT_TRUE(explored.endless);
  EXPECT_FALSE(explored.complete);
  EXPECT_FALSE(explored.finding.has_value());
}

TEST(ExploreProgramTest, ACircleThatFairnessDoesNotEndIsALivelock) {
  ProgramRunner runner(ChoiceOf<SpinningMap<CellMap>>());
  const ExploredProgram explored = ExploreProgram(
      runner, MustParse("thread 1: Load(0) | thread 2: Load(0)"));
  ASSERT_TRUE(explored.finding.has_value());
  EXPECT_EQ(explored.finding->result.kind, ViolationKind::kLivelock);
}

}  // namespace
}  // namespace mortsafe
