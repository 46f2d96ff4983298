// An exploration shows the same however many processes share it, and whether or
// not it is left and taken up again.

#include "harness/hunt/isolated_exploration.h"

#include <unistd.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/base/violation_kind.h"
#include "harness/hunt/exploration_checkpoint.h"
#include "harness/hunt/test_maps.h"
#include "harness/program/program.h"
#include "harness/program/schedule.h"
#include "harness/subject/registry.h"
#include "mortsafe/memory_model.h"
#include "mortsafe/sync.h"

namespace mortsafe {
namespace {

using ::testing::HasSubstr;

Program MustParse(const std::string& text) {
  return ParseProgram(text, "program").value();
}

// Of some rounds under either memory model; in the longer one, the broken map
// goes wrong in the second.
constexpr char kBroken[] = "read-dirty:c1";

Program LongProgram(bool longer = false) {
  return MustParse(
      absl::StrCat("initial: Store(0, 1); Load(0); Delete(0) | "
                   "thread 1: Load(1); Store(1, 2); Load(1) | thread 2: "
                   "Load(1); Store(0, 3)",
                   longer ? "; Load(0)" : "", " | thread 3: Load(0); Load(1)"));
}

class SharedExplorationTest : public testing::TestWithParam<MemoryModel> {
 protected:
  IsolatedExploration Explore(const std::string& map, int workers,
                              std::optional<uint64_t> most = std::nullopt) {
    return ExploreInChildren(FindSubject(map).value(),
                             LongProgram(map == kBroken),
                             {.memory = GetParam(),
                              .max_executions = most.value_or(UINT64_MAX),
                              .workers = workers});
  }
};

INSTANTIATE_TEST_SUITE_P(MemoryModels, SharedExplorationTest,
                         testing::Values(MemoryModel::kSc, MemoryModel::kC11));

TEST_P(SharedExplorationTest, ShowsTheSameWithAnyNumberOfWorkers) {
  const IsolatedExploration alone = Explore("read-dirty", 1);
  EXPECT_TRUE(alone.complete);
  EXPECT_GT(alone.executions, 30'000u);
  EXPECT_FALSE(alone.observation.has_value());
  for (const int workers : {2, 5}) {
    const IsolatedExploration shared = Explore("read-dirty", workers);
    EXPECT_TRUE(shared.complete);
    EXPECT_EQ(shared.executions, alone.executions);
    EXPECT_EQ(shared.blocked, alone.blocked);
  }
}

TEST_P(SharedExplorationTest, FindsTheSameFirstWithAnyNumberOfWorkers) {
  const IsolatedExploration alone = Explore(kBroken, 1);
  ASSERT_TRUE(alone.observation.has_value());
  EXPECT_EQ(alone.observation->kind, ViolationKind::kStaleValueAfterDelete);
  for (const int workers : {2, 5}) {
    const IsolatedExploration shared = Explore(kBroken, workers);
    ASSERT_TRUE(shared.observation.has_value());
    EXPECT_EQ(shared.executions_to_find, alone.executions_to_find);
    EXPECT_EQ(shared.executions, alone.executions);
    EXPECT_EQ(shared.observation->schedule, alone.observation->schedule);
  }
}

TEST_P(SharedExplorationTest, EndsAfterTheSameExecutions) {
  const uint64_t all = Explore("read-dirty", 2).executions;
  for (const uint64_t most : {all / 2, all - 1, all}) {
    const IsolatedExploration explored = Explore("read-dirty", 2, most);
    EXPECT_EQ(explored.executions, most);
    EXPECT_EQ(explored.complete, most == all);
  }
}

// Dies when thread 1 sees what thread 3 stores last.
class MortalMap {
 public:
  std::optional<Value> Load(Key key) {
    const Value value = cells_[key].load();
    if (value == 9) std::abort();
    if (value == 0) return std::nullopt;
    return value;
  }
  void Store(Key key, Value value) { cells_[key].store(value); }
  void Delete(Key key) { cells_[key].store(0); }

 private:
  std::array<atomic<Value>, kMaxKeys> cells_ = {};
};

TEST(ExploreInChildrenTest, FindsTheSameCrashWithAnyNumberOfWorkers) {
  const Program program = MustParse(
      "thread 1: Load(0); Store(1, 1); Load(1) | "
      "thread 2: Store(1, 2); Store(1, 3); Load(1); Store(1, 4); Load(1) | "
      "thread 3: Store(1, 5); Load(1); Store(1, 6); Load(1); Store(0, 9)");
  const IsolatedExploration alone =
      ExploreInChildren(ChoiceOf<MortalMap>(), program);
  ASSERT_TRUE(alone.observation.has_value());
  ASSERT_TRUE(alone.observation->crash.has_value());
  EXPECT_GT(alone.executions_to_find, 16'384u);  // Of the first part.
  for (const int workers : {2, 5}) {
    const IsolatedExploration shared =
        ExploreInChildren(ChoiceOf<MortalMap>(), program, {.workers = workers});
    ASSERT_TRUE(shared.observation.has_value());
    EXPECT_TRUE(shared.observation->crash.has_value());
    EXPECT_EQ(shared.executions_to_find, alone.executions_to_find);
    EXPECT_EQ(shared.observation->schedule, alone.observation->schedule);
  }
}

class CheckpointedExplorationTest : public SharedExplorationTest {
 protected:
  CheckpointedExplorationTest()
      : path_(absl::StrCat(testing::TempDir(), "/", getpid(), "-exploration")) {
  }
  ~CheckpointedExplorationTest() override { unlink(path_.c_str()); }

  absl::StatusOr<IsolatedExploration> Resume(
      const IsolatedExplorationOptions& options,
      const std::string& map = "read-dirty") {
    IsolatedExplorationOptions with = options;
    with.memory = GetParam();
    return ExploreInChildren(FindSubject(map).value(),
                             LongProgram(map == kBroken), with,
                             {.path = path_, .program = "a test"});
  }

  const std::string path_;
};

INSTANTIATE_TEST_SUITE_P(MemoryModels, CheckpointedExplorationTest,
                         testing::Values(MemoryModel::kSc, MemoryModel::kC11));

TEST_P(CheckpointedExplorationTest, GoesOnWhereItWasLeft) {
  const IsolatedExploration whole = Explore("read-dirty", 2);
  // Left after a few rounds, interrupted at once, and left again.
  uint64_t earlier = 0;
  for (const uint64_t most : {16'384u, 25'000u, 25'000u, 30'000u}) {
    const absl::StatusOr<IsolatedExploration> part =
        Resume({.max_executions = most});
    ASSERT_TRUE(part.ok()) << part.status();
    EXPECT_FALSE(part->complete);
    EXPECT_EQ(part->executions, most);
    EXPECT_EQ(part->resumed_executions, earlier);
    const std::atomic<bool> stop{true};
    ASSERT_TRUE(Resume({.workers = 2, .stop = &stop}).ok());
    const auto saved = ReadExplorationCheckpoint(path_);
    ASSERT_TRUE(saved.ok()) << saved.status();
    earlier = saved->executions;
    EXPECT_GT(earlier, 0u);
    EXPECT_LE(earlier, most);
  }
  const absl::StatusOr<IsolatedExploration> rest = Resume({.workers = 2});
  ASSERT_TRUE(rest.ok()) << rest.status();
  EXPECT_TRUE(rest->complete);
  EXPECT_EQ(rest->executions, whole.executions);
  // There is nothing more to do.
  const absl::StatusOr<IsolatedExploration> again = Resume({});
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_TRUE(again->complete);
  EXPECT_EQ(again->executions, whole.executions);
  EXPECT_EQ(again->resumed_executions, whole.executions);
}

TEST_P(CheckpointedExplorationTest, AStopBeforeTheFirstExecutionLosesNone) {
  const std::atomic<bool> stop{true};
  for (int times = 0; times < 2; ++times) {
    const absl::StatusOr<IsolatedExploration> nothing =
        Resume({.workers = 2, .stop = &stop});
    ASSERT_TRUE(nothing.ok()) << nothing.status();
    EXPECT_TRUE(nothing->interrupted);
    EXPECT_FALSE(nothing->complete);
    EXPECT_EQ(nothing->executions, 0u);
  }
  const absl::StatusOr<IsolatedExploration> rest = Resume({.workers = 2});
  ASSERT_TRUE(rest.ok()) << rest.status();
  EXPECT_TRUE(rest->complete);
  EXPECT_EQ(rest->executions, Explore("read-dirty", 2).executions);
}

TEST_P(CheckpointedExplorationTest, FindsWhatItWouldHaveFound) {
  const IsolatedExploration whole = Explore(kBroken, 1);
  ASSERT_TRUE(whole.observation.has_value());
  const auto some = Resume({.max_executions = 16'384}, kBroken);
  ASSERT_TRUE(some.ok()) << some.status();
  // By then no client has seen anything wrong, but an invariant is broken; that
  // is not forgotten.
  ASSERT_TRUE(some->observation.has_value());
  EXPECT_EQ(some->observation->kind, ViolationKind::kBrokenInvariant);
  const auto more = Resume({.max_executions = some->executions + 1}, kBroken);
  ASSERT_TRUE(more.ok()) << more.status();
  ASSERT_TRUE(more->observation.has_value());
  EXPECT_EQ(more->observation->schedule, some->observation->schedule);
  EXPECT_EQ(more->executions_to_find, some->executions_to_find);
  const auto rest = Resume({.workers = 2}, kBroken);
  ASSERT_TRUE(rest.ok()) << rest.status();
  ASSERT_TRUE(rest->observation.has_value());
  EXPECT_EQ(rest->executions_to_find, whole.executions_to_find);
  EXPECT_EQ(rest->observation->schedule, whole.observation->schedule);
}

TEST_P(CheckpointedExplorationTest, AFileOfSomethingElseIsRefused) {
  ASSERT_TRUE(Resume({.max_executions = 10}).ok());
  EXPECT_THAT(
      Resume({}, "read-dirty-epoch").status().message(),
      HasSubstr("map: expected 'read-dirty-epoch', found 'read-dirty'"));
}

TEST(ExplorationCheckpointTest, IsReadAsItWasWritten) {
  ExplorationCheckpoint checkpoint;
  checkpoint.exploration = {{"map", "mine: really"}, {"memory", "sc"}};
  checkpoint.seconds = 1.5;
  checkpoint.executions = 7;
  checkpoint.blocked = 2;
  checkpoint.frontier = std::string("\0left\n", 6);
  ExplorationCheckpoint::Symptom symptom;
  symptom.kind = ViolationKind::kLeak;
  symptom.schedule.switches = {{3, 1}};
  symptom.steps = 12;
  symptom.execution = 5;
  checkpoint.symptom = symptom;
  const auto read = ParseExplorationCheckpoint(ToText(checkpoint), "file");
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, checkpoint);
}

TEST(ExplorationCheckpointTest, WhatIsNotWholeIsRefused) {
  ExplorationCheckpoint checkpoint;
  checkpoint.exploration = {{"map", "mine"}};
  checkpoint.frontier = "left";
  const std::string text = ToText(checkpoint);
  const auto refused = [](const std::string& changed) {
    return std::string(
        ParseExplorationCheckpoint(changed, "f").status().message());
  };
  EXPECT_THAT(refused(""), HasSubstr("f:1: expected 'mortsafe explore"));
  EXPECT_THAT(refused(absl::StrReplaceAll(text, {{"seconds", "s"}})),
              HasSubstr("f:8: expected 'seconds: '"));
  EXPECT_THAT(refused(absl::StrReplaceAll(text, {{"0.000", "nan"}})),
              HasSubstr("f:3: expected 'seconds: '"));
  EXPECT_THAT(refused(absl::StrReplaceAll(text, {{"blocked: 0", "blocked"}})),
              HasSubstr("f:5: expected 'blocked: '"));
  EXPECT_THAT(refused(absl::StrReplaceAll(text, {{"mine", "ours"}})),
              HasSubstr("changed or cut"));
  for (size_t size = 0; size < text.size(); ++size) {
    EXPECT_NE(refused(text.substr(0, size)), "") << size;
  }
  EXPECT_THAT(refused(text + "more\n"), HasSubstr("changed or cut"));
}

}  // namespace
}  // namespace mortsafe
