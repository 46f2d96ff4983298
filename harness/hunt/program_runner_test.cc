// The one function that all drivers use: a faithful map shows nothing, a broken
// one is caught and what it does is named, and executions repeat exactly.

#include "harness/hunt/program_runner.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>

#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/explore/strategies.h"
#include "harness/history/text.h"
#include "harness/hunt/hunt.h"
#include "harness/hunt/schedule_strategy.h"
#include "harness/hunt/test_maps.h"
#include "harness/model/random_walk.h"
#include "harness/model/sanitizers.h"
#include "mortsafe/sync.h"

namespace mortsafe {
namespace {

using ::testing::HasSubstr;
using ::testing::Test;
using ::testing::TestWithParam;
using ::testing::Values;

constexpr bool kSanitized = kAddressSanitizer || kThreadSanitizer;

class LosesStores : public LockedMap {
 public:
  void Store(Key key, Value value) {
    if (value != 2) LockedMap::Store(key, value);
  }
};

class Deadlocks : public LockedMap {
 public:
  void Store(Key, Value) {
    const std::lock_guard<mutex> first(mutex_);
    const std::lock_guard<mutex> second(other_);
  }
  void Delete(Key) {
    const std::lock_guard<mutex> first(other_);
    const std::lock_guard<mutex> second(mutex_);
  }

 private:
  mutex other_;
};

class NeverEnds : public LockedMap {
 public:
  void Delete(Key) {
    while (!flag_.load()) {
    }
  }

 private:
  atomic<bool> flag_{false};
};

class Leaks : public LockedMap {
 public:
  void Store(Key key, Value value) {
    LockedMap::Store(key, value);
    leaked_ = new Value(value);
  }

