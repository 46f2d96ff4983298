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

TEST(SamplesTest, TheMedianIsInTheMiddle) {
  EXPECT_EQ((Samples{"a", {5, 1, 2}}.Median()), 2);
  EXPECT_EQ((Samples{"a", {5, 1, 2, 4}}.Median()), 3);
  EXPECT_EQ(RangeText({"a", {5, 1, 2}}), "2 (1 to 5)");
  EXPECT_EQ(RangeText({"a", {}}), "not run");
}

TEST(SamplesTest, TheBestHasTheBestMedian) {
  std::vector<Samples> all = {
      {"fast", {8, 9, 10}}, {"slow", {1, 2, 3}}, {"absent", {}}};
  EXPECT_THAT(Best(all, Better::kMore), ElementsAre("fast"));
  EXPECT_THAT(Best(all, Better::kLess), ElementsAre("slow"));
  all[1].values = {18, 19, 20};
  EXPECT_THAT(Best(all, Better::kMore), ElementsAre("slow"));
}

TEST(SamplesTest, RangesThatOverlapAreNotToldApart) {
  const std::vector<Samples> all = {
      {"one", {8, 9, 10}}, {"other", {2, 3, 8.5}}, {"third", {5, 6, 7}}};
  EXPECT_THAT(Best(all, Better::kMore), ElementsAre("one", "other"));
}

TEST(SamplesTest, EqualsAreAllBest) {
  EXPECT_THAT(Best({{"one", {0, 0}}, {"other", {0, 0}}}, Better::kLess),
              ElementsAre("one", "other"));
}

TEST(SamplesTest, BetterIsWhoseWorstBeatsTheOthersBest) {
  const std::vector<Samples> all = {
      {"go", {4, 5}}, {"clear", {6, 7}}, {"close", {5, 9}}, {"absent", {}}};
  EXPECT_THAT(BetterThan("go", all, Better::kMore), ElementsAre("clear"));
  EXPECT_THAT(BetterThan("go", all, Better::kLess), IsEmpty());
  EXPECT_THAT(BetterThan("clear", all, Better::kLess), ElementsAre("go"));
  EXPECT_THAT(BetterThan("absent", all, Better::kMore), IsEmpty());
  EXPECT_THAT(BetterThan("nobody", all, Better::kMore), IsEmpty());
}

}  // namespace
}  // namespace mortsafe
