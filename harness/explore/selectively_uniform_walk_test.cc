// What distinguishes the selectively uniform random walk: interleavings, not
// choices, are equally likely, and only those of the steps that matter count.

#include "harness/explore/selectively_uniform_walk.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "gtest/gtest.h"
#include "harness/explore/strategies.h"
#include "harness/model/execution.h"
#include "harness/model/random_walk.h"
#include "harness/model/strategy.h"
#include "harness/sync/scheduler.h"
#include "mortsafe/sync.h"

namespace mortsafe {
namespace {

constexpr uint32_t kLong = 9;
constexpr uint64_t kSeeds = 10'000;

// One thread counts to kLong while another looks once. What it sees.
size_t Look() {
  atomic<size_t> count{0};
  size_t seen = 0;
  thread counts([&] {
    for (size_t i = 1; i <= kLong; ++i) count.store(i);
  });
  thread looks([&] { seen = count.load(); });
  counts.join();
  looks.join();
  return seen;
}

// How often each count is seen.
template <class MakeStrategy>
std::array<uint64_t, kLong + 1> Seen(MakeStrategy make_strategy) {
  Execution execution;
  std::array<uint64_t, kLong + 1> seen = {};
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    auto strategy = make_strategy(seed);
    size_t count = 0;
    execution.Run({}, strategy, [&] { count = Look(); });
    ++seen[count];
  }
  return seen;
}

TEST(SurwStrategyTest, KnownLengthsMakeInterleavingsEquallyLikely) {
  const std::vector<uint32_t> lengths = {0, kLong, 1};
  for (const uint64_t times :
       Seen([&](uint64_t seed) { return SurwStrategy(seed, lengths); })) {
    EXPECT_NEAR(static_cast<double>(times), kSeeds / 10.0, 120);
  }
}

TEST(SurwStrategyTest, DrawnLengthsReachWhatARandomWalkHardlyDoes) {
  const auto last = [](const auto& seen) { return seen[kLong]; };
  const uint64_t walk =
      last(Seen([](uint64_t seed) { return RandomWalk(seed); }));
  const uint64_t uniform =
      last(Seen([](uint64_t seed) { return SurwStrategy(seed); }));
  EXPECT_LT(walk, kSeeds / 200);
  EXPECT_GT(uniform, 10 * walk);
}

// Thread 0 is about to use y, and threads 1 and 2 x, again and again. When x is
// selected, one of the two that it interests waits, so that thread 0 has half
// of the choices whatever the lengths are; else it has what they give it.
TEST(SurwStrategyTest, SelectsAnObjectInHalfOfTheExecutions) {
  const int x = 0, y = 0;
  std::array<NextStep, 3> next;
  next[0].access = {.kind = AccessKind::kStore, .object = &y};
  next[1].access = {.kind = AccessKind::kStore, .object = &x};
  next[2].access = {.kind = AccessKind::kStore, .object = &x};
  constexpr int kExecutions = 600;
  constexpr int kChoices = 2000;
  int halves = 0;
  for (uint64_t seed = 0; seed < kExecutions; ++seed) {
    SurwStrategy strategy(seed);
    const auto choose = [&] {
      return strategy.Choose({0b111, 0, 0, next.data()});
    };
    for (int i = 0; i < 64; ++i) choose();  // The moment is past.
    int first = 0;
    for (int i = 0; i < kChoices; ++i) first += choose() == 0 ? 1 : 0;
    if (std::abs(first - kChoices / 2) < kChoices / 20) ++halves;
  }
  // Of the half, x in two thirds; and a few more whose lengths say the same.
  EXPECT_GT(halves, kExecutions / 4);
  EXPECT_LT(halves, kExecutions / 2);
}

}  // namespace
}  // namespace mortsafe
