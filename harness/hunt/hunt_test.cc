// The hunt from end to end: what it finds depends on nothing but its options,
// crashes included, and what it found is made small and replays.

#include "harness/hunt/hunt.h"

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/base/violation_kind.h"
#include "harness/explore/strategies.h"
#include "harness/history/text.h"
#include "harness/hunt/program_runner.h"
#include "harness/hunt/replay.h"
#include "harness/hunt/shrink.h"
#include "harness/hunt/test_maps.h"
#include "harness/linearize/checker.h"
#include "harness/linearize/violation.h"
#include "harness/model/sanitizers.h"
#include "harness/program/program.h"
#include "harness/program/schedule.h"
#include "harness/subject/registry.h"
#include "mortsafe/memory_model.h"
#include "mortsafe/sync.h"

namespace mortsafe {
namespace {

using ::testing::HasSubstr;
using ::testing::TestWithParam;
using ::testing::Values;
using ::testing::ValuesIn;

constexpr bool kSanitized = kAddressSanitizer || kThreadSanitizer;
constexpr uint64_t kEnough = 100'000;

class AbortsOnDelete : public LockedMap {
 public:
  void Delete(Key key) {
    if (Load(key).has_value()) std::abort();
  }
};

class FollowsNullOnDelete : public LockedMap {
 public:
  void Delete(Key key) {
    if (Load(key).has_value()) *nowhere_ = key;
  }

 private:
  Key* volatile nowhere_ = nullptr;
};

class ExitsOnDelete : public LockedMap {
 public:
  void Delete(Key) { std::exit(0); }
};

// Forgets to delete, but not before the thousandth time.
class TiresOfDeleting : public LockedMap {
 public:
  void Delete(Key key) {
    static std::atomic<int> deleted{0};  // Std's: no scheduling point, no race.
    if (deleted.fetch_add(1, std::memory_order_relaxed) < 1'000)
      LockedMap::Delete(key);
  }
};

// Crashes before the first scheduling point.
class CannotBeMade : public LockedMap {
 public:
  CannotBeMade() { std::abort(); }
};

// Its counter is touched outside of the lock.
class CountsCarelessly : public LockedMap {
 public:
  std::optional<Value> Load(Key key) {
    ++loads_;
    return LockedMap::Load(key);
  }

 private:
  int loads_ = 0;
};

// Announces where a value is to be found, which a client may come to know
// before the value. Right where memory is sequentially consistent.
class HastyMap {
 public:
  std::optional<Value> Load(Key key) {
    const Value at = announced_[key].load(std::memory_order_relaxed);
    if (at == 0) return std::nullopt;
    return values_[at % values_.size()].load(std::memory_order_relaxed);
  }
  void Store(Key key, Value value) {
    values_[value % values_.size()].store(value, std::memory_order_relaxed);
    announced_[key].store(value, std::memory_order_relaxed);
  }
  void Delete(Key key) { announced_[key].store(0, std::memory_order_relaxed); }

 private:
  std::array<atomic<Value>, kMaxKeys> announced_ = {};
  std::array<atomic<Value>, 64> values_ = {};
};

// Has a thread of its own.
class BusyMap : public LockedMap {
 public:
  BusyMap() : thread_([] {}) {}
  ~BusyMap() { thread_.join(); }

