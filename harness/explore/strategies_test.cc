// Strategies, first on hand-made choices, then in executions.

#include "harness/explore/strategies.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/base/random.h"
#include "harness/explore/partial_order_sampling.h"
#include "harness/explore/selectively_uniform_walk.h"
#include "harness/model/execution.h"
#include "harness/model/random_walk.h"
#include "harness/model/strategy.h"
#include "harness/program/schedule.h"
#include "mortsafe/sync.h"

namespace mortsafe {
namespace {

using ::testing::ElementsAre;

constexpr ThreadSet kOneTwoThree = 0b1110;

TEST(RandomWalkTest, EveryEnabledThreadIsEquallyLikely) {
  RandomWalk strategy(1);
  std::map<uint32_t, int> chosen;
  for (int i = 0; i < 3000; ++i) {
    ++chosen[strategy.Choose({.enabled = kOneTwoThree, .running = 1})];
  }
  ASSERT_EQ(chosen.size(), 3u);
  for (const auto& [thread, count] : chosen) {
    EXPECT_GT(count, 900) << "thread " << thread;
  }
}

// What a seed stands for must not depend on how the draws are made.
TEST(RandomWalkTest, DrawsAmongWhoeverIsEnabled) {
  constexpr std::array<ThreadSet, 5> kEnabled = {0b1110, 0b1110, 0b0110,
                                                 uint64_t{0b101} << 61, 0b1110};
  RandomWalk strategy(7);
  Random random(7);
  for (int i = 0; i < 500; ++i) {
    const ThreadSet enabled = kEnabled[i % kEnabled.size()];
    const auto count = static_cast<uint64_t>(CountThreads(enabled));
    EXPECT_EQ(strategy.Choose({.enabled = enabled, .running = 1}),
              ThreadAt(enabled, random.Below(count)))
        << "choice " << i;
  }
}

TEST(PctStrategyTest, TheHighestPriorityRunsButForAFewChanges) {
  std::set<uint32_t> first;
  std::set<int> numbers_of_changes;
  for (uint64_t seed = 0; seed < 500; ++seed) {
    PctStrategy strategy(seed);
    uint32_t running = strategy.Choose({.enabled = kOneTwoThree, .running = 1});
    first.insert(running);
    int changes = 0;
    for (uint32_t step = 0; step < 200; ++step) {
      const uint32_t next = strategy.Choose(
          {.enabled = kOneTwoThree, .running = running, .step = step});
      if (next != running) ++changes;
      running = next;
    }
    EXPECT_LE(changes, 3);
    numbers_of_changes.insert(changes);
  }
  EXPECT_THAT(first, ElementsAre(1, 2, 3));
  EXPECT_THAT(numbers_of_changes, ElementsAre(0, 1, 2, 3));
}

TEST(ReplayStrategyTest, FollowsItsSwitchesAndElseDoesNotPreempt) {
  const Schedule schedule = {{{1, 5, 3}, {1, 6, 0}}};
  ReplayStrategy strategy(schedule);
  const ThreadSet enabled = kOneTwoThree;
  EXPECT_EQ(strategy.Choose({enabled, 1, 4}), 1u);
  EXPECT_EQ(strategy.Choose({enabled, 1, 5}), 3u);
  EXPECT_EQ(strategy.Choose({enabled, 1, 6}), 1u) << "0 cannot run";
  EXPECT_EQ(strategy.Choose({enabled, 0, 7}), 1u) << "0 is blocked";
}

TEST(StickyStrategyTest, BytesBelow192Stay) {
  const std::vector<uint8_t> bytes = {0, 191, 192, 193, 194, 255};
  StickyStrategy strategy(bytes);
  std::vector<uint32_t> chosen;
  for (int i = 0; i < 8; ++i) {
    chosen.push_back(strategy.Choose({.enabled = kOneTwoThree, .running = 2}));
  }
  EXPECT_THAT(chosen, ElementsAre(2, 2, 1, 3, 1, 3, 2, 2));
}

int LostUpdate() {
  atomic<int> x{0};
  auto increment = [&] { x.store(x.load() + 1); };
  thread first(increment);
  thread second(increment);
  first.join();
  second.join();
  return x.load();
}

template <class Drawn>
void RunSeeded(uint64_t seed, Execution& execution, int& result) {
  Drawn strategy(seed);
  execution.Run({.record = true}, strategy, [&] { result = LostUpdate(); });
}

template <class Drawn>
class SeededStrategyTest : public ::testing::Test {};

using SeededStrategies =
    ::testing::Types<RandomWalk, PctStrategy, PosStrategy, SurwStrategy>;
TYPED_TEST_SUITE(SeededStrategyTest, SeededStrategies);

TYPED_TEST(SeededStrategyTest, WhatItDidReplaysFromItsSchedule) {
  Execution execution;
  std::set<int> results;
  for (uint64_t seed = 0; seed < 100; ++seed) {
    int result = 0;
    RunSeeded<TypeParam>(seed, execution, result);
    const Schedule schedule = execution.schedule();
    const auto steps = execution.trace().steps;
    int again = 0;
    ReplayStrategy replay(schedule);
    execution.Run({.record = true}, replay, [&] { again = LostUpdate(); });
    ASSERT_EQ(again, result);
    ASSERT_EQ(execution.trace().steps, steps);
    ASSERT_EQ(execution.schedule(), schedule);
    results.insert(result);
  }
  EXPECT_THAT(results, ElementsAre(1, 2));
}

TYPED_TEST(SeededStrategyTest, TheSameSeedMakesTheSameChoices) {
  Execution execution;
  Execution other;
  std::set<size_t> lengths;
  for (uint64_t seed = 0; seed < 100; ++seed) {
    int result = 0;
    RunSeeded<TypeParam>(seed, execution, result);
    RunSeeded<TypeParam>(seed, other, result);
    ASSERT_EQ(other.schedule(), execution.schedule());
    lengths.insert(execution.schedule().switches.size());
  }
  EXPECT_GT(lengths.size(), 1u) << "other seeds make other choices";
}

}  // namespace
}  // namespace mortsafe
