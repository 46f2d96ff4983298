// What a body reads once all its threads have ended (Execution::EndThreads),
// where loads may be stale: the last value of each atomic in modification
// order, whoever wrote last, and without any step of a search.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/explore/graph_search.h"
#include "harness/explore/sampled_memory.h"
#include "harness/model/execution.h"
#include "harness/model/random_walk.h"
#include "harness/model/weak_memory.h"
#include "mortsafe/sync.h"

namespace mortsafe {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

constexpr std::memory_order kRelaxed = std::memory_order_relaxed;

// Runs both as threads to their ends.
template <class First, class Second>
void RunBoth(First first, Second second) {
  thread one(first);
  thread other(second);
  one.join();
  other.join();
}

struct Explored {
  // How often each outcome came about.
  std::map<std::pair<int, int>, int> outcomes;
  uint64_t steps = 0;
};

// Every execution of body(execution), which returns its outcome.
template <class Body>
Explored ExploreAll(Body body) {
  Explored explored;
  Execution execution;
  GraphSearch search;
  while (search.Next()) {
    std::pair<int, int> outcome;
    const Outcome ran = execution.Run({.memory = &search}, search.strategy(),
                                      [&] { outcome = body(execution); });
    EXPECT_FALSE(ran.failure.has_value()) << ran.failure->message;
    ++explored.outcomes[outcome];
    explored.steps += ran.steps;
  }
  return explored;
}

// Two threads write both atomics in opposite orders (2+2W). Without orders
// either write to each may be the last: four outcomes, whoever ran last.
std::pair<int, int> WriteBothTwice(Execution* ended) {
  atomic<int> x{0};
  atomic<int> y{0};
  RunBoth(
      [&] {
        x.store(1, kRelaxed);
        y.store(2, kRelaxed);
      },
      [&] {
        y.store(1, kRelaxed);
        x.store(2, kRelaxed);
      });
  if (ended != nullptr) ended->EndThreads();
  const int last_x = x.load();
  return {last_x, y.load()};
}

TEST(LastValuesTest, AreThoseThatJoiningTellsToo) {
  const Explored joined =
      ExploreAll([](Execution&) { return WriteBothTwice(nullptr); });
  const Explored ended = ExploreAll(
      [](Execution& execution) { return WriteBothTwice(&execution); });
  EXPECT_THAT(ended.outcomes,
              ElementsAre(Pair(Pair(1, 1), 1), Pair(Pair(1, 2), 1),
                          Pair(Pair(2, 1), 1), Pair(Pair(2, 2), 1)));
  EXPECT_EQ(ended.outcomes, joined.outcomes);
  EXPECT_EQ(ended.steps, joined.steps);
}

TEST(LastValuesTest, AreThoseOfDrawnExecutionsToo) {
  std::set<std::pair<int, int>> outcomes;
  Execution execution;
  SampledMemory memory;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    memory.Begin(seed + 1'000);
    RandomWalk walk(seed);
    std::pair<int, int> outcome;
    execution.Run({.memory = &memory}, walk,
                  [&] { outcome = WriteBothTwice(&execution); });
    outcomes.insert(outcome);
  }
  EXPECT_THAT(outcomes, UnorderedElementsAre(Pair(1, 1), Pair(1, 2), Pair(2, 1),
                                             Pair(2, 2)));
}

TEST(LastValuesTest, LeaveNeighboursAlone) {
  const Explored explored = ExploreAll([](Execution& execution) {
    struct {
      atomic<uint8_t> small{1};
      uint8_t neighbour = 7;
      atomic<bool> flag{false};
      uint8_t last = 9;
    } block;
    RunBoth([&] { block.small.store(255, kRelaxed); },
            [&] { block.flag.store(true, kRelaxed); });
    execution.EndThreads();
    return std::pair<int, int>(block.small.load() + (block.flag.load() ? 1 : 0),
                               10 * block.neighbour + block.last);
  });
  EXPECT_THAT(explored.outcomes, ElementsAre(Pair(Pair(256, 79), 1)));
}

// What lies at an address may differ from one execution to the next.
TEST(LastValuesTest, AreAsLargeAsTheObjectsOfTheirExecution) {
  struct Small {
    atomic<uint8_t> value{1};
    std::array<uint8_t, 7> neighbours = {7, 7, 7, 7, 7, 7, 7};
  };
  struct Large {
    atomic<uint64_t> value{1};
  };
  const Explored explored = ExploreAll([](Execution& execution) {
    atomic<bool> flag{false};
    std::unique_ptr<Small> small;
    std::unique_ptr<Large> large;
    RunBoth([&] { flag.store(true, kRelaxed); },
            [&] {
              if (flag.load(kRelaxed)) {
                small = std::make_unique<Small>();
                small->value.store(2, kRelaxed);
              } else {
                large = std::make_unique<Large>();
                large->value.store(1 << 20, kRelaxed);
              }
            });
    execution.EndThreads();
    return small == nullptr ? std::pair<int, int>(large->value.load(), 0)
                            : std::pair<int, int>(small->value.load(),
                                                  small->neighbours.back());
  });
  EXPECT_THAT(explored.outcomes,
              ElementsAre(Pair(Pair(2, 7), 1), Pair(Pair(1 << 20, 0), 1)));
}

// Of the atomics that a body leaves behind, one in a block that it has freed.
int* live_object = nullptr;
void LeaveOneFreed() {
  auto* const live = new atomic<int>(1);
  auto* const dead = new atomic<int>(1);
  RunBoth([&] { live->store(2, kRelaxed); },
          [&] {
            dead->store(3, kRelaxed);
            delete dead;
          });
  live_object = reinterpret_cast<int*>(live);
}

std::map<const volatile void*, uint64_t> LastValuesOf(WeakMemory& memory) {
  std::map<const volatile void*, uint64_t> values;
  memory.VisitLastValues(
      [&](const volatile void* object, size_t size, uint64_t value) {
        EXPECT_EQ(size, sizeof(int));
        values[object] = value;
      });
  return values;
}

TEST(LastValuesTest, AreNotOfFreedBlocks) {
  Execution execution;
  GraphSearch search;
  ASSERT_TRUE(search.Next());
  execution.Run({.memory = &search, .find_leaks = false}, search.strategy(),
                LeaveOneFreed);
  EXPECT_THAT(LastValuesOf(search), ElementsAre(Pair(live_object, 2)));

  SampledMemory memory;
  memory.Begin(1);
  RandomWalk walk(1);
  execution.Run({.memory = &memory, .find_leaks = false}, walk, LeaveOneFreed);
  EXPECT_THAT(LastValuesOf(memory), ElementsAre(Pair(live_object, 2)));
}

TEST(LastValuesTest, NoThreadMayStillRun) {
  Execution execution;
  GraphSearch search;
  ASSERT_TRUE(search.Next());
  const Outcome outcome =
      execution.Run({.memory = &search}, search.strategy(), [&] {
        thread late([] {});
        execution.EndThreads();
        late.join();
      });
  ASSERT_TRUE(outcome.failure.has_value());
  EXPECT_TRUE(outcome.failure->unsupported);
  EXPECT_EQ(outcome.failure->message,
            "a thread still runs that the body did not join");
}

TEST(LastValuesTest, NoThreadStartsAfterwards) {
  Execution execution;
  GraphSearch search;
  ASSERT_TRUE(search.Next());
  const Outcome outcome =
      execution.Run({.memory = &search}, search.strategy(), [&] {
        RunBoth([] {}, [] {});
        execution.EndThreads();
        thread late([] {});
        late.join();
      });
  ASSERT_TRUE(outcome.failure.has_value());
  EXPECT_TRUE(outcome.failure->unsupported);
  EXPECT_EQ(outcome.failure->message, "a thread starts after all have ended");
}

}  // namespace
}  // namespace mortsafe
