// While no scheduler is active, the seam's types are std's, with real threads.

#include "mortsafe/sync.h"

#include <mutex>
#include <shared_mutex>
#include <vector>

#include "gtest/gtest.h"
#include "harness/sync/access_hook.h"

namespace mortsafe {
namespace {

TEST(SyncTest, AtomicDoesWhatStdsDoes) {
  atomic<int> x{5};
  EXPECT_EQ(x.fetch_add(2), 5);
  EXPECT_EQ(x.fetch_sub(1), 7);
  EXPECT_EQ(x.fetch_and(4), 6);
  EXPECT_EQ(x.fetch_or(3), 4);
  EXPECT_EQ(x.fetch_xor(1), 7);
  EXPECT_EQ(x.exchange(10), 6);
  EXPECT_EQ(++x, 11);
  EXPECT_EQ(x--, 11);
  EXPECT_EQ(x += 5, 15);
  int expected = 1;
  EXPECT_FALSE(x.compare_exchange_strong(expected, 2));
  EXPECT_EQ(expected, 15);
  EXPECT_TRUE(x.compare_exchange_weak(expected, 2));
  EXPECT_EQ(x, 2);
  int values[2] = {};
  atomic<int*> pointer{values};
  EXPECT_EQ(pointer.fetch_add(1), values);
  EXPECT_EQ(pointer.load(), values + 1);
}

TEST(SyncTest, AnAtomicThatIsWrittenPlainlyHasTheValue) {
  atomic<int> x{5};
  WritePlainly(x, 6);
  EXPECT_EQ(x.load(), 6);
  EXPECT_EQ(x.fetch_add(1), 6);
  atomic<int*> pointer{new int(7)};
  delete pointer.load();
  WritePlainly(pointer, nullptr);
  EXPECT_EQ(pointer.load(), nullptr);
}

TEST(SyncTest, LocksKeepThreadsApart) {
  mutex exclusive;
  shared_mutex shared;
  int guarded = 0;
  int guarded_too = 0;
  std::vector<thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 1000; ++j) {
        const std::lock_guard<mutex> lock(exclusive);
        ++guarded;
      }
      for (int j = 0; j < 1000; ++j) {
        const std::unique_lock<shared_mutex> lock(shared);
        ++guarded_too;
      }
    });
  }
  for (thread& each : threads) each.join();
  const std::shared_lock<shared_mutex> lock(shared);
  EXPECT_EQ(guarded, 4000);
  EXPECT_EQ(guarded_too, 4000);
}

TEST(SyncTest, ConditionVariableHandsOver) {
  mutex m;
  condition_variable filled;
  int slot = 0;
  int received = 0;
  thread consumer([&] {
    std::unique_lock<mutex> lock(m);
    filled.wait(lock, [&] { return slot != 0; });
    received = slot;
  });
  {
    const std::lock_guard<mutex> lock(m);
    slot = 7;
  }
  filled.notify_all();
  consumer.join();
  EXPECT_EQ(received, 7);
}

TEST(SyncTest, SlotsOfThreadsDiffer) {
  const auto mine = this_thread::slot();
  EXPECT_EQ(this_thread::slot(), mine);
  auto other = mine;
  thread asking([&] { other = this_thread::slot(); });
  asking.join();
  EXPECT_NE(other, mine);
}

class CountingHook final : public AccessHook {
 public:
  void BeforeAccess() override { ++count; }
  int count = 0;
};

TEST(SyncTest, AHookIsCalledBeforeEachAccessOfItsThread) {
  atomic<int> x{0};
  mutex m;
  CountingHook hook;
  {
    const ScopedAccessHook scoped(&hook);
    x.store(1);
    x.fetch_add(x.load());
    int expected = 2;
    x.compare_exchange_strong(expected, 3);
    mortsafe::atomic_thread_fence(std::memory_order_seq_cst);
    m.lock();
    m.unlock();
    WritePlainly(x, 3);
    thread([&] { x.store(4); }).join();
  }
  EXPECT_EQ(hook.count, 8);
  x.store(5);
  EXPECT_EQ(hook.count, 8);
}

}  // namespace
}  // namespace mortsafe