 private:
  thread thread_;
};

[[maybe_unused]] const bool kRegistered =
    RegisterMap<LockedMap>("test::Locked") &&
    RegisterMap<HastyMap>("test::Hasty") &&
    RegisterMap<BusyMap>("test::Busy") &&
    RegisterMap<AbortsOnDelete>("test::AbortsOnDelete") &&
    RegisterMap<FollowsNullOnDelete>("test::FollowsNullOnDelete") &&
    RegisterMap<ExitsOnDelete>("test::ExitsOnDelete") &&
    RegisterMap<TiresOfDeleting>("test::TiresOfDeleting") &&
    RegisterMap<CannotBeMade>("test::CannotBeMade") &&
    RegisterMap<CountsCarelessly>("test::CountsCarelessly");

HuntOptions OptionsFor(absl::string_view subject) {
  HuntOptions options;
  options.subject = FindSubject(subject).value();
  options.bounds.operations_offered = options.subject.subject->operations;
  options.seed = 1;
  options.executions = kEnough;
  return options;
}

// What a hunt for `subject` found; there must be something.
HuntFinding Found(absl::string_view subject) {
  const HuntResult result = Hunt(OptionsFor(subject));
  EXPECT_TRUE(result.finding.has_value()) << subject;
  return result.finding.value_or(HuntFinding());
}

Shrunk ShrunkFinding(absl::string_view subject, const HuntFinding& finding) {
  return Shrink(FindSubject(subject).value(), finding.input.program,
                finding.observation);
}

TEST(HuntTest, TheNumberOfWorkersDoesNotMatter) {
  HuntOptions options = OptionsFor("read-dirty:c1");
  const HuntResult one = Hunt(options);
  ASSERT_TRUE(one.finding.has_value());
  EXPECT_EQ(one.progress.executions, one.finding->index + 1);
  for (const int workers : {1, 2, 3}) {
    options.workers = workers;
    const HuntResult other = Hunt(options);
    ASSERT_TRUE(other.finding.has_value());
    EXPECT_EQ(other.progress.executions, one.progress.executions);
    EXPECT_EQ(other.finding->index, one.finding->index);
    EXPECT_EQ(other.finding->input, one.finding->input);
    EXPECT_EQ(other.finding->observation.kind, one.finding->observation.kind);
    EXPECT_EQ(other.finding->observation.schedule,
              one.finding->observation.schedule);
  }
}

TEST(HuntTest, OtherSeedsGiveOtherPrograms) {
  HuntOptions options = OptionsFor("read-dirty");
  Input first;
  GenerateInput(options, 0, first);
  options.seed = 2;
  Input second;
  GenerateInput(options, 0, second);
  EXPECT_NE(first.program, second.program);
}

TEST(HuntTest, AFaithfulMapTakesExactlyAllExecutions) {
  for (const char* const subject :
       {"read-dirty", "read-dirty-epoch", "hash-trie", "hash-trie-collide",
        "hash-trie-epoch", "test::Locked"}) {
    HuntOptions options = OptionsFor(subject);
    options.executions = kSanitized ? 1'500 : 5'000;
    options.workers = 2;
    const HuntResult result = Hunt(options);
    EXPECT_FALSE(result.finding.has_value()) << subject;
    EXPECT_EQ(result.progress.executions, options.executions);
    EXPECT_GT(result.progress.coverage, 0u);
  }
}

class WeakHuntTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (kSanitized) GTEST_SKIP() << "not offered under sanitizers";
  }
  static HuntOptions WeakOptionsFor(absl::string_view subject) {
    HuntOptions options = OptionsFor(subject);
    options.memory = MemoryModel::kC11;
    return options;
  }
};

TEST_F(WeakHuntTest, DrawsTheSameWhateverTheWorkersAndReplays) {
  for (const char* const subject : {"test::Hasty", "read-dirty:c5"}) {
    HuntOptions options = WeakOptionsFor(subject);
    const HuntResult one = Hunt(options);
    ASSERT_TRUE(one.finding.has_value()) << subject;
    const Observation& seen = one.finding->observation;
    EXPECT_EQ(seen.schedule.memory, MemoryModel::kC11);
    options.workers = 3;
    const HuntResult three = Hunt(options);
    ASSERT_TRUE(three.finding.has_value()) << subject;
    EXPECT_EQ(three.finding->index, one.finding->index);
    EXPECT_EQ(three.finding->input, one.finding->input);
    EXPECT_EQ(three.finding->observation.schedule, seen.schedule);

    // From its text, with the same history byte by byte.
    const ReplayResult replayed = ReplayText(
        subject, ToText(one.finding->input.program), ToText(seen.schedule));
    EXPECT_EQ(replayed.violation, Slug(seen.kind)) << replayed.report;
    ProgramRunner runner(options.subject);
    RunAsObserved(runner, one.finding->input.program, seen);
    EXPECT_EQ(ToJsonLines(runner.history()), ToJsonLines(seen.history));
  }
}

TEST_F(WeakHuntTest, FindsWhatSequentialConsistencyHides) {
  HuntOptions options = WeakOptionsFor("test::Hasty");
  const HuntResult weak = Hunt(options);
  ASSERT_TRUE(weak.finding.has_value());
  EXPECT_FALSE(weak.finding->observation.schedule.stale.empty());
  options.memory = MemoryModel::kSc;
  options.executions = 20'000;
  EXPECT_FALSE(Hunt(options).finding.has_value());
}

TEST_F(WeakHuntTest, SweepsUnderTheSameMemory) {
  HuntOptions options = WeakOptionsFor("test::Hasty");
  options.sweeps = true;
  const HuntResult result = Hunt(options);
  ASSERT_TRUE(result.finding.has_value());
  EXPECT_TRUE(result.finding->swept);
  EXPECT_EQ(result.finding->observation.kind, ViolationKind::kValueFromNowhere);
}

TEST_F(WeakHuntTest, FaithfulMapsAreClean) {
  for (const char* const subject :
       {"read-dirty", "read-dirty-epoch", "hash-trie-epoch"}) {
    HuntOptions options = WeakOptionsFor(subject);
    options.executions = 20'000;
    options.workers = 2;
    const HuntResult result = Hunt(options);
    EXPECT_FALSE(result.finding.has_value()) << subject;
    EXPECT_EQ(result.progress.executions, options.executions);
  }
}

TEST_F(WeakHuntTest, AMapWithThreadsOfItsOwnIsRefused) {
  HuntOptions options = WeakOptionsFor("test::Busy");
  for (const bool sweeps : {false, true}) {
    options.sweeps = sweeps;
    const HuntResult result = Hunt(options);
    EXPECT_FALSE(result.finding.has_value());
    EXPECT_EQ(result.refused.message(),
              "test::Busy: the map starts threads of its own");
  }
}

HuntOptions OptionsForOneStore(const SubjectChoice& subject) {
  HuntOptions options;
  options.subject = subject;
  options.program = MustParse("thread 1: Store(0, 1)");
  options.executions = 1;
  options.patience = std::chrono::milliseconds(500);
  return options;
}

TEST(HuntTest, WhatIsSlowIsNotStuck) {
  const HuntResult slow = Hunt(OptionsForOneStore(ChoiceOf<SlowMap>()));
  EXPECT_FALSE(slow.finding.has_value());
  EXPECT_EQ(slow.progress.executions, 1u);
  const HuntResult stuck = Hunt(OptionsForOneStore(ChoiceOf<StuckMap>()));
  ASSERT_TRUE(stuck.finding.has_value());
  EXPECT_EQ(stuck.finding->observation.kind, ViolationKind::kTimeOut);
}

TEST(ReplayTest, StaleLoadsAreRefusedUnderSanitizers) {
  const ReplayResult result =
      ReplayText("read-dirty", "thread 1: Load(0)", "memory c11");
  EXPECT_EQ(result.violation, kSanitized ? "error" : "");
}

TEST(HuntTest, EndsWhenItIsAskedTo) {
  HuntOptions options = OptionsFor("read-dirty");
  options.executions = kEnough * kEnough;
  std::atomic<bool> stop{false};
  options.stop = &stop;
  options.on_progress = [&](const HuntProgress&) { stop = true; };
  const HuntResult result = Hunt(options);
  EXPECT_TRUE(result.interrupted);
  EXPECT_FALSE(result.finding.has_value());
  EXPECT_LT(result.progress.executions, options.executions);
}

TEST(HuntTest, AMapThatExitsHasCrashed) {
  const HuntFinding finding = Found("test::ExitsOnDelete");
  EXPECT_EQ(finding.observation.kind, ViolationKind::kCrash);
  ASSERT_TRUE(finding.observation.crash.has_value());
  EXPECT_THAT(finding.observation.crash->sentence,
              HasSubstr("exited with status 0"));
}

TEST(HuntTest, WhatDoesNotRepeatIsToldAllTheSame) {
  const HuntFinding finding = Found("test::TiresOfDeleting");
  EXPECT_FALSE(finding.observation.repeats);
  EXPECT_EQ(finding.observation.kind, ViolationKind::kStaleValueAfterDelete);
  EXPECT_THAT(finding.observation.sentence, HasSubstr("Delete("));
  const std::optional<Violation> violation =
      Checker().Explain(finding.observation.history);
  ASSERT_TRUE(violation.has_value());
  EXPECT_EQ(violation->sentence, finding.observation.sentence);

  const Shrunk shrunk = ShrunkFinding("test::TiresOfDeleting", finding);
  EXPECT_EQ(shrunk.minimized.program, finding.input.program);
  EXPECT_FALSE(shrunk.observation.repeats);
}

TEST(HuntTest, ACrashBeforeTheFirstStepIsFound) {
  const HuntFinding finding = Found("test::CannotBeMade");
  EXPECT_EQ(finding.observation.kind, ViolationKind::kCrash);
  EXPECT_EQ(finding.observation.steps, 0u);

  const Shrunk shrunk = ShrunkFinding("test::CannotBeMade", finding);
  EXPECT_EQ(OperationCount(shrunk.minimized.program), 1u);
}

TEST(HuntTest, AGivenProgramIsKept) {
  HuntOptions options = OptionsFor("read-dirty:c1");
  options.program = ParseProgram(
                        "initial: Store(0, 1) | thread 1: Delete(0); Load(0) | "
                        "thread 2: Store(0, 2) | thread 3: Load(0)",
                        "test")
                        .value();
  options.strategy = ScheduleMode::kPct;
  Input input;
  for (uint64_t index = 0; index < 20; ++index) {
    GenerateInput(options, index, input);
    EXPECT_EQ(input.program, options.program);
    EXPECT_EQ(input.schedule.mode, ScheduleMode::kPct);
  }
}

class ShrinkTest : public TestWithParam<const char*> {};

TEST_P(ShrinkTest, FindingsAreMadeSmallAndReplay) {
  const HuntFinding finding = Found(GetParam());
  EXPECT_LE(finding.observation.kind, ViolationKind::kNonAtomicClear)
      << Slug(finding.observation.kind);

  const Shrunk shrunk = ShrunkFinding(GetParam(), finding);
  const Program& program = shrunk.minimized.program;
  EXPECT_EQ(shrunk.observation.kind, finding.observation.kind);
  EXPECT_TRUE(Validate(program).ok()) << ToText(program);
  EXPECT_LE(program.threads.size(), 3u) << ToText(program);
  EXPECT_LE(OperationCount(program), 8u) << ToText(program);

  const std::string text = ToOneLine(program);
  const std::string schedule = ToText(shrunk.minimized.schedule);
  const ReplayResult broken = ReplayText(GetParam(), text, schedule);
  EXPECT_EQ(broken.violation, Slug(finding.observation.kind));
  EXPECT_FALSE(broken.report.empty());
  const std::string name(GetParam());
  const ReplayResult faithful =
      ReplayText(name.substr(0, name.find(':')), text, schedule);
  EXPECT_EQ(faithful.violation, "") << faithful.report;
}

// Sanitizers make shrinking slow: three stand for all there.
std::vector<const char*> DefectsToShrink() {
  if (kSanitized) return {"read-dirty:c1", "read-dirty:c3", "read-dirty:c10"};
  return {"read-dirty:c1",
          "read-dirty:c2",
          "read-dirty:c3",
          "read-dirty:c4",
          "read-dirty:c7",
          "read-dirty:c10",
          "read-dirty:copy-without-lock"};
}

INSTANTIATE_TEST_SUITE_P(Defects, ShrinkTest, ValuesIn(DefectsToShrink()));
#if !defined(MORTSAFE_TSAN)
// What is used again at once is also a data race.
INSTANTIATE_TEST_SUITE_P(Reclaimer, ShrinkTest,
                         Values("read-dirty-epoch:c8-reuse"));
INSTANTIATE_TEST_SUITE_P(RacingDefects, ShrinkTest,
                         Values("read-dirty:mark-by-plain-write"));
#endif

// The value is freed twice when the map is destroyed, unless who repeats the
// execution looks at the order of the threads' steps from its beginning.
TEST(ShrinkRaceTest, ARaceThatCrashesLaterIsStillARace) {
  if (kSanitized) GTEST_SKIP() << "the sanitizer has its own name for it";
  constexpr absl::string_view kName = "read-dirty-epoch:retire-before-unlink";
  Observation observation;
  observation.kind = ViolationKind::kDataRace;
  observation.schedule =
      ParseSchedule("T1@7 -> T2\nT2@40 -> T1\nT1@20 -> T2\n", "test").value();
  const Program program = ParseProgram(
                              "initial: Store(0, 1) | thread 1: Delete(0) | "
                              "thread 2: CompareAndDelete(0, 1)",
                              "test")
                              .value();
  const Shrunk shrunk =
      Shrink(FindSubject(kName).value(), program, observation, nullptr);
  EXPECT_TRUE(shrunk.observation.repeats);
  EXPECT_EQ(shrunk.observation.kind, ViolationKind::kDataRace);
  EXPECT_NE(shrunk.observation.sentence, "");
}

TEST(ShrinkDeterminismTest, TheSameFindingShrinksTheSameWay) {
  const HuntFinding finding = Found("read-dirty:c3");
  const Shrunk first = ShrunkFinding("read-dirty:c3", finding);
  const Shrunk second = ShrunkFinding("read-dirty:c3", finding);
  EXPECT_EQ(first.minimized.program, second.minimized.program);
  EXPECT_EQ(first.minimized.schedule, second.minimized.schedule);
  EXPECT_EQ(first.minimized.attempts, second.minimized.attempts);
}

// Nothing can be left out of what is left: no operation, with the schedule that
// is left, and no switch.
TEST(ShrinkMinimalityTest, NoOperationAndNoSwitchCanBeLeftOut) {
  for (const char* const map : {"read-dirty:c1", "read-dirty:c3"}) {
    const HuntFinding finding = Found(map);
    const Shrunk shrunk = ShrunkFinding(map, finding);
    const auto shows = [&](const Program& program, const Schedule& schedule) {
      return ReplayText(map, ToOneLine(program), ToText(schedule)).violation ==
             Slug(finding.observation.kind);
    };
    const auto operations_of = [](auto& of, size_t section) -> auto& {
      return section == 0 ? of.initial : of.threads[section - 1];
    };
    const Program& program = shrunk.minimized.program;
    const Schedule& schedule = shrunk.minimized.schedule;
    ASSERT_TRUE(shows(program, schedule));
    for (size_t i = 0; i < schedule.switches.size(); ++i) {
      Schedule fewer = schedule;
      fewer.switches.erase(fewer.switches.begin() + static_cast<ptrdiff_t>(i));
      EXPECT_FALSE(shows(program, fewer)) << ToText(fewer);
    }
    for (size_t section = 0; section <= program.threads.size(); ++section) {
      for (size_t i = 0; i < operations_of(program, section).size(); ++i) {
        Program smaller = program;
        auto& operations = operations_of(smaller, section);
        operations.erase(operations.begin() + static_cast<ptrdiff_t>(i));
        if (!Validate(smaller).ok()) continue;
        EXPECT_FALSE(shows(smaller, schedule)) << ToText(smaller);
      }
    }
  }
}

TEST(ShrinkStepsTest, EachStepOnTheWayShowsTheSame) {
  const HuntFinding finding = Found("read-dirty:c3");
  int steps = 0;
  const Shrunk shrunk = Shrink(
      FindSubject("read-dirty:c3").value(), finding.input.program,
      finding.observation, nullptr,
      [&](const Program& program, const Schedule& schedule) {
        ++steps;
        EXPECT_EQ(
            ReplayText("read-dirty:c3", ToOneLine(program), ToText(schedule))
                .violation,
            Slug(finding.observation.kind));
      });
  EXPECT_GT(steps, 0);
}

TEST(ShrinkStopTest, WhatIsStoppedSettlesForWhatThereIs) {
  const HuntFinding finding = Found("read-dirty:c3");
  const std::atomic<bool> stop{true};
  const Shrunk shrunk =
      Shrink(FindSubject("read-dirty:c3").value(), finding.input.program,
             finding.observation, &stop);
  EXPECT_EQ(shrunk.minimized.program, finding.input.program);
  EXPECT_EQ(shrunk.observation.kind, finding.observation.kind);
  EXPECT_TRUE(shrunk.observation.repeats);
}

TEST(ReplayTest, AFindingGivesTheSameHistoryEveryTime) {
  const HuntFinding finding = Found("read-dirty:c3");
  const auto history = [&] {
    ProgramRunner runner(FindSubject("read-dirty:c3").value());
    ReplayStrategy strategy(finding.observation.schedule);
    const RunResult result = runner.Run(finding.input.program, strategy);
    EXPECT_EQ(result.kind, finding.observation.kind);
    return ToJsonLines(runner.history());
  };
  const std::string first = history();
  EXPECT_FALSE(first.empty());
  for (int i = 0; i < 20; ++i) EXPECT_EQ(history(), first);
}

TEST(ReplayTest, TextsThatCannotBeReadAreErrors) {
  constexpr absl::string_view kProgram = "initial: | thread 1: Load(0)";
  EXPECT_EQ(ReplayText("read-dirty", kProgram, "").violation, "");
  const ReplayResult map = ReplayText("no-such-map", kProgram, "");
  EXPECT_EQ(map.violation, "error");
  EXPECT_THAT(map.report, HasSubstr("no-such-map"));
  const ReplayResult program =
      ReplayText("read-dirty", "thread 1: Lead(0)", "");
  EXPECT_EQ(program.violation, "error");
  EXPECT_THAT(program.report, HasSubstr("program:1:"));
  const ReplayResult schedule = ReplayText("read-dirty", kProgram, "T1 -> T2");
  EXPECT_EQ(schedule.violation, "error");
  EXPECT_THAT(schedule.report, HasSubstr("schedule:1:"));
  EXPECT_EQ(ReplayText("read-dirty", kProgram, "T0@1 -> T2").report,
            "schedule:1:9: expected a thread from T0 to T1, found 'T2'");
  EXPECT_EQ(ReplayText("read-dirty", kProgram, "T0@1 -> T2", 1).violation, "");
}

TEST(ReplayTest, AProgramOfOperationsThatTheMapLacksIsAnError) {
  const ReplayResult result =
      ReplayText("test::Locked", "initial: | thread 1: Clear()", "");
  EXPECT_EQ(result.violation, "error");
  EXPECT_THAT(result.report, HasSubstr("Clear"));
}

class CrashTest : public TestWithParam<const char*> {};

TEST_P(CrashTest, IsFoundByAnyNumberOfWorkersAndMadeSmall) {
  HuntOptions options = OptionsFor(GetParam());
  const HuntResult one = Hunt(options);
  ASSERT_TRUE(one.finding.has_value());
  options.workers = 3;
  const HuntResult three = Hunt(options);
  ASSERT_TRUE(three.finding.has_value());
  EXPECT_EQ(three.finding->index, one.finding->index);
  EXPECT_EQ(one.finding->observation.kind, ViolationKind::kCrash);
  ASSERT_TRUE(one.finding->observation.crash.has_value());

  const Shrunk shrunk = ShrunkFinding(GetParam(), *one.finding);
  EXPECT_EQ(shrunk.minimized.program,
            ParseProgram("initial: Store(0, 1); Delete(0)", "test").value())
      << ToText(shrunk.minimized.program);
  EXPECT_EQ(
      ReplayText(GetParam(), ToText(shrunk.minimized.program), "").violation,
      "crash");
}

INSTANTIATE_TEST_SUITE_P(Maps, CrashTest,
                         Values("test::AbortsOnDelete",
                                "test::FollowsNullOnDelete"));

#if defined(MORTSAFE_TSAN)
TEST(DataRaceTest, OfTheMapIsFound) {
  for (const char* const subject :
       {"test::CountsCarelessly", "read-dirty:c5"}) {
    const HuntFinding finding = Found(subject);
    EXPECT_EQ(finding.observation.kind, ViolationKind::kDataRace) << subject;
    ASSERT_TRUE(finding.observation.crash.has_value());
    EXPECT_EQ(finding.observation.crash->sentence,
              "ThreadSanitizer: data race.");
  }
}
#else
TEST(DataRaceTest, IsInvisibleWithoutThreadSanitizer) {
  HuntOptions options = OptionsFor("test::CountsCarelessly");
  options.executions = 1'000;
  EXPECT_FALSE(Hunt(options).finding.has_value());
}
#endif

#if defined(MORTSAFE_ASAN)
TEST(UseAfterFreeTest, OfTheMapIsFound) {
  const HuntFinding finding = Found("read-dirty-epoch:c8-free");
  EXPECT_EQ(finding.observation.kind, ViolationKind::kUseAfterFree);
  ASSERT_TRUE(finding.observation.crash.has_value());
  EXPECT_THAT(finding.observation.crash->sentence,
              HasSubstr("heap-use-after-free"));
}
#endif

}  // namespace
}  // namespace mortsafe
