// What programs are: their text, the rules they keep, their values' numbers.

#include "harness/program/program.h"

#include <limits>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gtest/gtest.h"

namespace mortsafe {
namespace {

using enum OperationKind;

Operation Store(Key key, Value value) {
  return {.kind = kStore, .key = key, .value = value};
}
Operation Load(Key key) { return {.kind = kLoad, .key = key}; }
Operation CompareAndSwap(Key key, Value old_value, Value value) {
  return {.kind = kCompareAndSwap,
          .key = key,
          .value = value,
          .old_value = old_value};
}
Operation CompareAndDelete(Key key, Value old_value) {
  return {.kind = kCompareAndDelete, .key = key, .old_value = old_value};
}

std::string Wrong(const Program& program) {
  const absl::Status status = Validate(program);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  return std::string(status.message());
}

TEST(OperationTest, TextIsTheCall) {
  EXPECT_EQ(ToText(Load(0)), "Load(0)");
  EXPECT_EQ(ToText(Store(0, 7)), "Store(0, 7)");
  EXPECT_EQ(ToText(Operation{.kind = kLoadOrStore, .key = 1, .value = 2}),
            "LoadOrStore(1, 2)");
  EXPECT_EQ(ToText(Operation{.kind = kLoadAndDelete, .key = 3}),
            "LoadAndDelete(3)");
  EXPECT_EQ(ToText(Operation{.kind = kDelete, .key = 4}), "Delete(4)");
  EXPECT_EQ(ToText(Operation{.kind = kSwap, .key = 5, .value = 6}),
            "Swap(5, 6)");
  EXPECT_EQ(ToText(CompareAndSwap(0, 1, 2)), "CompareAndSwap(0, 1, 2)");
  EXPECT_EQ(ToText(CompareAndDelete(0, 1)), "CompareAndDelete(0, 1)");
  EXPECT_EQ(ToText(Operation{.kind = kRange}), "Range()");
  EXPECT_EQ(ToText(Operation{.kind = kRange, .stop_after = 1}),
            "Range(stop 1)");
  EXPECT_EQ(ToText(Operation{.kind = kClear}), "Clear()");
}

TEST(ProgramTest, TextHasASectionALine) {
  const Program program = {{Store(0, 1), Load(1)}, {{Load(0)}, {}}};
  EXPECT_EQ(ToText(program),
            "initial:  Store(0, 1); Load(1)\n"
            "thread 1: Load(0)\n"
            "thread 2:\n");
  EXPECT_EQ(ToOneLine(program),
            "initial: Store(0, 1); Load(1) | thread 1: Load(0) | thread 2:");
}

TEST(ProgramTest, TextLeavesOutAnEmptyInitialSection) {
  EXPECT_EQ(ToText(Program{{}, {{Load(0)}}}), "thread 1: Load(0)\n");
}

TEST(ProgramTest, CountsInitialOperationsToo) {
  EXPECT_EQ(OperationCount(Program{{Load(0)}, {{Load(0), Load(1)}, {}}}), 3u);
}

TEST(ValidateTest, TakesTheLargestProgram) {
  Program largest;
  Value value = std::numeric_limits<Value>::max();
  largest.initial.resize(kMaxInitialOperations);
  largest.threads.assign(kMaxThreads,
                         std::vector<Operation>(kMaxOperationsPerThread));
  for (Operation& operation : largest.initial) operation = Store(0, value--);
  for (auto& thread : largest.threads) {
    for (Operation& operation : thread) {
      operation = CompareAndSwap(kMaxKeys - 1, 5, value--);
    }
  }
  EXPECT_TRUE(Validate(largest).ok()) << Validate(largest);
}

TEST(ValidateTest, TakesSectionsWithoutOperations) {
  EXPECT_TRUE(Validate(Program{{}, {{}}}).ok());
  EXPECT_TRUE(Validate(Program{{Load(0)}, {}}).ok());
}

TEST(ValidateTest, SaysWhatIsWrongWhere) {
  EXPECT_EQ(Wrong(Program{}), "the program is empty");
  Program program = {{}, {{Load(0)}}};
  program.threads.resize(9);
  EXPECT_EQ(Wrong(program), "the program has 9 threads, more than 8");
  EXPECT_EQ(Wrong(Program{{}, {{}, std::vector<Operation>(16)}}),
            "thread 2 has 16 operations, more than 15");
  EXPECT_EQ(Wrong(Program{std::vector<Operation>(16), {}}),
            "the initial section has 16 operations, more than 15");
  EXPECT_EQ(Wrong(Program{{}, {{Load(0), Load(8)}}}),
            "operation 2 of thread 1, Load(8), has a key that is not below 8");
  EXPECT_EQ(Wrong(Program{{Store(0, 0)}, {}}),
            "initial operation 1, Store(0, 0), stores 0, which is not "
            "positive");
  EXPECT_EQ(Wrong(Program{{Store(0, 1)}, {{}, {Store(1, 1)}}}),
            "operation 1 of thread 2, Store(1, 1), stores a value that initial "
            "operation 1 stores too");
  EXPECT_EQ(Wrong(Program{{{.kind = kRange, .stop_after = 9}}, {}}),
            "initial operation 1, Range(stop 9), has a stop above 8");
}

TEST(ValidateTest, RefusesMembersThatTheKindDoesNotUse) {
  for (const Operation& operation :
       {Operation{.kind = kLoad, .value = 1},
        Operation{.kind = kStore, .value = 1, .old_value = 1},
        Operation{.kind = kClear, .key = 1},
        Operation{.kind = kRange, .key = 1},
        Operation{.kind = kDelete, .stop_after = 1}}) {
    EXPECT_NE(Wrong(Program{{operation}, {}}).find("does not use"),
              std::string::npos)
        << ToText(operation);
  }
}

TEST(RenumberValuesTest, CountsInOrderOfAppearance) {
  Program program = {{Store(0, 50)},
                     {{Store(0, 9), CompareAndSwap(0, 7, 8)}, {Store(1, 7)}}};
  RenumberValues(program);
  EXPECT_EQ(ToOneLine(program),
            "initial: Store(0, 1) | thread 1: Store(0, 2); "
            "CompareAndSwap(0, 4, 3) | thread 2: Store(1, 4)");
}

TEST(RenumberValuesTest, OldValuesThatNobodyStoresBecomeZero) {
  Program program = {{}, {{CompareAndDelete(0, 77), CompareAndDelete(0, 0)}}};
  RenumberValues(program);
  EXPECT_EQ(ToOneLine(program),
            "thread 1: CompareAndDelete(0, 0); CompareAndDelete(0, 0)");
}

TEST(RenumberValuesTest, MakesValuesUnique) {
  Program program = {{Store(0, 5), Store(0, 5), Store(0, 0)}, {}};
  RenumberValues(program);
  EXPECT_TRUE(Validate(program).ok());
}

}  // namespace
}  // namespace mortsafe