 private:
  Value* leaked_ = nullptr;
};

class Complains : public LockedMap {
 public:
  std::optional<std::string> CheckInvariants() {
    if (entries_.empty()) return std::nullopt;
    return "the map is not empty";
  }
};

class Throws : public LockedMap {
 public:
  void Delete(Key) { throw std::out_of_range("no such key"); }
};

// A second defect, which no client sees, beside one that clients do see.
class LosesStoresAndComplains : public LosesStores {
 public:
  std::optional<std::string> CheckInvariants() { return "all is lost"; }
};

[[maybe_unused]] const bool kRegistered =
    RegisterMap<LockedMap>("test::Locked") &&
    RegisterMap<LosesStores>("test::LosesStores") &&
    RegisterMap<Deadlocks>("test::Deadlocks") &&
    RegisterMap<NeverEnds>("test::NeverEnds") &&
    RegisterMap<Leaks>("test::Leaks") &&
    RegisterMap<Complains>("test::Complains") &&
    RegisterMap<Throws>("test::Throws") &&
    RegisterMap<LosesStoresAndComplains>("test::LosesStoresAndComplains");

HuntOptions OptionsFor(absl::string_view subject) {
  HuntOptions options;
  options.subject = FindSubject(subject).value();
  options.bounds.operations_offered = options.subject.subject->operations;
  options.seed = 1;
  return options;
}

// Runs the executions of a hunt one after another in this process, until one
// goes wrong.
RunResult FirstWrong(const HuntOptions& options, uint64_t executions,
                     const RunOptions& run_options = {}) {
  ProgramRunner runner(options.subject);
  Input input;
  for (uint64_t index = 0; index < executions; ++index) {
    GenerateInput(options, index, input);
    RunResult result =
        WithStrategy(input.schedule, [&](SchedulingStrategy& strategy) {
          return runner.Run(input.program, strategy, run_options);
        });
    if (result.kind.has_value()) return result;
  }
  return {};
}

// Runs a program of `subject` once.
RunResult RunOnce(absl::string_view subject, absl::string_view program,
                  absl::string_view schedule = "") {
  ProgramRunner runner(FindSubject(subject).value());
  const Schedule switches = ParseSchedule(schedule, "test").value();
  ReplayStrategy strategy(switches);
  return runner.Run(ParseProgram(program, "test").value(), strategy);
}

class FaithfulTest : public TestWithParam<const char*> {};

TEST_P(FaithfulTest, ShowsNothing) {
  const RunResult result =
      FirstWrong(OptionsFor(GetParam()), kSanitized ? 600 : 4000);
  EXPECT_FALSE(result.kind.has_value())
      << Slug(*result.kind) << ": " << result.sentence;
}

INSTANTIATE_TEST_SUITE_P(Maps, FaithfulTest,
                         Values("read-dirty", "read-dirty-epoch", "hash-trie",
                                "hash-trie-collide", "hash-trie-epoch",
                                "test::Locked"));

class DefectTest : public TestWithParam<const char*> {};

TEST_P(DefectTest, IsSeenByClients) {
  const RunResult result =
      FirstWrong(OptionsFor(GetParam()), 20'000, {.check_invariants = false});
  ASSERT_TRUE(result.kind.has_value());
  EXPECT_LE(*result.kind, ViolationKind::kNonAtomicClear);
  ASSERT_TRUE(result.violation.has_value());
  EXPECT_EQ(result.violation->kind, result.kind);
  EXPECT_EQ(result.violation->sentence, result.sentence);
}

INSTANTIATE_TEST_SUITE_P(Defects, DefectTest,
                         Values("read-dirty:c1", "read-dirty:c2",
                                "read-dirty:c3", "read-dirty:c4",
                                "read-dirty:c7", "read-dirty:c10"));

TEST(ProgramRunnerTest, AStoreThatDoesNothingIsALostStore) {
  const RunResult result =
      RunOnce("test::LosesStores", "initial: Store(0, 2) | thread 1: Load(0)");
  EXPECT_EQ(result.kind, ViolationKind::kLostStore) << result.sentence;
}

// Also where nobody looks for races: both deleters saw it before either wrote.
TEST(ProgramRunnerTest, AMarkByPlainWriteLetsTwoTakeOneValue) {
  if (kThreadSanitizer) GTEST_SKIP() << "ThreadSanitizer reports the race";
  constexpr absl::string_view kProgram =
      "initial: Store(0, 1); Load(0) | thread 1: LoadAndDelete(0) | thread 2: "
      "LoadAndDelete(0)";
  constexpr absl::string_view kBetween = "T1@4 -> T2\n";
  const RunResult result =
      RunOnce("read-dirty:mark-by-plain-write", kProgram, kBetween);
  EXPECT_EQ(result.kind, ViolationKind::kDoubleTake) << result.sentence;
  EXPECT_EQ(RunOnce("read-dirty", kProgram, kBetween).kind, std::nullopt);
}

TEST(ProgramRunnerTest, LocksInOppositeOrderDeadlock) {
  const RunResult result = RunOnce(
      "test::Deadlocks",
      "initial: | thread 1: Store(0, 1) | thread 2: Delete(0)", "T1@1 -> T2\n");
  EXPECT_EQ(result.kind, ViolationKind::kDeadlock) << result.sentence;
}

TEST(ProgramRunnerTest, AnEndlessLoopIsALivelock) {
  const RunResult result =
      RunOnce("test::NeverEnds", "initial: | thread 1: Load(0); Delete(0)");
  EXPECT_EQ(result.kind, ViolationKind::kLivelock) << result.sentence;
}

TEST(ProgramRunnerTest, WhatIsNotFreedIsALeak) {
  const RunResult result =
      RunOnce("test::Leaks", "initial: Store(0, 1) | thread 1: Load(0)");
  EXPECT_EQ(result.kind, ViolationKind::kLeak);
  EXPECT_THAT(result.sentence, HasSubstr("After the map was destroyed"));
}

TEST(ProgramRunnerTest, ABrokenInvariantIsTold) {
  constexpr absl::string_view kProgram =
      "initial: Store(0, 1) | thread 1: Load(0)";
  const RunResult result = RunOnce("test::Complains", kProgram);
  EXPECT_EQ(result.kind, ViolationKind::kBrokenInvariant);
  EXPECT_THAT(result.sentence, HasSubstr("the map is not empty"));
  EXPECT_FALSE(RunOnce("test::Complains", "initial: Store(0, 1); Delete(0)")
                   .kind.has_value());
}

TEST(ProgramRunnerTest, AnEscapedExceptionIsACrash) {
  const RunResult result =
      RunOnce("test::Throws", "initial: | thread 1: Delete(0)");
  EXPECT_EQ(result.kind, ViolationKind::kCrash);
  EXPECT_THAT(result.sentence, HasSubstr("no such key"));
}

TEST(ProgramRunnerTest, WhatClientsSeeIsGraverThanABrokenInvariant) {
  EXPECT_EQ(RunOnce("test::LosesStoresAndComplains",
                    "initial: Store(0, 2) | thread 1: Load(0)")
                .kind,
            ViolationKind::kLostStore);
  EXPECT_EQ(RunOnce("test::LosesStoresAndComplains",
                    "initial: Store(0, 1) | thread 1: Load(0)")
                .kind,
            ViolationKind::kBrokenInvariant);
}

TEST(ProgramRunnerTest, InvariantsCanBeLeftOut) {
  ProgramRunner runner(FindSubject("test::Complains").value());
  const Schedule schedule;
  ReplayStrategy strategy(schedule);
  const Program program =
      ParseProgram("initial: Store(0, 1) | thread 1: Load(0)", "test").value();
  EXPECT_FALSE(runner.Run(program, strategy, {.check_invariants = false})
                   .kind.has_value());
}

constexpr absl::string_view kKeepsKey =
    "initial: Store(0, 1); Delete(0) | thread 1: Load(1) | thread 2: Load(1)";

TEST(ProgramRunnerTest, AStateThatIsNotThatOfTheDesignIsTold) {
  const RunResult result = RunOnce("read-dirty:c6-delete-keeps-key", kKeepsKey);
  EXPECT_EQ(result.kind, ViolationKind::kBrokenInvariant);
  EXPECT_EQ(result.sentence,
            "After Store(0, 1); Delete(0), by one client, the map's state is "
            R"({"read":{"0":"nil"},"amended":false,"dirty":null,"misses":0}; )"
            "by its design it is "
            R"({"read":{},"amended":false,"dirty":null,"misses":0}.)");
  EXPECT_FALSE(RunOnce("read-dirty", kKeepsKey).kind.has_value());
}

// What was seen before the place that it goes on from holds for an execution.
TEST(ProgramRunnerTest, AnExecutionThatIsRunAgainHasTheSameState) {
  ProgramRunner runner(FindSubject("read-dirty:c6-delete-keeps-key").value());
  if (!runner.CanKeepPlaces()) GTEST_SKIP() << "keeps no places";
  const Program program = ParseProgram(kKeepsKey, "test").value();
  RandomWalk strategy(1);
  EXPECT_TRUE(runner.Run(program, strategy, {.keep_first_choice = true}).kind);
  ASSERT_TRUE(runner.CanRunAgain());
  EXPECT_EQ(runner.RunAgain(strategy, nullptr).kind,
            ViolationKind::kBrokenInvariant);
}

// So that what was recorded before there was a design to compare with replays.
TEST(ProgramRunnerTest, ComparingTheStateIsNoStep) {
  ProgramRunner runner(FindSubject("read-dirty").value());
  const Program program = ParseProgram(kKeepsKey, "test").value();
  const Schedule schedule;
  ReplayStrategy strategy(schedule);
  runner.Run(program, strategy, {.record = true, .check_invariants = false});
  const History unchecked = runner.history();
  runner.Run(program, strategy, {.record = true});
  EXPECT_EQ(ToJsonLines(runner.history()), ToJsonLines(unchecked));
}

TEST(ProgramRunnerTest, AHistoryHoldsEveryOperationWithItsClient) {
  ProgramRunner runner(FindSubject("test::Locked").value());
  const Schedule schedule;
  ReplayStrategy strategy(schedule);
  runner.Run(ParseProgram("initial: Store(0, 1) | thread 1: Load(0); Delete(0) "
                          "| thread 2: Load(0)",
                          "test")
                 .value(),
             strategy);
  const History history = runner.history();
  ASSERT_EQ(history.operations.size(), 4u);
  EXPECT_EQ(history.operations[0].client, 0u);
  EXPECT_EQ(history.operations[1].client, 1u);
  EXPECT_EQ(history.operations[1].result, 1u);
  EXPECT_EQ(history.operations[3].client, 2u);
  EXPECT_EQ(history.operations[3].result, std::nullopt);
  EXPECT_TRUE(Precedes(history.operations[0], history.operations[1]));
  EXPECT_TRUE(Precedes(history.operations[2], history.operations[3]));
}

class RepeatTest : public Test {
 protected:
  // Runs `input` recorded, and returns the history's text.
  static std::string RunRecorded(ProgramRunner& runner, const Program& program,
                                 const ScheduleSpec& schedule) {
    WithStrategy(schedule, [&](SchedulingStrategy& strategy) {
      return runner.Run(program, strategy, {.record = true});
    });
    return ToJsonLines(runner.history());
  }
};

TEST_F(RepeatTest, TheSameInputGivesTheSameHistory) {
  for (const char* const subject : {"read-dirty", "read-dirty-epoch:c4"}) {
    const HuntOptions options = OptionsFor(subject);
    ProgramRunner runner(options.subject);
    ProgramRunner other(options.subject);
    Input input;
    for (uint64_t index = 0; index < 200; ++index) {
      GenerateInput(options, index, input);
      const std::string first =
          RunRecorded(runner, input.program, input.schedule);
      const Trace trace = runner.trace();
      EXPECT_EQ(first, RunRecorded(runner, input.program, input.schedule));
      EXPECT_EQ(first, RunRecorded(other, input.program, input.schedule));
      EXPECT_EQ(trace.steps, other.trace().steps);
    }
  }
}

TEST_F(RepeatTest, ReplayingTheScheduleGivesTheSameHistory) {
  for (const char* const subject : {"read-dirty", "read-dirty-epoch:c4"}) {
    const HuntOptions options = OptionsFor(subject);
    ProgramRunner runner(options.subject);
    Input input;
    for (uint64_t index = 0; index < 200; ++index) {
      GenerateInput(options, index, input);
      const std::string original =
          RunRecorded(runner, input.program, input.schedule);
      const Schedule schedule = runner.schedule();
      EXPECT_EQ(original,
                RunRecorded(runner, input.program, {.schedule = schedule}));
      EXPECT_EQ(runner.schedule(), schedule);
    }
  }
}

TEST(ProgressTest, TheLogTellsTheSchedule) {
  const HuntOptions options = OptionsFor("read-dirty");
  ProgramRunner runner(options.subject);
  const auto progress = std::make_unique<ProgressLog>();
  Input input;
  size_t switches = 0;
  for (uint64_t index = 0; index < 100; ++index) {
    GenerateInput(options, index, input);
    *progress = {};
    WithStrategy(input.schedule, [&](SchedulingStrategy& strategy) {
      return runner.Run(input.program, strategy,
                        {.record = true, .progress = progress.get()});
    });
    const Schedule logged = {
        {progress->switches.begin(),
         progress->switches.begin() + progress->switch_count}};
    EXPECT_EQ(logged, runner.schedule());
    EXPECT_EQ(progress->steps, runner.trace().steps.size());
    switches += logged.switches.size();
  }
  EXPECT_GT(switches, 0u);
}

TEST(ProgressTest, AnExecutionCanBeStoppedEarly) {
  const HuntOptions options = OptionsFor("read-dirty");
  ProgramRunner runner(options.subject);
  const Program program =
      ParseProgram(
          "initial: Store(0, 1) | thread 1: Load(0); Store(0, 2) | "
          "thread 2: Delete(0)",
          "test")
          .value();
  const Schedule schedule = ParseSchedule("T1@1 -> T2\n", "test").value();
  ReplayStrategy strategy(schedule);
  runner.Run(program, strategy, {.record = true});
  const Trace whole = runner.trace();
  ASSERT_GT(whole.steps.size(), 8u);
  EXPECT_EQ(runner.history().operations.size(), 4u);

  for (const uint32_t stop : {2u, 5u, 8u}) {
    ReplayStrategy again(schedule);
    const RunResult result =
        runner.Run(program, again, {.record = true, .stop_at_step = stop});
    EXPECT_FALSE(result.kind.has_value());
    const Trace part = runner.trace();
    // The step at which it stopped is known, though not what came of it.
    ASSERT_EQ(part.steps.size(), stop);
    for (size_t i = 0; i < part.steps.size(); ++i) {
      EXPECT_EQ(part.steps[i].thread, whole.steps[i].thread);
      EXPECT_EQ(part.steps[i].thread_step, whole.steps[i].thread_step);
      EXPECT_EQ(part.steps[i].action, whole.steps[i].action);
      EXPECT_EQ(part.steps[i].time, whole.steps[i].time);
      EXPECT_EQ(part.steps[i].preempts, whole.steps[i].preempts) << i;
      EXPECT_EQ(part.steps[i].object, whole.steps[i].object) << i;
      if (i + 1 < stop) {
        EXPECT_EQ(part.steps[i].detail, whole.steps[i].detail) << i;
      }
    }
  }
}

}  // namespace
}  // namespace mortsafe
