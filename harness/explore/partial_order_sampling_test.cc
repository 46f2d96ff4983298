// What distinguishes partial order sampling: conflicts decide when priorities
// are drawn, and chains of conflicts are hit more often than by a random walk.

#include "harness/explore/partial_order_sampling.h"

#include <array>
#include <cstdint>

#include "gtest/gtest.h"
#include "harness/explore/strategies.h"
#include "harness/model/execution.h"
#include "harness/model/random_walk.h"
#include "harness/model/strategy.h"
#include "harness/sync/scheduler.h"
#include "mortsafe/sync.h"

namespace mortsafe {
namespace {

constexpr uint64_t kSeeds = 3000;

NextStep StepOn(const int& object, AccessKind kind) {
  return {.access = {.kind = kind, .object = &object}};
}

// Thread 1 was chosen before thread 2, performed `performed` and comes to
// another step on an object of its own, while `pending` of thread 2 still
// waits. The share of the seeds under which thread 1 goes on.
double ShareOfGoingOn(const NextStep& performed, const NextStep& pending) {
  int chosen_first = 0;
  int goes_on = 0;
  const int own = 0;
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    PosStrategy strategy(seed);
    std::array<NextStep, 3> next = {NextStep(), performed, pending};
    if (strategy.Choose({0b110, 1, 0, next.data()}) != 1) continue;
    ++chosen_first;
    next[1] = StepOn(own, AccessKind::kLoad);
    if (strategy.Choose({0b110, 1, 1, next.data()}) == 1) ++goes_on;
  }
  return static_cast<double>(goes_on) / chosen_first;
}

// The step that lost keeps its low priority: two of three orders of three
// priorities in which the first is above the second have the third above it.
TEST(PosStrategyTest, StepsThatCommuteKeepTheirPriorities) {
  const int x = 0, y = 0;
  const NextStep load_x = StepOn(x, AccessKind::kLoad);
  const NextStep store_x = StepOn(x, AccessKind::kStore);
  const NextStep store_y = StepOn(y, AccessKind::kStore);
  EXPECT_NEAR(ShareOfGoingOn(store_x, store_y), 2.0 / 3, 0.05);
  EXPECT_NEAR(ShareOfGoingOn(load_x, load_x), 2.0 / 3, 0.05);
  const NextStep shared = StepOn(x, AccessKind::kLockShared);
  EXPECT_NEAR(ShareOfGoingOn(shared, shared), 2.0 / 3, 0.05);
}

TEST(PosStrategyTest, StepsThatConflictDrawNewPriorities) {
  const int x = 0;
  const NextStep load = StepOn(x, AccessKind::kLoad);
  const NextStep store = StepOn(x, AccessKind::kStore);
  EXPECT_NEAR(ShareOfGoingOn(store, load), 0.5, 0.05);
  EXPECT_NEAR(ShareOfGoingOn(load, store), 0.5, 0.05);
  EXPECT_NEAR(ShareOfGoingOn(StepOn(x, AccessKind::kCompareExchange), load),
              0.5, 0.05);
  EXPECT_NEAR(ShareOfGoingOn(StepOn(x, AccessKind::kTryLock),
                             StepOn(x, AccessKind::kLockShared)),
              0.5, 0.05);
}

TEST(PosStrategyTest, AWaitConflictsOverItsLockToo) {
  const int lock = 0, condition = 0;
  NextStep wait = StepOn(condition, AccessKind::kWait);
  wait.lock = &lock;
  EXPECT_NEAR(ShareOfGoingOn(wait, StepOn(lock, AccessKind::kTryLock)), 0.5,
              0.05);
}

// Whether `first` and `second` climbed to the top by taking turns.
bool TakeTurns() {
  constexpr int kStages = 3;
  atomic<int> first_stage{0};
  atomic<int> second_stage{0};
  thread first([&] {
    for (int i = 0; i < kStages && second_stage.load() == i; ++i) {
      first_stage.store(i + 1);
    }
  });
  thread second([&] {
    for (int i = 0; i < kStages && first_stage.load() == i + 1; ++i) {
      second_stage.store(i + 1);
    }
  });
  first.join();
  second.join();
  return second_stage.load() == kStages;
}

template <class Drawn>
int SeedsThatTakeTurns() {
  Execution execution;
  int count = 0;
  for (uint64_t seed = 0; seed < 4 * kSeeds; ++seed) {
    bool taken = false;
    Drawn strategy(seed);
    execution.Run({}, strategy, [&] { taken = TakeTurns(); });
    if (taken) ++count;
  }
  return count;
}

TEST(PosStrategyTest, HitsChainsOfConflictsMoreOftenThanARandomWalk) {
  EXPECT_GT(SeedsThatTakeTurns<PosStrategy>(),
            2 * SeedsThatTakeTurns<RandomWalk>());
}

}  // namespace
}  // namespace mortsafe
