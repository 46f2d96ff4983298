// Mutation and cross-over keep inputs valid, bounded and reproducible.

#include "harness/program/mutator.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "harness/program/for_each_operation.h"
#include "harness/program/generator.h"
#include "harness/program/mutation_move.h"

namespace mortsafe {
namespace {

Input InputOf(absl::string_view program, ScheduleSpec schedule = {}) {
  return {ParseProgram(program, "test").value(), std::move(schedule)};
}

// Valid, values numbered, and with a byte form.
void ExpectSound(const Input& input) {
  ASSERT_TRUE(Validate(input.program).ok()) << Validate(input.program);
  Program renumbered = input.program;
  RenumberValues(renumbered);
  EXPECT_EQ(renumbered, input.program);
  EXPECT_EQ(DecodeInput(EncodeInput(input)), input);
}

Input GeneratedInput(const ProgramBounds& bounds, Random& random) {
  Input input;
  GenerateProgram(bounds, random, input.program);
  const auto mode = static_cast<ScheduleMode>(random.Below(kScheduleModeCount));
  input.schedule = DrawSchedule(mode, input.program.threads.size(), random);
  return input;
}

TEST(MutateTest, InputsStaySoundAndSmallForEver) {
  Random random(51);
  Input input;
  input.program.threads.resize(1);
  size_t most_threads = 0, most_operations = 0, most_initial = 0;
  Key highest_key = 0;
  for (int round = 0; round < 20000; ++round) {
    Mutate(random, input);
    ExpectSound(input);
    most_threads = std::max(most_threads, input.program.threads.size());
    most_initial = std::max(most_initial, input.program.initial.size());
    for (const auto& thread : input.program.threads) {
      most_operations = std::max(most_operations, thread.size());
    }
    ForEachOperation(input.program, [&](const Operation& operation) {
      highest_key = std::max(highest_key, operation.key);
    });
    EXPECT_LE(input.schedule.schedule.switches.size(), kMutationMaxSwitches);
    EXPECT_LE(input.schedule.choices.size(), kMutationMaxChoices);
  }
  EXPECT_EQ(most_threads, kMutationMaxThreads);
  EXPECT_EQ(most_operations, kMutationMaxOperations);
  EXPECT_EQ(most_initial, kMutationMaxOperations);
  EXPECT_EQ(highest_key, kMutationMaxKeys - 1);
}

TEST(MutateTest, LargeInputsStaySound) {
  const ProgramBounds bounds = {
      .threads = 8, .operations = 15, .keys = 8, .initial = 15, .exact = true};
  Random random(52);
  for (int round = 0; round < 300; ++round) {
    Input input = GeneratedInput(bounds, random);
    for (int i = 0; i < 10; ++i) {
      const size_t before = OperationCount(input.program);
      Mutate(random, input);
      ExpectSound(input);
      // Each of three moves may drop a thread of 15 operations.
      EXPECT_GE(OperationCount(input.program) + 45, before);
    }
  }
}

TEST(MutateTest, NearlyAlwaysChangesSomething) {
  Random random(53);
  int unchanged = 0;
  for (int round = 0; round < 2000; ++round) {
    const Input before = GeneratedInput({}, random);
    Input after = before;
    Mutate(random, after);
    unchanged += after == before ? 1 : 0;
  }
  EXPECT_LT(unchanged, 200);
}

TEST(MutateTest, AcceptsValuesOfAnySize) {
  const Input input = InputOf(
      "thread 1: Store(0, 18446744073709551615); CompareAndDelete(0, 9)");
  for (uint64_t seed = 0; seed < 500; ++seed) {
    Random random(seed);
    Input mutated = input;
    Mutate(random, mutated);
    ExpectSound(mutated);
  }
}

TEST(MutateTest, ASeedMeansTheSameChange) {
  for (uint64_t seed = 0; seed < 500; ++seed) {
    Random source(seed);
    const Input input = GeneratedInput({}, source);
    Random first(seed), second(seed);
    Input one = input, other = input;
    Mutate(first, one);
    Mutate(second, other);
    EXPECT_EQ(one, other);
  }
}

// Whether one application of the move alone can turn `before` into `after`.
bool IsOneMove(const MutationMove& move, const Input& before,
               const Input& after) {
  for (uint64_t seed = 0; seed < 300; ++seed) {
    Random random(seed);
    Input result = before;
    if (!move.apply(random, result)) continue;
    RenumberValues(result.program);
    if (result == after) return true;
  }
  return false;
}

TEST(MutateTest, ReachesEveryMove) {
  std::vector<Input> sources;
  for (int mode = 0; mode < kScheduleModeCount; ++mode) {
    Random random(54);
    sources.push_back(
        InputOf("thread 1: Load(0); Delete(0) | thread 2: Store(0, 1)",
                DrawSchedule(static_cast<ScheduleMode>(mode), 2, random)));
  }
  // A seed or a set of choices is one of too many to be drawn twice.
  const auto is_shown = [&](const MutationMove& move) {
    for (const Input& before : sources) {
      for (uint64_t seed = 0; seed < 400; ++seed) {
        Random random(seed);
        Input after = before;
        Mutate(random, after);
        if (move.name == "draw seed" || move.name == "change mode") {
          const bool same_mode = before.schedule.mode == after.schedule.mode;
          const bool new_seed = before.schedule.seed != after.schedule.seed;
          if (move.name == "change mode" ? !same_mode : same_mode && new_seed) {
            return true;
          }
        } else if (after != before && IsOneMove(move, before, after)) {
          return true;
        }
      }
    }
    return false;
  };
  for (const auto& moves : {ProgramMoves(), ScheduleMoves()}) {
    for (const MutationMove& move : moves) {
      EXPECT_TRUE(is_shown(move)) << move.name;
    }
  }
}

TEST(CrossOverTest, TakesEachSectionFromOneParent) {
  const Input first = InputOf("initial: Load(0) | thread 1: Load(1)");
  const Input second =
      InputOf("initial: Delete(0) | thread 1: Delete(1) | thread 2: Delete(2)",
              {.mode = ScheduleMode::kPct, .seed = 5});
  std::set<std::string> programs;
  std::set<ScheduleMode> modes;
  for (uint64_t seed = 0; seed < 500; ++seed) {
    Random random(seed);
    const Input child = CrossOver(first, second, random);
    ExpectSound(child);
    programs.insert(ToOneLine(child.program));
    modes.insert(child.schedule.mode);
    EXPECT_TRUE(child.schedule == first.schedule ||
                child.schedule == second.schedule);
  }
  EXPECT_EQ(programs,
            (std::set<std::string>{
                "initial: Load(0) | thread 1: Load(1)",
                "initial: Load(0) | thread 1: Delete(1)",
                "initial: Delete(0) | thread 1: Load(1)",
                "initial: Delete(0) | thread 1: Delete(1)",
                "initial: Load(0) | thread 1: Load(1) | thread 2: Delete(2)",
                "initial: Load(0) | thread 1: Delete(1) | thread 2: Delete(2)",
                "initial: Delete(0) | thread 1: Load(1) | thread 2: Delete(2)",
                "initial: Delete(0) | thread 1: Delete(1) | thread 2: "
                "Delete(2)"}));
  EXPECT_EQ(modes.size(), 2u);
}

TEST(CrossOverTest, ComparesStillExpectWhatTheChildStores) {
  const Input first =
      InputOf("initial: Store(0, 1) | thread 1: CompareAndDelete(0, 1)");
  const Input second =
      InputOf("initial: Store(0, 1) | thread 1: CompareAndSwap(0, 1, 2)");
  int matching = 0;
  for (uint64_t seed = 0; seed < 500; ++seed) {
    Random random(seed);
    const Input child = CrossOver(first, second, random);
    matching += child.program.threads[0][0].old_value == 1 ? 1 : 0;
  }
  EXPECT_GT(matching, 400);
}

TEST(CrossOverTest, ChildrenOfAnyParentsAreSound) {
  Random random(55);
  for (int round = 0; round < 3000; ++round) {
    const ProgramBounds bounds = {
        .threads = static_cast<int>(1 + random.Below(kMaxThreads)),
        .operations = static_cast<int>(1 + random.Below(15)),
        .keys = static_cast<int>(1 + random.Below(kMaxKeys)),
        .initial = static_cast<int>(random.Below(16))};
    const Input first = GeneratedInput(bounds, random);
    const Input second = GeneratedInput({}, random);
    ExpectSound(CrossOver(first, second, random));
  }
}

TEST(CrossOverTest, NoChildIsEmpty) {
  const Input first = InputOf("initial: Load(0)");
  const Input second = InputOf("thread 1:");
  for (uint64_t seed = 0; seed < 100; ++seed) {
    Random random(seed);
    ExpectSound(CrossOver(first, second, random));
  }
}

}  // namespace
}  // namespace mortsafe
