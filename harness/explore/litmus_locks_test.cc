// Locks and condition variables, with seq_cst alone: exact outcomes, exact
// numbers of executions, under every memory model (litmus.h).

#include <array>
#include <cstddef>
#include <mutex>
#include <shared_mutex>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/explore/litmus.h"
#include "mortsafe/explore.h"

namespace mortsafe {
namespace {

using ::testing::HasSubstr;

// The sections of n threads come in any order: n!.
TEST(LitmusLocksTest, SectionsUnderOneMutex) {
  ExpectExactly(24, {"4"}, [] {
    mutex m;
    plain<int> counter(std::in_place, 0);
    RunAlike<4>([&](size_t) {
      const std::lock_guard<mutex> lock(m);
      ++counter.write();
    });
    return std::array<int, 1>{counter.read()};
  });
}

// Sections under different locks commute.
TEST(LitmusLocksTest, SectionsUnderTwoMutexes) {
  ExpectExactly(1, {"1 1"}, [] {
    std::array<mutex, 2> m;
    std::array<int, 2> counters = {};
    RunAlike<2>([&](size_t i) {
      const std::lock_guard<mutex> lock(m[i]);
      ++counters[i];
    });
    return counters;
  });
}

// Readers' sections commute: only who comes before the writer counts, 2^2.
// (C11's executions order them.)
TEST(LitmusLocksTest, ReadersAndAWriter) {
  const Outcomes outcomes = {"0 0", "0 1", "1 0", "1 1"};
  ExpectUnder(MemoryModel::kSc, 4, outcomes, [] {
    shared_mutex m;
    plain<int> value(std::in_place, 0);
    std::array<int, 2> read = {};
    RunAlike<3>([&](size_t i) {
      if (i == 2) {
        const std::lock_guard<shared_mutex> lock(m);
        value.write() = 1;
      } else {
        const std::shared_lock<shared_mutex> lock(m);
        read[i] = value.read();
      }
    });
    return read;
  });
}

// An attempt comes before the other's lock, within its section or after it. Two
// attempts: both succeed, in two orders, or the second fails within the first's
// section, in two ways: 4.
TEST(LitmusLocksTest, TwoAttemptsToLock) {
  ExpectExactly(4, {"1 1", "1 0", "0 1"}, [] {
    mutex m;
    std::array<int, 2> taken = {};
    RunAlike<2>([&](size_t i) {
      const std::unique_lock<mutex> lock(m, std::try_to_lock);
      taken[i] = lock.owns_lock() ? 1 : 0;
    });
    return taken;
  });
}

// An attempt beside a section that waits: before its lock, then the section
// follows the attempt's own; within it; after it.
TEST(LitmusLocksTest, AnAttemptBesideASection) {
  ExpectExactly(3, {"1", "0"}, [] {
    mutex m;
    int taken = 0;
    RunThreads([&] { const std::lock_guard<mutex> lock(m); },
               [&] {
                 const std::unique_lock<mutex> lock(m, std::try_to_lock);
                 taken = lock.owns_lock() ? 1 : 0;
               });
    return std::array<int, 1>{taken};
  });
}

void Dine(bool in_order) {
  std::array<mutex, 3> forks;
  RunAlike<3>([&](size_t i) {
    size_t first = i;
    size_t second = (i + 1) % forks.size();
    if (in_order && second < first) std::swap(first, second);
    const std::lock_guard<mutex> one(forks[first]);
    const std::lock_guard<mutex> other(forks[second]);
  });
}

// Each fork is taken by two philosophers, in either order: 8 ways. Two of them
// are circles, in which each would have to put down its forks before it took
// them.
TEST(LitmusLocksTest, PhilosophersWhoTakeTheForksInOrder) {
  ExpectExactly(6, {"0"}, [] {
    Dine(true);
    return std::array<int, 1>{};
  });
}

TEST(LitmusLocksTest, PhilosophersWhoTakeTheLeftForkFirstStarve) {
  const ExploreFailure failure = ExpectFailure("deadlock", [] { Dine(false); });
  EXPECT_THAT(failure.message, HasSubstr("a cycle: thread 1 waits for"));
  EXPECT_THAT(failure.message, HasSubstr("that thread 2 holds"));
  EXPECT_THAT(failure.message, HasSubstr("that thread 3 holds"));
  EXPECT_THAT(failure.message, HasSubstr("that thread 1 holds"));
}

// The two sections in either order. If the waiter's comes first, it sleeps
// before the other takes the lock, and wakes after the other gave it up.
TEST(LitmusLocksTest, WaitingForAnEvent) {
  ExpectExactly(2, {"1"}, [] {
    mutex m;
    condition_variable happened;
    plain<int> event(std::in_place, 0);
    int seen = 0;
    RunThreads(
        [&] {
          std::unique_lock<mutex> lock(m);
          happened.wait(lock, [&] { return event.read() != 0; });
          seen = event.read();
        },
        [&] {
          const std::lock_guard<mutex> lock(m);
          event.write() = 1;
          happened.notify_one();
        });
    return std::array<int, 1>{seen};
  });
}

TEST(LitmusLocksTest, AnEventThatIsNotAskedForUnderTheLockIsMissed) {
  const ExploreFailure failure = ExpectFailure("deadlock", [] {
    mutex m;
    condition_variable happened;
    atomic<bool> event{false};
    RunThreads(
        [&] {
          if (event.load()) return;
          std::unique_lock<mutex> lock(m);
          happened.wait(lock);
        },
        [&] {
          event.store(true);
          happened.notify_one();
        });
  });
  EXPECT_THAT(failure.message, HasSubstr("thread 1 waits for a notification"));
}

// Holds one item. Whoever may be able to go on is woken.
class Buffer {
 public:
  explicit Buffer(bool wakes_all) : wakes_all_(wakes_all) {}

