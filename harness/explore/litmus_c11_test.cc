#include <array>
#include <cstdio>
#include <mutex>
#include "gtest/gtest.h"
#include "mortsafe/explore.h"
#include "harness/explore/litmus.h"
namespace mortsafe {
namespace {
template <size_t threads, bool with_lock>
void LockedLitmus() {
  atomic<int> x{0};
  atomic<int> y{0};
  mutex m;
  RunAlike<threads>([&](size_t number) {
    const int i = static_cast<int>(number);
    x.store(i + 1, std::memory_order_relaxed);
    int r = y.load(std::memory_order_acquire);
    x.compare_exchange_strong(r, i + 10, std::memory_order_acq_rel);
    if (with_lock) {
      const std::lock_guard<mutex> lock(m);
      const int v = y.load(std::memory_order_relaxed);
      y.store(v + 1, std::memory_order_relaxed);
    }
    y.load(std::memory_order_acquire);
  });
}
TEST(LitmusC11Test, L2AndL3) {
  const auto executions = [](void (*body)()) {
    const ExploreResult result = Explore({.memory = MemoryModel::kC11}, body);
    EXPECT_TRUE(result.complete);
    EXPECT_EQ(result.blocked, 0u);
    return result.executions;
  };
  EXPECT_EQ(executions(LockedLitmus<2, false>), 4u);
  EXPECT_EQ(executions(LockedLitmus<3, false>), 36u);
  EXPECT_EQ(executions(LockedLitmus<2, true>), 32u);
  EXPECT_EQ(executions(LockedLitmus<3, true>), 8448u);
}
}
}
