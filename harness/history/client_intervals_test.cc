#include "harness/history/client_intervals.h"

#include <cstdint>
#include <string>

#include "gtest/gtest.h"
#include "harness/history/history.h"

namespace mortsafe {
namespace {

HistoryOperation Interval(uint32_t client, uint64_t call,
                          uint64_t return_time) {
  HistoryOperation operation;
  operation.client = client;
  operation.call_time = call;
  operation.return_time = return_time;
  return operation;
}

TEST(ClientIntervalsTest, OneAfterTheOtherIsFine) {
  ClientIntervals intervals("run");
  EXPECT_TRUE(intervals.Add(Interval(0, 1, 2), 1).ok());
  EXPECT_TRUE(intervals.Add(Interval(0, 3, 9), 2).ok());
  EXPECT_TRUE(intervals.Add(Interval(0, 10, kPending), 3).ok());
}

TEST(ClientIntervalsTest, OtherClientsDoNotMatter) {
  ClientIntervals intervals("run");
  EXPECT_TRUE(intervals.Add(Interval(0, 1, 20), 1).ok());
  EXPECT_TRUE(intervals.Add(Interval(1, 2, kPending), 2).ok());
  EXPECT_TRUE(intervals.Add(Interval(2, 3, 4), 3).ok());
}

TEST(ClientIntervalsTest, EqualStampsAreFine) {
  ClientIntervals intervals("run");
  EXPECT_TRUE(intervals.Add(Interval(0, 1, 5), 1).ok());
  EXPECT_TRUE(intervals.Add(Interval(0, 5, 5), 2).ok());
  EXPECT_TRUE(intervals.Add(Interval(0, 5, 6), 3).ok());
}

TEST(ClientIntervalsTest, TwoOpenAtOnceAreAnErrorThatNamesBothLines) {
  ClientIntervals intervals("run");
  ASSERT_TRUE(intervals.Add(Interval(7, 1, 5), 12).ok());
  EXPECT_EQ(std::string(intervals.Add(Interval(7, 4, 6), 3).message()),
            "run:3: expected client 7 to have one operation open at a time, "
            "found this one called at 4 and that of line 12 returned at 5");
}

TEST(ClientIntervalsTest, NothingFollowsAPendingOperation) {
  ClientIntervals intervals("run");
  ASSERT_TRUE(intervals.Add(Interval(7, 1, kPending), 1).ok());
  EXPECT_EQ(std::string(intervals.Add(Interval(7, 9, 10), 2).message()),
            "run:2: expected client 7 to have one operation open at a time, "
            "found this one called at 9 and that of line 1 still open");
}

}  // namespace
}  // namespace mortsafe
