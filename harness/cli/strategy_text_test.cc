// What people read of strategies.

#include "harness/cli/strategy_text.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/hunt/hunt.h"
#include "harness/hunt/portfolio.h"
#include "harness/program/input.h"

namespace mortsafe {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(StrategyTextTest, BeginsWithTheName) {
  for (const ScheduleMode strategy : kPortfolio) {
    EXPECT_THAT(StrategyText(strategy),
                StartsWith(std::string(StrategyName(strategy)) + ", "));
    EXPECT_THAT(StrategyText({}),
                HasSubstr(std::string(StrategyName(strategy))));
  }
}

TEST(StrategyTextTest, TellsTheBoundOfPct) {
  EXPECT_THAT(StrategyText(ScheduleMode::kPct), HasSubstr("1/(n*k^(d-1))"));
}

TEST(CountsTextTest, LeavesOutWhoRanNothing) {
  EXPECT_EQ(CountsText({.by_strategy = {205, 1409, 0, 7}}),
            "random 205, pct 1,409, surw 7");
  EXPECT_EQ(CountsText({.swept = 90, .by_strategy = {0, 0, 12, 0}}),
            "exhaustive 90, pos 12");
  EXPECT_EQ(CountsText({}), "");
}

}  // namespace
}  // namespace mortsafe
