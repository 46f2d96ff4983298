// The order of an interleaving's rows, and what each belongs to.

#include "harness/report/interleaving.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/base/operation_kind.h"
#include "harness/history/history.h"
#include "harness/report/example_finding.h"
#include "harness/report/finding.h"

namespace mortsafe {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Kind = InterleavingRow::Kind;

// Rows as "client: text".
std::vector<std::string> Texts(const std::vector<InterleavingRow>& rows) {
  std::vector<std::string> texts;
  for (const InterleavingRow& row : rows) {
    texts.push_back(absl::StrCat(row.client, ": ", row.text));
  }
  return texts;
}

Finding OnlyCalls(std::vector<HistoryOperation> operations) {
  Finding finding;
  finding.history.operations = std::move(operations);
  return finding;
}

TEST(InterleavingTest, CallsStepsAndReturnsAreMergedByTime) {
  EXPECT_THAT(Texts(Interleaving(StaleValueFinding())),
              ElementsAre("0: Store(0, 1)", "0: store dirty = #1",
                          "0: store entry.p = 1", "0: done", "1: Load(1)",
                          "1: load read = #0", "1: load dirty = #1",
                          "1: -> client 2", "2: Delete(0)", "2: load read = #0",
                          "2: exchange entry.p 1 -> nil", "2: done",
                          "1: store read = #2", "1: absent", "2: Load(0)",
                          "2: load entry.p = 1", "2: = 1"));
}

TEST(InterleavingTest, StepsBelongToTheOpenCall) {
  std::vector<std::optional<size_t>> operations;
  for (const InterleavingRow& row : Interleaving(StaleValueFinding())) {
    if (row.kind == Kind::kStep && row.client == 2) {
      operations.push_back(row.operation);
    }
  }
  EXPECT_THAT(operations, ElementsAre(2, 2, 3));
}

TEST(InterleavingTest, CallsOverlapReturnsOfTheSameTime) {
  EXPECT_THAT(
      Texts(Interleaving(
          OnlyCalls({Called(1, OperationKind::kDelete, 0, 1, 5),
                     Called(2, OperationKind::kDelete, 0, 5, 9)}))),
      ElementsAre("1: Delete(0)", "2: Delete(0)", "1: done", "2: done"));
}

TEST(InterleavingTest, OneClientsCallsNeverOverlap) {
  EXPECT_THAT(Texts(Interleaving(
                  OnlyCalls({Called(1, OperationKind::kDelete, 0, 5, 9),
                             Called(1, OperationKind::kClear, 0, 1, 5)}))),
              ElementsAre("1: Clear()", "1: done", "1: Delete(0)", "1: done"));
}

TEST(InterleavingTest, PendingCallsDoNotReturn) {
  EXPECT_THAT(Texts(Interleaving(OnlyCalls(
                  {Called(1, OperationKind::kClear, 0, 1, kPending)}))),
              ElementsAre("1: Clear()"));
}

TEST(InterleavingTest, APreemptionByTheStartingThreadIsTold) {
  Finding finding = OnlyCalls({Called(1, OperationKind::kClear, 0, 2, 9),
                               Called(2, OperationKind::kClear, 0, 5, 8)});
  finding.trace.steps = {Step(1, 3, "lock", "mutex", ""),
                         Step(0, 4, "start", "T2", "", /*preempts=*/true)};
  EXPECT_THAT(Texts(Interleaving(finding)),
              ElementsAre("1: Clear()", "1: lock mutex", "1: -> client 2",
                          "2: Clear()", "2: done", "1: done"));
}

TEST(InterleavingTest, WithoutHistoryEveryStepIsShown) {
  Finding finding;
  finding.trace.steps = {Step(0, 1, "start", "T1", ""),
                         Step(1, 2, "lock", "mutex\x1b", "")};
  EXPECT_THAT(Texts(Interleaving(finding)),
              ElementsAre("0: start T1", "1: lock mutex\\x1b"));
  EXPECT_THAT(Interleaving(Finding()), IsEmpty());
}

TEST(FoldStepsTest, CountsWhatIsFarFromSwitchesAndTheEnd) {
  Finding finding = OnlyCalls({Called(0, OperationKind::kClear, 0, 1, 4),
                               Called(1, OperationKind::kClear, 0, 5, 41),
                               Called(2, OperationKind::kClear, 0, 13, 23)});
  const auto add_steps = [&](uint32_t client, uint64_t from, uint64_t to) {
    for (uint64_t time = from; time <= to; ++time) {
      finding.trace.steps.push_back(Step(client, time, "load",
                                         absl::StrCat("x", time), "",
                                         /*preempts=*/time == 14));
    }
  };
  add_steps(0, 2, 3);
  add_steps(1, 6, 12);
  add_steps(2, 14, 22);
  add_steps(1, 24, 40);
  EXPECT_THAT(
      Texts(FoldSteps(Interleaving(finding), Fold::kFarFromSwitches)),
      ElementsAre("0: Clear()", "0: ... 2 steps", "0: done", "1: Clear()",
                  "1: ... 4 steps", "1: load x10", "1: load x11", "1: load x12",
                  "1: -> client 2", "2: Clear()", "2: load x14", "2: load x15",
                  "2: ... 5 steps", "2: load x21", "2: load x22", "2: done",
                  "1: load x24", "1: load x25", "1: load x26", "1: load x27",
                  "1: ... 10 steps", "1: load x38", "1: load x39",
                  "1: load x40", "1: done"));
}

TEST(CutMiddleTest, KeepsEndsAndEveryCallAndReturn) {
  Finding finding = OnlyCalls({Called(1, OperationKind::kClear, 0, 1, 50)});
  for (uint64_t time = 2; time < 50; ++time) {
    finding.trace.steps.push_back(
        Step(1, time, "load", absl::StrCat("x", time), ""));
  }
  EXPECT_THAT(Texts(CutMiddle(Interleaving(finding), 5)),
              ElementsAre("1: Clear()", "1: load x2", "0: ... 45 rows left out",
                          "1: load x48", "1: load x49", "1: done"));
  EXPECT_EQ(CutMiddle(Interleaving(finding), 50).size(), 50u);
}

}  // namespace
}  // namespace mortsafe
