#include "harness/program/schedule_words.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/program/input.h"

namespace mortsafe {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

TEST(ScheduleWordsTest, CountsSwitches) {
  ScheduleSpec spec;
  EXPECT_EQ(InWords(spec),
            "no switch: each thread runs until it blocks or ends");
  spec.schedule.switches = {{1, 5, 2}};
  EXPECT_EQ(InWords(spec), "1 switch, and no other pre-emption");
  spec.schedule.switches.push_back({2, 3, 1});
  EXPECT_EQ(InWords(spec), "2 switches, and no other pre-emption");
}

TEST(ScheduleWordsTest, ListsChoices) {
  ScheduleSpec spec;
  spec.mode = ScheduleMode::kSticky;
  EXPECT_THAT(InWords(spec), EndsWith("the bytes are none"));
  spec.choices = {0, 192, 255};
  EXPECT_THAT(InWords(spec), EndsWith("the bytes are 0 192 255"));
}

TEST(ScheduleWordsTest, NamesTheStrategyAndItsSeed) {
  for (const auto& [mode, words] :
       {std::pair(ScheduleMode::kRandom, "uniform random walk"),
        std::pair(ScheduleMode::kPct, "(pct)"),
        std::pair(ScheduleMode::kPos, "(pos)"),
        std::pair(ScheduleMode::kSurw, "(surw)")}) {
    ScheduleSpec spec;
    spec.mode = mode;
    spec.seed = 77;
    EXPECT_THAT(InWords(spec), HasSubstr(words));
    EXPECT_THAT(InWords(spec), EndsWith("from the seed 77"));
  }
}

}  // namespace
}  // namespace mortsafe
