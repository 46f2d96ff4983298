// A history as a table, letter by letter.

#include "harness/report/history_table.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/linearize/history_builder.h"

namespace mortsafe {
namespace {

History SmallHistory() {
  HistoryBuilder h;
  h.At(0, 10).By(1).Store(0, 1);
  h.At(2, 3).By(2).Load(0, kNone);
  h.PendingSince(4).By(3).Delete(0);
  History history = h.history();
  history.has_initial_client = false;
  return history;
}

TEST(HistoryTableTest, HasALineForEachCall) {
  EXPECT_EQ(HistoryTable(SmallHistory()),
            "  client    call         answer   called  returned\n"
            "  client 1  Store(0, 1)  done     0       10\n"
            "  client 2  Load(0)      absent   2       3\n"
            "  client 3  Delete(0)    pending  4       never\n");
}

TEST(HistoryTableTest, SaysHowManyCallsItLeavesOut) {
  EXPECT_EQ(HistoryTable(SmallHistory(), 1),
            "  client    call         answer  called  returned\n"
            "  client 1  Store(0, 1)  done    0       10\n"
            "  and 2 calls more\n");
}

TEST(HistoryTableTest, AnEmptyHistoryHasAHeadAlone) {
  EXPECT_EQ(HistoryTable(History()),
            "  client  call  answer  called  returned\n");
}

}  // namespace
}  // namespace mortsafe
