// What a stress test says of a violation that its checker decided on.

#include "harness/stress/explain_log.h"

#include <cstddef>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/base/violation_kind.h"
#include "harness/history/history.h"
#include "harness/linearize/checker.h"
#include "harness/linearize/history_builder.h"
#include "harness/linearize/stream_checker.h"
#include "harness/stress/record.h"
#include "harness/stress/record_log.h"

namespace mortsafe {
namespace {

using ::testing::SizeIs;

// Logs the operations, and explains what the checker decides on.
LogExplanation Explain(const History& history) {
  RecordLog log;
  StreamChecker checker;
  for (const HistoryOperation& operation : history.operations) {
    for (size_t i = 0; i < CellCount(operation); ++i) {
      log.Append(MakeCell(operation, i));
    }
    checker.Add(operation);
  }
  EXPECT_EQ(checker.Finish(), Verdict::kViolation);
  return ExplainLog(log, checker.decision());
}

TEST(ExplainLogTest, OfOneKeyItsOperationsAreTold) {
  HistoryBuilder h;
  h.At(1, 2).By(1).Store(0, 1);
  h.At(3, 4).By(1).Store(1, 2);
  h.At(5, 6).By(1).Delete(0);
  h.At(7, 8).By(2).Load(0, 1);
  const LogExplanation told = Explain(h.history());
  EXPECT_EQ(told.violation.kind, ViolationKind::kStaleValueAfterDelete);
  EXPECT_THAT(told.history.operations, SizeIs(3));
}

// Key 6 is the last that does not fit, and fits if nothing else is asked.
TEST(ExplainLogTest, OtherKeysMaySayWhenAClearTookEffect) {
  HistoryBuilder h;
  h.At(1, 2).By(1).Store(7, 1);
  h.At(3, 9).By(2).Clear();
  h.At(4, 4).By(1).Swap(7, 2, 1);
  h.At(5, 5).By(1).Store(6, 3);
  h.At(6, 6).By(1).Load(7, 2);
  h.At(10, 10).By(3).Load(6, 3);
  const LogExplanation told = Explain(h.history());
  EXPECT_EQ(told.violation.kind, ViolationKind::kNonAtomicClear);
  EXPECT_THAT(told.history.operations, SizeIs(6));
}

}  // namespace
}  // namespace mortsafe
