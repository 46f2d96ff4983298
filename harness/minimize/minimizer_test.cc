// What minimising does to a program, shown with made-up violations: no map is
// run, a predicate on the program (and the schedule) says what shows one.

#include "harness/minimize/minimizer.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/base/operation_kind.h"
#include "harness/base/random.h"
#include "harness/program/generator.h"
#include "harness/program/operation.h"
#include "harness/program/program.h"
#include "harness/program/schedule.h"
#include "mortsafe/memory_model.h"

namespace mortsafe {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Predicate = std::function<bool(const Program&, const Schedule&)>;

Program ProgramOf(absl::string_view text) {
  return ParseProgram(text, "test").value();
}

Schedule ScheduleOf(absl::string_view text) {
  return ParseSchedule(text, "test").value();
}

// Minimises with a `reproduce` that knows no schedule but the hint.
Minimized MinimizeBy(const Predicate& shows, absl::string_view program,
                     absl::string_view schedule = "",
                     OperationKindSet offered = AllOperations()) {
  return Minimize(ProgramOf(program), ScheduleOf(schedule), offered,
                  [&](const Program& candidate, const Schedule& hint,
                      bool) -> std::optional<Schedule> {
                    if (!shows(candidate, hint)) return std::nullopt;
                    return hint;
                  });
}

// The number, from 1, of the first thread with an operation of `kind`, or 0.
uint32_t ThreadWith(const Program& program, OperationKind kind) {
  for (size_t i = 0; i < program.threads.size(); ++i) {
    for (const Operation& operation : program.threads[i]) {
      if (operation.kind == kind) return static_cast<uint32_t>(i + 1);
    }
  }
  return 0;
}

bool HasStoreBesideLoad(const Program& program, const Schedule&) {
  const uint32_t store = ThreadWith(program, OperationKind::kStore);
  const uint32_t load = ThreadWith(program, OperationKind::kLoad);
  return store != 0 && load != 0 && store != load;
}

TEST(MinimizerTest, IrrelevantOperationsAndThreadsAreDropped) {
  const Minimized minimized = MinimizeBy(
      HasStoreBesideLoad,
      "initial: Store(1, 1); Load(1) | thread 1: Delete(0); Store(0, 2); "
      "Range() | thread 2: Clear(); Delete(1) | thread 3: Load(0); Delete(0)");
  EXPECT_EQ(minimized.program,
            ProgramOf("initial: | thread 1: Store(0, 1) | thread 2: Load(0)"));
}

TEST(MinimizerTest, ASingleThreadSufficesWhereOneDoes) {
  const Minimized minimized = MinimizeBy(
      [](const Program& program, const Schedule&) {
        return ThreadWith(program, OperationKind::kClear) != 0;
      },
      "initial: | thread 1: Load(0) | thread 2: Clear() | thread 3: Load(0)");
  // Clear() becomes simpler only where the violation does not need it.
  EXPECT_EQ(minimized.program, ProgramOf("initial: | thread 1: Clear()"));
}

TEST(MinimizerTest, IrrelevantSwitchesAreLeftOut) {
  const Switch needed = {1, 5, 2};
  const Minimized minimized = MinimizeBy(
      [&](const Program& program, const Schedule& schedule) {
        return HasStoreBesideLoad(program, schedule) &&
               std::ranges::count(schedule.switches, needed) == 1;
      },
      "initial: | thread 1: Store(0, 1) | thread 2: Load(0)",
      "T1@2 -> T2\nT2@1 -> T1\nT1@5 -> T2\nT2@4 -> T1\n");
  EXPECT_THAT(minimized.schedule.switches, ElementsAre(needed));
}

TEST(MinimizerTest, StaleAccessesThatDoNotMatterAreLeftOut) {
  const StaleAccess needed = {2, 1, 1};
  const Minimized minimized = MinimizeBy(
      [&](const Program& program, const Schedule& schedule) {
        return HasStoreBesideLoad(program, schedule) &&
               schedule.memory == MemoryModel::kC11 &&
               std::ranges::count(schedule.stale, needed) == 1;
      },
      "thread 1: Store(0, 1) | thread 2: Load(0)",
      "memory c11\nT1@1 -> T2\nT2@1 overlooks 1\nT2@2 overlooks 1\n"
      "T1@2 overlooks 3");
  EXPECT_THAT(minimized.schedule.switches, IsEmpty());
  EXPECT_THAT(minimized.schedule.stale, ElementsAre(needed));
}

TEST(MinimizerTest, SwitchesThatTookNoEffectAreForgotten) {
  // Whatever is asked for, the execution switches only once.
  const Schedule effective = ScheduleOf("T1@3 -> T2\n");
  const Minimized minimized = Minimize(
      ProgramOf("initial: | thread 1: Store(0, 1) | thread 2: Load(0)"),
      ScheduleOf("T1@3 -> T2\nT2@7 -> T1\nT2@8 -> T1\nT2@9 -> T1\n"),
      AllOperations(),
      [&](const Program& program, const Schedule& hint,
          bool) -> std::optional<Schedule> {
        if (!HasStoreBesideLoad(program, hint)) return std::nullopt;
        if (std::ranges::count(hint.switches, Switch{1, 3, 2}) == 0) {
          return std::nullopt;
        }
        return effective;
      });
  EXPECT_EQ(minimized.schedule, effective);
}

TEST(MinimizerTest, OperationsThatNeedNotRunAtTheSameTimeBecomeInitial) {
  const Minimized minimized = MinimizeBy(
      [](const Program& program, const Schedule&) {
        const bool stored = std::ranges::any_of(
            program.initial, [](const Operation& operation) {
              return operation.kind == OperationKind::kStore;
            });
        return ThreadWith(program, OperationKind::kLoad) != 0 &&
               (stored || ThreadWith(program, OperationKind::kStore) != 0);
      },
      "initial: | thread 1: Store(0, 1); Load(0)");
  EXPECT_EQ(minimized.program,
            ProgramOf("initial: Store(0, 1) | thread 1: Load(0)"));
}

bool AThreadStores(const Program& program, const Schedule&) {
  for (const std::vector<Operation>& operations : program.threads) {
    for (const Operation& operation : operations) {
      if (StoresValue(operation.kind)) return true;
    }
  }
  return false;
}

TEST(MinimizerTest, OperationsBecomeSimpler) {
  EXPECT_EQ(
      MinimizeBy(AThreadStores, "initial: | thread 1: CompareAndSwap(0, 1, 2)")
          .program,
      ProgramOf("initial: | thread 1: Store(0, 1)"));
  EXPECT_EQ(
      MinimizeBy(AThreadStores, "initial: | thread 1: Swap(0, 5)").program,
      ProgramOf("initial: | thread 1: Store(0, 1)"));
}

TEST(MinimizerTest, OperationsThatTheMapDoesNotOfferAreNotUsed) {
  OperationKindSet offered;
  offered.Add(OperationKind::kLoad);
  offered.Add(OperationKind::kCompareAndSwap);
  EXPECT_EQ(
      MinimizeBy(AThreadStores, "initial: | thread 1: CompareAndSwap(0, 1, 2)",
                 "", offered)
          .program,
      ProgramOf("initial: | thread 1: CompareAndSwap(0, 0, 1)"));
}

TEST(MinimizerTest, ARangeThatNeedNotStopGoesOn) {
  const auto ranges = [](const Program& program, const Schedule&) {
    return ThreadWith(program, OperationKind::kRange) != 0;
  };
  EXPECT_EQ(MinimizeBy(ranges, "initial: | thread 1: Range(stop 2)").program,
            ProgramOf("initial: | thread 1: Range()"));
}

TEST(MinimizerTest, KeysBecomeLower) {
  EXPECT_EQ(
      MinimizeBy(AThreadStores, "initial: | thread 1: Store(5, 1)").program,
      ProgramOf("initial: | thread 1: Store(0, 1)"));
}

TEST(MinimizerTest, OperationsThatMustShareAKeyAreLoweredTogether) {
  const Minimized minimized = MinimizeBy(
      [](const Program& program, const Schedule& schedule) {
        return HasStoreBesideLoad(program, schedule) &&
               program.threads[0][0].key == program.threads[1][0].key;
      },
      "initial: | thread 1: Store(6, 1) | thread 2: Load(6)");
  EXPECT_EQ(minimized.program,
            ProgramOf("initial: | thread 1: Store(0, 1) | thread 2: Load(0)"));
}

TEST(MinimizerTest, KeysThatMustDifferStayDifferent) {
  const Minimized minimized = MinimizeBy(
      [](const Program& program, const Schedule& schedule) {
        return HasStoreBesideLoad(program, schedule) &&
               program.threads[0][0].key < program.threads[1][0].key;
      },
      "initial: | thread 1: Store(3, 1) | thread 2: Load(7)");
  EXPECT_EQ(minimized.program,
            ProgramOf("initial: | thread 1: Store(0, 1) | thread 2: Load(1)"));
}

TEST(MinimizerTest, ValuesAreRenumbered) {
  const Minimized minimized = MinimizeBy(
      [](const Program& program, const Schedule&) {
        return program.threads.size() == 2 && program.threads[0].size() == 2 &&
               program.threads[1].size() == 1;
      },
      "initial: | thread 1: Store(0, 40); Store(0, 7) | thread 2: Store(0, 9)");
  EXPECT_EQ(minimized.program,
            ProgramOf("initial: | thread 1: Store(0, 1); "
                      "Store(0, 2) | thread 2: Store(0, 3)"));
}

TEST(MinimizerTest, ValuesStayWhereTheViolationNeedsThem) {
  const auto stores_seven = [](const Program& program, const Schedule&) {
    return ThreadWith(program, OperationKind::kStore) != 0 &&
           program.threads[0][0].value == 7;
  };
  EXPECT_EQ(
      MinimizeBy(stores_seven, "initial: | thread 1: Store(0, 7)").program,
      ProgramOf("initial: | thread 1: Store(0, 7)"));
}

TEST(MinimizerTest, RemovingAnEmptyThreadRenumbersTheSchedulesThreads) {
  const Minimized minimized = MinimizeBy(
      [](const Program& program, const Schedule& schedule) {
        const Switch needed = {ThreadWith(program, OperationKind::kStore), 0,
                               ThreadWith(program, OperationKind::kLoad)};
        return HasStoreBesideLoad(program, schedule) &&
               std::ranges::count(schedule.switches, needed) == 1;
      },
      "initial: | thread 1: Delete(0) | thread 2: Store(0, 1) | thread 3: "
      "Load(0)",
      "T2@0 -> T3\n");
  EXPECT_EQ(minimized.program,
            ProgramOf("initial: | thread 1: Store(0, 1) | thread 2: Load(0)"));
  EXPECT_EQ(minimized.schedule, ScheduleOf("T1@0 -> T2\n"));
}

TEST(MinimizerTest, WhatCannotBeMadeSmallerIsReturnedAsItIs) {
  const Program program = ProgramOf(
      "initial: Store(1, 1) | thread 1: Swap(0, 2); Load(1) | thread 2: "
      "CompareAndSwap(0, 2, 3)");
  const Schedule schedule = ScheduleOf("T1@1 -> T2\nT2@2 -> T1\n");
  const Minimized minimized =
      Minimize(program, schedule, AllOperations(),
               [](const Program&, const Schedule&,
                  bool) -> std::optional<Schedule> { return std::nullopt; });
  EXPECT_EQ(minimized.program, program);
  EXPECT_EQ(minimized.schedule, schedule);
  EXPECT_GT(minimized.attempts, 0u);
}

// A violation with structure: two operations that store the same key in
// different threads, and one that looks at it in a third place.
bool TwoStoresAndALook(const Program& program, const Schedule&) {
  for (Key key = 0; key < kMaxKeys; ++key) {
    int storing_threads = 0;
    int looks = 0;
    for (const std::vector<Operation>& operations : program.threads) {
      bool stores = false;
      for (const Operation& operation : operations) {
        if (HasKey(operation.kind) && operation.key != key) continue;
        if (StoresValue(operation.kind)) {
          stores = true;
        } else {
          ++looks;
        }
      }
      storing_threads += stores ? 1 : 0;
    }
    if (storing_threads >= 2 && looks > 0) return true;
  }
  return false;
}

// All programs with one operation of `program` less.
std::vector<Program> WithOneOperationLess(const Program& program) {
  std::vector<Program> smaller;
  for (size_t i = 0; i < program.initial.size(); ++i) {
    Program& each = smaller.emplace_back(program);
    each.initial.erase(each.initial.begin() + static_cast<ptrdiff_t>(i));
  }
  for (size_t t = 0; t < program.threads.size(); ++t) {
    for (size_t i = 0; i < program.threads[t].size(); ++i) {
      std::vector<Operation>& operations =
          smaller.emplace_back(program).threads[t];
      operations.erase(operations.begin() + static_cast<ptrdiff_t>(i));
    }
  }
  return smaller;
}

TEST(MinimizerTest, ResultsAreOneMinimalAndDeterministic) {
  const ProgramBounds bounds = {.threads = 4, .operations = 5, .keys = 3};
  Random random(1);
  int minimised = 0;
  for (int i = 0; i < 200; ++i) {
    Program program;
    GenerateProgram(bounds, random, program);
    if (!TwoStoresAndALook(program, {})) continue;
    ++minimised;
    const Minimized first =
        MinimizeBy(TwoStoresAndALook, ToText(program), "T1@1 -> T2\n");
    const Minimized second =
        MinimizeBy(TwoStoresAndALook, ToText(program), "T1@1 -> T2\n");
    EXPECT_EQ(first.program, second.program);
    EXPECT_EQ(first.attempts, second.attempts);

    ASSERT_TRUE(Validate(first.program).ok()) << ToText(first.program);
    EXPECT_TRUE(TwoStoresAndALook(first.program, {}));
    EXPECT_EQ(OperationCount(first.program), 3u) << ToText(first.program);
    EXPECT_THAT(first.schedule.switches, IsEmpty());
    for (const Program& smaller : WithOneOperationLess(first.program)) {
      EXPECT_FALSE(TwoStoresAndALook(smaller, {})) << ToText(smaller);
    }
  }
  EXPECT_GT(minimised, 50);
}

}  // namespace
}  // namespace mortsafe
