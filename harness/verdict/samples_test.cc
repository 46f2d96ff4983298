// Who is best follows from the samples, and changes with them.

#include "harness/verdict/samples.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace mortsafe {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(SamplesTest, TheMedianIsInTheMiddle) {
  EXPECT_EQ((Samples{"a", {5, 1, 2}}.Median()), 2);
  EXPECT_EQ((Samples{"a", {5, 1, 2, 4}}.Median()), 3);
  EXPECT_EQ(RangeText({"a", {5, 1, 2}}), "2 (1 to 5)");
  EXPECT_EQ(RangeText({"a", {17'149.6, 0.12345, 1'999.4}}),
            "1,999 (0.123 to 17,150)");
  EXPECT_EQ(RangeText({"a", {}}), "not run");
}

TEST(SamplesTest, TheBestIsBestInItsRound) {
  std::vector<Samples> all = {
      {"often", {8, 9, 10}}, {"once", {1, 20, 3}}, {"never", {2, 3, 4}}};
  EXPECT_THAT(RoundsWon(all, Better::kMore),
              ElementsAre(Pair("often", 2), Pair("once", 1)));
  EXPECT_THAT(RoundsWon(all, Better::kLess),
              ElementsAre(Pair("once", 2), Pair("never", 1)));
  all[2].values = {18, 30, 20};
  EXPECT_THAT(RoundsWon(all, Better::kMore), ElementsAre(Pair("never", 3)));
}

TEST(SamplesTest, EqualsAreBothBest) {
  EXPECT_THAT(RoundsWon({{"one", {0, 1}}, {"other", {0, 0}}}, Better::kLess),
              ElementsAre(Pair("other", 2), Pair("one", 1)));
}

TEST(SamplesTest, WhatLacksARoundIsNotCompared) {
  const std::vector<Samples> all = {
      {"lacking", {99}}, {"one", {1, 2}}, {"absent", {}}};
  EXPECT_THAT(RoundsWon(all, Better::kMore), ElementsAre(Pair("one", 2)));
  EXPECT_THAT(AlwaysBetterThan("one", all, Better::kMore), IsEmpty());
  EXPECT_THAT(AlwaysBetterThan("lacking", all, Better::kLess), IsEmpty());
  EXPECT_THAT(AlwaysBetterThan("nobody", all, Better::kLess), IsEmpty());
}

// What disturbs a whole round disturbs all.
TEST(SamplesTest, BetterIsWhatIsBetterInEveryRound) {
  const std::vector<Samples> all = {
      {"go", {4, 40}}, {"clear", {6, 60}}, {"once", {5, 9}}};
  EXPECT_THAT(AlwaysBetterThan("go", all, Better::kMore), ElementsAre("clear"));
  EXPECT_THAT(AlwaysBetterThan("clear", all, Better::kLess),
              ElementsAre("go", "once"));
}

}  // namespace
}  // namespace mortsafe
