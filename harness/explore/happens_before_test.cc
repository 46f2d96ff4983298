// The order of steps, the races among them, and that an execution that goes on
// from a mark knows nothing of what came after it before.

#include "harness/explore/happens_before.h"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "harness/explore/vector_clock.h"
#include "harness/model/strategy.h"
#include "harness/sync/scheduler.h"

namespace mortsafe {
namespace {

using Races = std::vector<std::pair<uint32_t, uint32_t>>;

// More threads than one piece of a clock has room for.
constexpr uint32_t kDistant = VectorClock::kPiece + 3;

class HappensBeforeTest : public testing::Test {
 protected:
  void Load(uint32_t thread, const int& object) {
    order_.Perform(thread,
                   {.access = {.kind = AccessKind::kLoad, .object = &object}});
  }
  void Store(uint32_t thread, const int& object) {
    order_.Perform(thread,
                   {.access = {.kind = AccessKind::kStore, .object = &object}});
  }
  Races RacesFrom(size_t begin) {
    order_.Settle();
    Races races;
    const auto all = [](HappensBefore::Race) { return true; };
    order_.ForEachRace(begin, all, [&](HappensBefore::Race race) {
      races.emplace_back(race.first, race.second);
    });
    return races;
  }

  HappensBefore order_;
  int x_ = 0;
  int y_ = 0;
};

TEST_F(HappensBeforeTest, DependentStepsAreOrderedAndRace) {
  Store(1, x_);
  Load(2, y_);
  Load(2, x_);
  EXPECT_FALSE(order_.Precedes(0, 1));
  EXPECT_TRUE(order_.Precedes(0, 2));
  EXPECT_EQ(RacesFrom(0), (Races{{0, 2}}));
}

TEST_F(HappensBeforeTest, WhatOthersOrderDoesNotRace) {
  Store(1, x_);
  Store(1, y_);
  Load(2, y_);
  Load(2, x_);  // After the store anyway.
  Store(3, y_);
  EXPECT_EQ(RacesFrom(0), (Races{{1, 2}, {2, 4}}));
  EXPECT_EQ(RacesFrom(3), (Races{{2, 4}}));
  EXPECT_EQ(RacesFrom(5), Races());
}

TEST_F(HappensBeforeTest, AStepThatFailsOnlyReads) {
  Load(1, x_);
  order_.Perform(
      2, {.access = {.kind = AccessKind::kCompareExchange, .object = &x_}});
  order_.Observe({.failed = true});
  EXPECT_EQ(RacesFrom(0), Races());
}

TEST_F(HappensBeforeTest, AMarkKnowsNothingOfWhatCameAfterIt) {
  Store(1, y_);
  const HappensBefore::Mark mark = order_.Remember();
  for (int round = 0; round < 3; ++round) {
    Store(1, x_);
    Load(2, x_);
    EXPECT_TRUE(order_.Precedes(1, 2));
    order_.Restart(1, mark);
    Store(1, x_);
    Load(2, y_);
    EXPECT_TRUE(order_.Precedes(0, 2));
    EXPECT_FALSE(order_.Precedes(1, 2));
    order_.Restart(1, mark);
  }
}

TEST_F(HappensBeforeTest, MarksLieOneInAnother) {
  const HappensBefore::Mark outer = order_.Remember();
  Store(1, x_);
  Load(2, x_);
  const HappensBefore::Mark inner = order_.Remember();
  Store(2, y_);
  order_.Restart(2, inner);
  Store(1, y_);
  Load(2, y_);
  EXPECT_TRUE(order_.Precedes(2, 3));
  order_.Restart(0, outer);
  Store(1, y_);
  Store(2, x_);
  Store(1, x_);
  EXPECT_FALSE(order_.Precedes(0, 1));
  EXPECT_EQ(RacesFrom(0), (Races{{1, 2}}));
}

// The clock of thread 1 is saved before it gets room for the distant thread.
TEST_F(HappensBeforeTest, AMarkForgetsThreadsThatCameLater) {
  const HappensBefore::Mark mark = order_.Remember();
  Store(1, y_);
  Store(kDistant, x_);
  Load(1, x_);
  EXPECT_TRUE(order_.Precedes(1, 2));
  order_.Restart(0, mark);
  Store(1, y_);
  Store(kDistant, x_);
  Load(1, y_);
  EXPECT_FALSE(order_.Precedes(1, 2));
}

TEST_F(HappensBeforeTest, KnownStepsAreRepeated) {
  Store(1, x_);
  Load(2, x_);
  order_.Restart(1);
  EXPECT_EQ(order_.kept(), 1U);
  Store(1, x_);
  Store(2, y_);
  EXPECT_FALSE(order_.Precedes(0, 1));
  EXPECT_EQ(order_.size(), 2U);
}

}  // namespace
}  // namespace mortsafe
