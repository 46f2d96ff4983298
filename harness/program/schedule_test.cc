// Schedules read back what they write, and say where a text is wrong.

#include "harness/program/schedule.h"

#include <string>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/base/random.h"
#include "mortsafe/memory_model.h"

namespace mortsafe {
namespace {

using ::testing::EndsWith;
using ::testing::StartsWith;

std::string ErrorOf(absl::string_view text) {
  const absl::StatusOr<Schedule> parsed = ParseSchedule(text, "s");
  EXPECT_EQ(parsed.status().code(), absl::StatusCode::kInvalidArgument);
  return std::string(parsed.status().message());
}

TEST(ScheduleTest, WritesASwitchALine) {
  EXPECT_EQ(ToText(Schedule{}), "");
  EXPECT_EQ(ToText(Schedule{{{1, 5, 2}, {0, 0, 8}}}),
            "T1@5 -> T2\nT0@0 -> T8\n");
}

TEST(ScheduleTest, ReadsSwitchesBetweenCommentsAndBlanks) {
  const auto parsed = ParseSchedule(
      "# the deleter first\n\n  T1@5->T2   # here\r\nT4294967295 @ 7\t-> T0",
      "s");
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(*parsed, (Schedule{{{1, 5, 2}, {4294967295, 7, 0}}}));
}

TEST(ScheduleTest, ReadsTheEmptySchedule) {
  EXPECT_EQ(ParseSchedule("", "s").value(), Schedule{});
  EXPECT_EQ(ParseSchedule("\n # nothing\n", "s").value(), Schedule{});
}

TEST(ScheduleTest, TextReadsBack) {
  Random random(7);
  for (int round = 0; round < 1000; ++round) {
    Schedule schedule;
    schedule.switches.resize(random.Below(9));
    for (Switch& s : schedule.switches) {
      s.thread = static_cast<uint32_t>(random.Next() >> random.Below(64));
      s.step = static_cast<uint32_t>(random.Next() >> random.Below(64));
      s.next = static_cast<uint32_t>(random.Next() >> random.Below(64));
    }
    EXPECT_EQ(ParseSchedule(ToText(schedule), "s").value(), schedule);
  }
}

TEST(ScheduleTest, UnderC11AccessesOverlookWrites) {
  const Schedule weak = {.switches = {{1, 5, 2}},
                         .memory = MemoryModel::kC11,
                         .stale = {{2, 3, 1}, {1, 0, 4}}};
  const std::string text =
      "memory c11\nT1@5 -> T2\nT2@3 overlooks 1\nT1@0 overlooks 4\n";
  EXPECT_EQ(ToText(weak), text);
  EXPECT_EQ(ParseSchedule("# weak\n" + text, "s").value(), weak);
  EXPECT_EQ(ParseSchedule("memory sc\n", "s").value(), Schedule{});
  EXPECT_EQ(ErrorOf("memory tso"), "s:1:8: expected sc or c11, found 'tso'");
  EXPECT_EQ(ErrorOf("memory c11\nT1@5 overlooks T2"),
            "s:2:16: expected a number from 0 to 4294967295, found 'T2'");
  // Where nothing is stale, nothing can be overlooked.
  EXPECT_EQ(ErrorOf("T1@5 overlooks 1"),
            "s:1:6: expected '->', found 'overlooks'");
  EXPECT_EQ(ErrorOf("T1@5 -> T2\nmemory c11"),
            "s:2:1: expected a thread such as T1, found 'memory'");
}

TEST(ScheduleTest, SaysWhereATextIsWrong) {
  EXPECT_EQ(ErrorOf("2"), "s:1:1: expected a thread such as T1, found '2'");
  EXPECT_EQ(ErrorOf("T1@1 -> T2\nTx@2 -> T1"),
            "s:2:1: expected a thread from T0 to T4294967295, found 'Tx'");
  EXPECT_EQ(ErrorOf("T1 5"), "s:1:4: expected '@', found '5'");
  EXPECT_EQ(ErrorOf("T1@-5"),
            "s:1:4: expected a step from 0 to 4294967295, found '-5'");
  EXPECT_EQ(ErrorOf("T1@4294967296 -> T2"),
            "s:1:4: expected a step from 0 to 4294967295, found '4294967296'");
  EXPECT_EQ(ErrorOf("T1@5 T2"), "s:1:6: expected '->', found 'T2'");
  EXPECT_EQ(ErrorOf("T1@5 ->"),
            "s:1:8: expected a thread such as T1, found end of text");
  EXPECT_EQ(ErrorOf("T1@5 ->\nT2"),
            "s:1:8: expected a thread such as T1, found end of line");
  EXPECT_EQ(ErrorOf("T1@5 -> T2 T3"),
            "s:1:12: expected end of line, found 'T3'");
}

TEST(ScheduleTest, ThreadsThatThereAreNotAreRefused) {
  for (const char* const text :
       {"T3@1 -> T1", "T1@1 -> T3", "memory c11\nT3@1 overlooks 1"}) {
    EXPECT_EQ(HighestThread(ParseSchedule(text, "s", 3).value()), 3u) << text;
    EXPECT_THAT(std::string(ParseSchedule(text, "s", 2).status().message()),
                EndsWith(": expected a thread from T0 to T2, found 'T3'"))
        << text;
  }
  EXPECT_THAT(
      std::string(ParseSchedule("\nT1@1 -> T3", "s", 2).status().message()),
      StartsWith("s:2:9: "));
}

TEST(ScheduleTest, ErrorsStayPrintable) {
  EXPECT_EQ(ErrorOf(absl::string_view("\0\x1b[2J", 5)),
            "s:1:1: expected a thread such as T1, found '\\x00\\x1b'");
}

}  // namespace
}  // namespace mortsafe