  void Put(int item) {
    std::unique_lock<mutex> lock(m_);
    changed_.wait(lock, [&] { return item_.read() == 0; });
    item_.write() = item;
    Notify();
  }
  int Take() {
    std::unique_lock<mutex> lock(m_);
    changed_.wait(lock, [&] { return item_.read() != 0; });
    const int item = item_.read();
    item_.write() = 0;
    Notify();
    return item;
  }

 private:
  void Notify() {
    if (wakes_all_) {
      changed_.notify_all();
    } else {
      changed_.notify_one();
    }
  }

  const bool wakes_all_;
  mutex m_;
  condition_variable changed_;
  plain<int> item_{std::in_place, 0};
};

TEST(LitmusLocksTest, ABoundedBufferKeepsTheOrder) {
  ExpectAsEnumerated({"1 2"}, [] {
    Buffer buffer(true);
    std::array<int, 2> taken = {};
    RunThreads(
        [&] {
          buffer.Put(1);
          buffer.Put(2);
        },
        [&] {
          taken[0] = buffer.Take();
          taken[1] = buffer.Take();
        });
    return taken;
  });
}

TEST(LitmusLocksTest, ABoundedBufferServesTwoConsumers) {
  ExpectAsEnumerated({"1 2", "2 1"}, [] {
    Buffer buffer(true);
    std::array<int, 2> taken = {};
    RunThreads([&] { taken[0] = buffer.Take(); },
               [&] { taken[1] = buffer.Take(); },
               [&] {
                 buffer.Put(1);
                 buffer.Put(2);
               });
    return taken;
  });
}

// One condition variable for both sides: the one that is woken may be a second
// consumer, who finds nothing, while the producer sleeps on.
TEST(LitmusLocksTest, ABoundedBufferThatWakesOneOfBothSidesLosesAWakeUp) {
  const ExploreFailure failure = ExpectFailure("deadlock", [] {
    Buffer buffer(false);
    RunThreads([&] { buffer.Take(); }, [&] { buffer.Take(); },
               [&] {
                 buffer.Put(1);
                 buffer.Put(2);
               });
  });
  EXPECT_THAT(failure.message, HasSubstr("waits for a notification"));
}

}  // namespace
}  // namespace mortsafe
