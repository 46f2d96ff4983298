// Each move does what its name says, and nothing else.

#include "harness/program/mutation_move.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "harness/program/for_each_operation.h"

namespace mortsafe {
namespace {

constexpr uint64_t kSeeds = 2000;

MutationMove MoveNamed(absl::string_view name) {
  for (const auto& moves : {ProgramMoves(), ScheduleMoves()}) {
    for (const MutationMove& move : moves) {
      if (move.name == name) return move;
    }
  }
  ADD_FAILURE() << "no move is named " << name;
  return {name, [](Random&, Input&) { return false; }};
}

Input InputOf(absl::string_view program, ScheduleSpec schedule = {}) {
  return {ParseProgram(program, "test").value(), std::move(schedule)};
}

// What the move makes of `input` under many seeds, values renumbered; a valid
// program every time. An input that the move does not apply to is left alone.
std::vector<Input> Results(absl::string_view name, const Input& input) {
  std::vector<Input> results;
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    Random random(seed);
    Input result = input;
    if (MoveNamed(name).apply(random, result)) {
      RenumberValues(result.program);
      EXPECT_TRUE(Validate(result.program).ok()) << Validate(result.program);
      results.push_back(result);
    } else if (name != "retarget operation" && name != "move switch") {
      EXPECT_EQ(result, input);
    }
  }
  return results;
}

std::set<std::string> ProgramsAfter(absl::string_view name,
                                    absl::string_view program) {
  std::set<std::string> programs;
  for (const Input& result : Results(name, InputOf(program))) {
    programs.insert(ToOneLine(result.program));
  }
  return programs;
}

using Texts = std::set<std::string>;

TEST(ProgramMoveTest, InsertAddsOneOperationAnywhere) {
  const Input input = InputOf("thread 1: Delete(0); Clear() | thread 2:");
  std::set<size_t> grown;
  std::set<OperationKind> kinds;
  for (const Input& result : Results("insert operation", input)) {
    EXPECT_EQ(OperationCount(result.program), 3u);
    EXPECT_EQ(result.program.threads.size(), 2u);
    if (!result.program.initial.empty()) grown.insert(0);
    if (result.program.threads[0].size() == 3) grown.insert(1);
    if (!result.program.threads[1].empty()) {
      grown.insert(2);
      kinds.insert(result.program.threads[1][0].kind);
    }
  }
  EXPECT_EQ(grown, (std::set<size_t>{0, 1, 2}));
  EXPECT_EQ(kinds.size(), static_cast<size_t>(kOperationKindCount));
}

TEST(ProgramMoveTest, InsertKeepsTheOthersInOrder) {
  for (const std::string& text :
       ProgramsAfter("insert operation", "thread 1: Delete(0); Clear()")) {
    EXPECT_LT(text.find("Delete(0)"), text.rfind("Clear()")) << text;
  }
}

TEST(ProgramMoveTest, DropRemovesOneOperation) {
  EXPECT_EQ(ProgramsAfter("drop operation",
                          "initial: Store(0, 1) | thread 1: Load(0); Clear()"),
            (Texts{"thread 1: Load(0); Clear()",
                   "initial: Store(0, 1) | thread 1: Clear()",
                   "initial: Store(0, 1) | thread 1: Load(0)"}));
}

TEST(ProgramMoveTest, DropKeepsTheLastOperation) {
  EXPECT_EQ(ProgramsAfter("drop operation", "thread 1: Load(0) | thread 2:"),
            Texts{});
}

TEST(ProgramMoveTest, SwapExchangesNeighbours) {
  EXPECT_EQ(ProgramsAfter("swap operations",
                          "thread 1: Load(0); Load(1); Load(2) | thread 2: "
                          "Clear()"),
            (Texts{"thread 1: Load(1); Load(0); Load(2) | thread 2: Clear()",
                   "thread 1: Load(0); Load(2); Load(1) | thread 2: Clear()"}));
}

TEST(ProgramMoveTest, ReplaceChangesTheKindAndKeepsKeyAndValue) {
  const Texts programs =
      ProgramsAfter("replace operation", "thread 1: Store(1, 1)");
  EXPECT_EQ(programs,
            (Texts{"thread 1: Load(1)", "thread 1: LoadOrStore(1, 1)",
                   "thread 1: LoadAndDelete(1)", "thread 1: Delete(1)",
                   "thread 1: Swap(1, 1)", "thread 1: CompareAndSwap(1, 0, 1)",
                   "thread 1: CompareAndSwap(1, 1, 1)",
                   "thread 1: CompareAndDelete(1, 0)", "thread 1: Range()",
                   "thread 1: Range(stop 1)", "thread 1: Clear()"}));
}

TEST(ProgramMoveTest, RetargetChangesAKeyAnOldValueOrAStop) {
  EXPECT_EQ(ProgramsAfter("retarget operation", "thread 1: Load(0)"),
            (Texts{"thread 1: Load(1)"}));
  EXPECT_EQ(ProgramsAfter("retarget operation", "thread 1: Range()"),
            (Texts{"thread 1: Range(stop 1)"}));
  EXPECT_EQ(ProgramsAfter("retarget operation", "thread 1: Range(stop 1)"),
            (Texts{"thread 1: Range()"}));
  EXPECT_EQ(ProgramsAfter("retarget operation", "thread 1: Clear()"), Texts{});
  const Texts programs = ProgramsAfter(
      "retarget operation",
      "initial: Store(0, 1); Store(0, 2) | thread 1: CompareAndDelete(0, 1)");
  EXPECT_TRUE(programs.count(
      "initial: Store(0, 1); Store(0, 2) | thread 1: CompareAndDelete(0, 2)"));
  EXPECT_TRUE(programs.count(
      "initial: Store(0, 1); Store(0, 2) | thread 1: CompareAndDelete(0, 0)"));
  EXPECT_TRUE(programs.count(
      "initial: Store(0, 1); Store(0, 2) | thread 1: CompareAndDelete(1, 1)"));
}

TEST(ProgramMoveTest, MoveTakesAnOperationToAnotherSection) {
  EXPECT_EQ(ProgramsAfter("move operation",
                          "thread 1: Delete(0) | thread 2: Load(0)"),
            (Texts{"initial: Delete(0) | thread 1: | thread 2: Load(0)",
                   "initial: Load(0) | thread 1: Delete(0) | thread 2:",
                   "thread 1: | thread 2: Delete(0); Load(0)",
                   "thread 1: | thread 2: Load(0); Delete(0)",
                   "thread 1: Load(0); Delete(0) | thread 2:",
                   "thread 1: Delete(0); Load(0) | thread 2:"}));
}

TEST(ProgramMoveTest, AddThreadAppendsOneWithAnOperation) {
  const Input input = InputOf("thread 1: Load(0)");
  const std::vector<Input> results = Results("add thread", input);
  EXPECT_EQ(results.size(), kSeeds);
  for (const Input& result : results) {
    ASSERT_EQ(result.program.threads.size(), 2u);
    EXPECT_EQ(result.program.threads[0], input.program.threads[0]);
    EXPECT_EQ(result.program.threads[1].size(), 1u);
  }
}

TEST(ProgramMoveTest, DropThreadTakesTheScheduleAlong) {
  ScheduleSpec spec;
  spec.schedule.switches = {{0, 1, 3}, {1, 2, 2}, {3, 4, 1}, {2, 5, 3}};
  const Input input = InputOf(
      "thread 1: Load(1) | thread 2: Load(2) | thread 3: Load(3)", spec);
  std::set<std::string> outcomes;
  for (const Input& result : Results("drop thread", input)) {
    outcomes.insert(ToOneLine(result.program) + "\n" +
                    ToText(result.schedule.schedule));
  }
  EXPECT_EQ(outcomes, (Texts{"thread 1: Load(2) | thread 2: Load(3)\n"
                             "T0@1 -> T2\nT1@5 -> T2\n",
                             "thread 1: Load(1) | thread 2: Load(3)\n"
                             "T0@1 -> T2\nT2@4 -> T1\n",
                             "thread 1: Load(1) | thread 2: Load(2)\n"
                             "T1@2 -> T2\n"}));
}

TEST(ProgramMoveTest, DropThreadKeepsTheLast) {
  EXPECT_EQ(ProgramsAfter("drop thread", "thread 1: Load(0)"), Texts{});
}

TEST(ProgramMoveTest, NothingGrowsBeyondTheSizesOfMutation) {
  constexpr absl::string_view kFull =
      "initial: Load(0); Load(1); Load(2); Load(3); Load(0) | "
      "thread 1: Load(0); Load(0); Load(0); Load(0); Load(0) | "
      "thread 2: Load(0); Load(0); Load(0); Load(0); Load(0) | "
      "thread 3: Load(0); Load(0); Load(0); Load(0); Load(0) | "
      "thread 4: Load(0); Load(0); Load(0); Load(0); Load(0)";
  EXPECT_EQ(ProgramsAfter("insert operation", kFull), Texts{});
  EXPECT_EQ(ProgramsAfter("move operation", kFull), Texts{});
  EXPECT_EQ(ProgramsAfter("add thread", kFull), Texts{});
  for (const Input& result : Results("retarget operation", InputOf(kFull))) {
    ForEachOperation(result.program, [](const Operation& operation) {
      EXPECT_LT(operation.key, kMutationMaxKeys);
    });
  }
}

TEST(ScheduleMoveTest, AddInsertsASwitchToAnotherThread) {
  ScheduleSpec spec;
  spec.schedule.switches = {{1, 500, 2}};
  const Input input = InputOf("thread 1: Load(0) | thread 2: Load(0)", spec);
  std::set<std::pair<uint32_t, uint32_t>> pairs;
  for (const Input& result : Results("add switch", input)) {
    std::vector<Switch> switches = result.schedule.schedule.switches;
    ASSERT_EQ(switches.size(), 2u);
    const size_t added = switches[0].step == 500 ? 1 : 0;
    EXPECT_EQ(switches[1 - added], (Switch{1, 500, 2}));
    EXPECT_LT(switches[added].step, 128u);
    pairs.insert({switches[added].thread, switches[added].next});
  }
  EXPECT_EQ(pairs, (std::set<std::pair<uint32_t, uint32_t>>{
                       {0, 1}, {0, 2}, {1, 0}, {1, 2}, {2, 0}, {2, 1}}));
}

TEST(ScheduleMoveTest, SwitchesAreBounded) {
  ScheduleSpec spec;
  spec.schedule.switches.resize(kMutationMaxSwitches);
  EXPECT_TRUE(Results("add switch", InputOf("thread 1:", spec)).empty());
}

TEST(ScheduleMoveTest, DropRemovesOneSwitch) {
  ScheduleSpec spec;
  spec.schedule.switches = {{1, 1, 2}, {2, 2, 1}};
  Texts schedules;
  for (const Input& result :
       Results("drop switch", InputOf("thread 1: | thread 2:", spec))) {
    schedules.insert(ToText(result.schedule.schedule));
  }
  EXPECT_EQ(schedules, (Texts{"T1@1 -> T2\n", "T2@2 -> T1\n"}));
}

TEST(ScheduleMoveTest, MoveShiftsASwitchOrSendsItElsewhere) {
  ScheduleSpec spec;
  spec.schedule.switches = {{1, 10, 2}};
  Texts schedules;
  for (const Input& result :
       Results("move switch", InputOf("thread 1: | thread 2:", spec))) {
    schedules.insert(ToText(result.schedule.schedule));
  }
  EXPECT_EQ(schedules,
            (Texts{"T1@6 -> T2\n", "T1@7 -> T2\n", "T1@8 -> T2\n",
                   "T1@9 -> T2\n", "T1@11 -> T2\n", "T1@12 -> T2\n",
                   "T1@13 -> T2\n", "T1@14 -> T2\n", "T1@10 -> T0\n"}));
}

TEST(ScheduleMoveTest, MovedStepsStayEncodable) {
  ScheduleSpec spec;
  spec.schedule.switches = {{1, 0, 2}, {2, 0xffff, 1}};
  for (const Input& result :
       Results("move switch", InputOf("thread 1: | thread 2:", spec))) {
    EXPECT_EQ(DecodeInput(EncodeInput(result)), result);
  }
}

TEST(ScheduleMoveTest, FlipTurnsStayingIntoSwitchingAndBack) {
  const Input input = InputOf(
      "thread 1:", {.mode = ScheduleMode::kSticky, .choices = {0, 255}});
  bool stays = false, switches = false, extends = false;
  for (const Input& result : Results("flip choice", input)) {
    const std::vector<uint8_t>& choices = result.schedule.choices;
    ASSERT_GE(choices.size(), 2u);
    const bool first = choices[0] >= 192;
    const bool second = choices[1] < 192;
    const bool behind = choices.size() > 2;
    EXPECT_EQ(int{first} + int{second} + int{behind}, 1);
    if (behind) {
      EXPECT_GE(choices.back(), 192);
    }
    switches |= first;
    stays |= second;
    extends |= behind;
  }
  EXPECT_TRUE(stays && switches && extends);
}

TEST(ScheduleMoveTest, DrawSeedChangesTheSeedAlone) {
  for (ScheduleMode mode : {ScheduleMode::kRandom, ScheduleMode::kPct,
                            ScheduleMode::kPos, ScheduleMode::kSurw}) {
    const Input input = InputOf("thread 1:", {.mode = mode, .seed = 7});
    std::set<uint64_t> seeds;
    for (Input& result : Results("draw seed", input)) {
      seeds.insert(result.schedule.seed);
      result.schedule.seed = 7;
      EXPECT_EQ(result, input);
    }
    EXPECT_EQ(seeds.size(), kSeeds);
  }
}

TEST(ScheduleMoveTest, MovesOfOtherModesDoNotApply) {
  for (int i = 0; i < kScheduleModeCount; ++i) {
    const auto mode = static_cast<ScheduleMode>(i);
    Random random(1);
    const Input input =
        InputOf("thread 1: | thread 2:", DrawSchedule(mode, 2, random));
    EXPECT_EQ(Results("add switch", input).empty(),
              mode != ScheduleMode::kSwitches);
    EXPECT_EQ(Results("drop switch", input).empty(),
              mode != ScheduleMode::kSwitches);
    EXPECT_EQ(Results("move switch", input).empty(),
              mode != ScheduleMode::kSwitches);
    EXPECT_EQ(Results("flip choice", input).empty(),
              mode != ScheduleMode::kSticky);
    EXPECT_EQ(Results("draw seed", input).empty(),
              mode == ScheduleMode::kSwitches || mode == ScheduleMode::kSticky);
  }
}

TEST(ScheduleMoveTest, ChangeModeReachesTheOthersAndForgetsTheOld) {
  const Input input =
      InputOf("thread 1: Load(0) | thread 2:",
              {.mode = ScheduleMode::kSticky, .choices = {1, 2, 3}});
  std::set<ScheduleMode> modes;
  for (const Input& result : Results("change mode", input)) {
    modes.insert(result.schedule.mode);
    EXPECT_EQ(result.program, input.program);
    EXPECT_EQ(DecodeInput(EncodeInput(result)), result);
  }
  EXPECT_EQ(modes,
            (std::set<ScheduleMode>{ScheduleMode::kSwitches,
                                    ScheduleMode::kRandom, ScheduleMode::kPct,
                                    ScheduleMode::kPos, ScheduleMode::kSurw}));
}

}  // namespace
}  // namespace mortsafe
