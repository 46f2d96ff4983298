// What synchronizes in C++ and what does not, told by whether a plain object
// that one thread writes and another reads is reported as a data race: under
// the exhaustive search it is if there is any execution in which it races.

#include "harness/explore/synchronization.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "harness/base/violation_kind.h"
#include "harness/explore/exhaustive.h"
#include "harness/explore/vector_clock.h"
#include "harness/model/execution.h"
#include "harness/model/sanitizers.h"
#include "harness/sync/scheduler.h"
#include "mortsafe/sync.h"

namespace mortsafe {
namespace {

using Order = std::memory_order;

// The first failure of any execution of `body`, or "none".
std::string FailureOf(const std::function<void()>& body) {
  Execution execution;
  ExhaustiveStrategy search;
  while (search.Next()) {
    const Outcome outcome = execution.Run({}, search, [&] { body(); });
    if (outcome.failure.has_value()) {
      return std::string(Slug(outcome.failure->kind));
    }
  }
  return "none";
}

// Two threads: the first writes `data` and publishes, the second reads `data`
// if it sees that.
std::string FailureOfPassing(const std::function<void(atomic<int>&)>& publish,
                             const std::function<bool(atomic<int>&)>& sees) {
  return FailureOf([&] {
    atomic<int> flag{0};
    plain<int> data(std::in_place, 0);
    thread writer([&] {
      data.write() = 1;
      publish(flag);
    });
    thread reader([&] {
      if (sees(flag)) data.read();
    });
    writer.join();
    reader.join();
  });
}

std::string FailureOfOrders(Order publishing, Order seeing) {
  return FailureOfPassing(
      [&](atomic<int>& flag) { flag.store(1, publishing); },
      [&](atomic<int>& flag) { return flag.load(seeing) == 1; });
}

TEST(SynchronizationTest, AnAcquireLoadOfAReleaseStoreSynchronizes) {
  EXPECT_EQ(FailureOfOrders(Order::release, Order::acquire), "none");
  EXPECT_EQ(FailureOfOrders(Order::seq_cst, Order::seq_cst), "none");
  EXPECT_EQ(FailureOfOrders(Order::relaxed, Order::acquire), "data-race");
  EXPECT_EQ(FailureOfOrders(Order::release, Order::relaxed), "data-race");
}

TEST(SynchronizationTest, FencesMakeUpForRelaxedAccesses) {
  if (kThreadSanitizer) GTEST_SKIP() << "ThreadSanitizer knows no fences";
  const auto publish = [](atomic<int>& flag) {
    mortsafe::atomic_thread_fence(Order::release);
    flag.store(1, Order::relaxed);
  };
  const auto sees = [](atomic<int>& flag) {
    const bool seen = flag.load(Order::relaxed) == 1;
    mortsafe::atomic_thread_fence(Order::acquire);
    return seen;
  };
  EXPECT_EQ(FailureOfPassing(publish, sees), "none");
  EXPECT_EQ(FailureOfPassing(
                [](atomic<int>& flag) { flag.store(1, Order::relaxed); }, sees),
            "data-race");
}

TEST(SynchronizationTest, AReadModifyWriteGoesOnWithAReleaseSequence) {
  const auto passes = [](const std::function<void(atomic<int>&)>& between) {
    return FailureOf([&] {
      atomic<int> flag{0};
      plain<int> data(std::in_place, 0);
      thread writer([&] {
        data.write() = 1;
        flag.store(1, Order::release);
      });
      thread passer([&] { between(flag); });
      thread reader([&] {
        if (flag.load(Order::acquire) == 2) data.read();
      });
      writer.join();
      passer.join();
      reader.join();
    });
  };
  EXPECT_EQ(passes([](atomic<int>& flag) {
              int expected = 1;
              flag.compare_exchange_strong(expected, 2, Order::relaxed);
            }),
            "none");
  EXPECT_EQ(passes([](atomic<int>& flag) {
              if (flag.load(Order::relaxed) == 1) {
                flag.store(2, Order::relaxed);
              }
            }),
            "data-race");
}

// That a failed compare-exchange acquires is up to its second order.
TEST(SynchronizationTest, AFailedCompareExchangeHasAnOrderOfItsOwn) {
  const auto sees = [](Order failure) {
    return [failure](atomic<int>& flag) {
      int expected = 5;
      flag.compare_exchange_strong(expected, 6, Order::seq_cst, failure);
      return expected == 1;
    };
  };
  const auto publish = [](atomic<int>& flag) { flag.store(1, Order::release); };
  EXPECT_EQ(FailureOfPassing(publish, sees(Order::acquire)), "none");
  EXPECT_EQ(FailureOfPassing(publish, sees(Order::relaxed)), "data-race");
}

// Two stores of one atomic have an order, but no thread learns from it.
TEST(SynchronizationTest, TheOrderOfStoresDoesNotSynchronize) {
  EXPECT_EQ(FailureOf([] {
              atomic<int> x{0};
              plain<int> data(std::in_place, 0);
              thread first([&] {
                data.write() = 1;
                x.store(1);
              });
              thread second([&] {
                x.store(2);
                data.write() = 2;
              });
              first.join();
              second.join();
            }),
            "data-race");
}

TEST(SynchronizationTest, LocksAndJoinsSynchronize) {
  const auto failure = [](bool lock_both) {
    return FailureOf([&] {
      mutex m;
      plain<int> data(std::in_place, 0);
      auto add = [&](bool locks) {
        std::unique_lock<mutex> lock(m, std::defer_lock);
        if (locks) lock.lock();
        data.write() += 1;
      };
      data.write() = 1;
      thread first(add, true);
      thread second(add, lock_both);
      first.join();
      second.join();
      data.write() = 2;
    });
  };
  EXPECT_EQ(failure(true), "none");
  EXPECT_EQ(failure(false), "data-race");
}

// Beside which `access` is done to the atomic.
std::string FailureOfPlainWriteBeside(
    const std::function<void(atomic<int>&)>& access) {
  return FailureOf([&] {
    atomic<int> x{0};
    thread writer([&] { WritePlainly(x, 1); });
    thread other([&] { access(x); });
    writer.join();
    other.join();
  });
}

TEST(SynchronizationTest, APlainWriteOfAnAtomicRacesWithAllThatIsDoneToIt) {
  EXPECT_EQ(FailureOfPlainWriteBeside([](atomic<int>& x) { x.load(); }),
            "data-race");
  EXPECT_EQ(FailureOfPlainWriteBeside([](atomic<int>& x) { x.store(2); }),
            "data-race");
  EXPECT_EQ(FailureOfPlainWriteBeside([](atomic<int>& x) { x.fetch_add(2); }),
            "data-race");
  EXPECT_EQ(FailureOfPlainWriteBeside([](atomic<int>& x) {
              int expected = 2;
              x.compare_exchange_strong(expected, 3);
            }),
            "data-race");
  EXPECT_EQ(
      FailureOfPlainWriteBeside([](atomic<int>& x) { WritePlainly(x, 2); }),
      "data-race");
  EXPECT_EQ(FailureOfPlainWriteBeside([](atomic<int>&) {}), "none");
}

TEST(SynchronizationTest, WhatOrdersAPlainWriteOfAnAtomicKeepsItFromRacing) {
  const auto failure = [](Order publishing, Order seeing) {
    return FailureOf([&] {
      atomic<int> x{0};
      atomic<bool> ready{false};
      thread writer([&] {
        x.store(1, Order::relaxed);
        WritePlainly(x, 2);
        ready.store(true, publishing);
      });
      thread reader([&] {
        if (ready.load(seeing)) {
          EXPECT_EQ(x.load(Order::relaxed), 2);
        }
      });
      writer.join();
      reader.join();
      EXPECT_EQ(x.load(), 2);
    });
  };
  EXPECT_EQ(failure(Order::release, Order::acquire), "none");
  EXPECT_EQ(failure(Order::relaxed, Order::acquire), "data-race");
  EXPECT_EQ(failure(Order::release, Order::relaxed), "data-race");
}

TEST(SynchronizationTest, WritesAfterAThreadWasStartedRaceWithIt) {
  EXPECT_EQ(FailureOf([] {
              plain<int> data(std::in_place, 0);
              thread reader([&] { data.read(); });
              data.write() = 1;
              reader.join();
            }),
            "data-race");
}

TEST(SynchronizationTest, FreeingWhatAnotherMayStillUseIsNamed) {
  if (kAddressSanitizer || kThreadSanitizer) {
    GTEST_SKIP() << "sanitizers look after frees themselves";
  }
  const auto failure = [](bool waits) {
    return FailureOf([&] {
      auto* const shared = new atomic<int>(0);
      atomic<bool> used{false};
      thread user([&] {
        shared->load();
        used.store(true);
      });
      if (waits) {
        while (!used.load()) {
        }
      }
      delete shared;
      user.join();
    });
  };
  EXPECT_EQ(failure(true), "none");
  EXPECT_EQ(failure(false), "use-after-free");
}

// Thread 1 may read what `writer` wrote once it has acquired from it, and no
// longer when the execution goes on from before that. The writer's clock, if it
// is a distant thread, needs room that there was not when the mark was made.
void ExpectThatAMarkForgets(uint32_t writer) {
  Synchronization synchronization;
  int data = 0;
  int flag = 0;
  int other = 0;
  const auto write = [&] {
    synchronization.Release(0, writer);
    synchronization.Perform(
        1, {.access = {.kind = AccessKind::kLoad, .object = &other}});
    EXPECT_FALSE(
        synchronization
            .Touch(writer, {.kind = AccessKind::kPlainWrite, .object = &data})
            .has_value());
    synchronization.Perform(
        writer, {.access = {.kind = AccessKind::kStore, .object = &flag}});
  };
  const auto read = [&](const int& acquired) {
    synchronization.Perform(
        1, {.access = {.kind = AccessKind::kLoad, .object = &acquired}});
    return synchronization.Touch(
        1, {.kind = AccessKind::kPlainRead, .object = &data});
  };
  synchronization.Release(0, 1);
  const Synchronization::Mark mark = synchronization.Remember();
  for (int round = 0; round < 3; ++round) {
    write();
    EXPECT_FALSE(read(flag).has_value());
    synchronization.Restart(mark);
    write();
    EXPECT_TRUE(read(other).has_value());
    synchronization.Restart(mark);
    // Not written at all.
    EXPECT_FALSE(read(flag).has_value());
    synchronization.Restart(mark);
  }
}

TEST(SynchronizationTest, AMarkForgetsWhatCameAfterIt) {
  ExpectThatAMarkForgets(2);
}

TEST(SynchronizationTest, AMarkForgetsThreadsThatCameLater) {
  ExpectThatAMarkForgets(VectorClock::kPiece + 3);
}

}  // namespace
}  // namespace mortsafe
