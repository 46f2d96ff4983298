// The classic shapes of memory-model litmus tests under C11: exact outcomes,
// exact numbers of executions.
//
// Executions differ in what some load reads, or in the order of some atomic's
// stores. So their number is that of the ways to choose both, less those that
// RC11 forbids. In the derivations rf is what a load reads from (0: the initial
// value), mo the order of the stores to an atomic; Wx and Rx are a store to and
// a load of x, 1 and 2 the threads in order. What uses seq_cst alone is tested
// in the files beside this one; objects, their races and what traces tell in
// litmus_c11_objects_test.cc.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "harness/explore/litmus.h"
#include "harness/explore/litmus_weak.h"
#include "mortsafe/explore.h"

namespace mortsafe {
namespace {

// Every combination of 0 and 1 in `count` places but `missing`.
Outcomes AllBut(size_t count, const std::string& missing) {
  Outcomes outcomes;
  for (size_t bits = 0; bits < size_t{1} << count; ++bits) {
    std::string outcome;
    for (size_t i = 0; i < count; ++i) {
      absl::StrAppend(&outcome, i == 0 ? "" : " ", bits >> i & 1);
    }
    outcomes.insert(outcome);
  }
  outcomes.erase(missing);
  return outcomes;
}
Outcomes All(size_t count) { return AllBut(count, ""); }

// Fences between a thread's two steps, where they are asked for.
struct Fences {
  bool first = false;
  bool second = false;
  std::memory_order first_order = kSeqCst;
  std::memory_order second_order = kSeqCst;
};
void FenceIf(bool wanted, std::memory_order order) {
  if (wanted) mortsafe::atomic_thread_fence(order);
}

std::array<int, 2> StoreBuffering(Orders orders, Fences fences = {}) {
  atomic<int> x{0};
  atomic<int> y{0};
  std::array<int, 2> read = {};
  RunThreads(
      [&] {
        x.store(1, orders.store);
        FenceIf(fences.first, fences.first_order);
        read[0] = y.load(orders.load);
      },
      [&] {
        y.store(1, orders.store);
        FenceIf(fences.second, fences.second_order);
        read[1] = x.load(orders.load);
      });
  return read;
}

// Each load reads 0 or 1: 2 * 2. The stores and loads of seq_cst order, or
// fences of that order in both threads, forbid that both read 0.
TEST(LitmusC11Test, StoreBuffering) {
  ExpectWeakly(4, All(2), [] { return StoreBuffering(kAllRelaxed); });
  ExpectWeakly(4, All(2), [] { return StoreBuffering(kReleaseAcquire); });
  ExpectWeakly(3, AllBut(2, "0 0"), [] { return StoreBuffering(kAllSeqCst); });
  ExpectWeakly(3, AllBut(2, "0 0"),
               [] { return StoreBuffering(kAllRelaxed, {true, true}); });
  ExpectWeakly(4, All(2),
               [] { return StoreBuffering(kAllRelaxed, {true, false}); });
  ExpectWeakly(4, All(2), [] {
    return StoreBuffering(kAllRelaxed, {true, true, kAcqRel, kAcqRel});
  });
}

std::array<int, 2> MessagePassing(Orders orders, Fences fences = {}) {
  atomic<int> x{0};
  atomic<int> y{0};
  std::array<int, 2> read = {};
  RunThreads(
      [&] {
        x.store(1, kRelaxed);
        FenceIf(fences.first, kRelease);
        y.store(1, orders.store);
      },
      [&] {
        read[0] = y.load(orders.load);
        FenceIf(fences.second, kAcquire);
        read[1] = x.load(kRelaxed);
      });
  return read;
}

// 2 * 2; where the store to y synchronizes with the load that reads it, x must
// be read, too.
TEST(LitmusC11Test, MessagePassing) {
  ExpectWeakly(4, All(2), [] { return MessagePassing(kAllRelaxed); });
  ExpectWeakly(4, All(2), [] { return MessagePassing({kRelease, kRelaxed}); });
  ExpectWeakly(4, All(2), [] { return MessagePassing({kRelaxed, kAcquire}); });
  ExpectWeakly(3, AllBut(2, "1 0"),
               [] { return MessagePassing(kReleaseAcquire); });
}

// A release fence before the store stands for its order, and an acquire fence
// after the load for that one's; neither alone is enough.
TEST(LitmusC11Test, MessagePassingByFences) {
  ExpectWeakly(3, AllBut(2, "1 0"),
               [] { return MessagePassing(kAllRelaxed, {true, true}); });
  ExpectWeakly(3, AllBut(2, "1 0"), [] {
    return MessagePassing({kRelaxed, kAcquire}, {true, false});
  });
  ExpectWeakly(3, AllBut(2, "1 0"), [] {
    return MessagePassing({kRelease, kRelaxed}, {false, true});
  });
  ExpectWeakly(4, All(2),
               [] { return MessagePassing(kAllRelaxed, {true, false}); });
  ExpectWeakly(4, All(2),
               [] { return MessagePassing(kAllRelaxed, {false, true}); });
}

// 2 * 2, but RC11 has no cycle of program order and rf: not both 1.
TEST(LitmusC11Test, LoadBuffering) {
  ExpectWeakly(3, AllBut(2, "1 1"), [] {
    atomic<int> x{0};
    atomic<int> y{0};
    std::array<int, 2> read = {};
    RunThreads(
        [&] {
          read[0] = x.load(kRelaxed);
          y.store(1, kRelaxed);
        },
        [&] {
          read[1] = y.load(kRelaxed);
          x.store(1, kRelaxed);
        });
    return read;
  });
}

// 2 * 2, less a second read of what is older.
TEST(LitmusC11Test, CoherenceOfTwoReads) {
  ExpectWeakly(3, AllBut(2, "1 0"), [] {
    atomic<int> x{0};
    std::array<int, 2> read = {};
    RunThreads([&] { x.store(1, kRelaxed); },
               [&] {
                 read[0] = x.load(kRelaxed);
                 read[1] = x.load(kRelaxed);
               });
    return read;
  });
}

// mo follows program order; the load reads 0, 1 or 2.
TEST(LitmusC11Test, CoherenceOfTwoWrites) {
  ExpectWeakly(3, {"0 2", "1 2", "2 2"}, [] {
    atomic<int> x{0};
    int read = 0;
    RunThreads(
        [&] {
          x.store(1, kRelaxed);
          x.store(2, kRelaxed);
        },
        [&] { read = x.load(kRelaxed); });
    return std::array<int, 2>{read, x.load()};
  });
}

// The load reads 0, with either mo, or 2, which then comes before 1.
TEST(LitmusC11Test, CoherenceOfAReadBeforeAWrite) {
  ExpectWeakly(3, {"0 1", "0 2", "2 1"}, [] {
    atomic<int> x{0};
    int read = 0;
    RunThreads(
        [&] {
          read = x.load(kRelaxed);
          x.store(1, kRelaxed);
        },
        [&] { x.store(2, kRelaxed); });
    return std::array<int, 2>{read, x.load()};
  });
}

// The load reads 1, with either mo, or 2, which then comes after 1.
TEST(LitmusC11Test, CoherenceOfAWriteBeforeARead) {
  ExpectWeakly(3, {"1 1", "1 2", "2 2"}, [] {
    atomic<int> x{0};
    int read = 0;
    RunThreads(
        [&] {
          x.store(1, kRelaxed);
          read = x.load(kRelaxed);
        },
        [&] { x.store(2, kRelaxed); });
    return std::array<int, 2>{read, x.load()};
  });
}

std::array<int, 4> IndependentReads(Orders orders, bool fences = false) {
  atomic<int> x{0};
  atomic<int> y{0};
  std::array<int, 4> read = {};
  RunThreads([&] { x.store(1, orders.store); },
             [&] { y.store(1, orders.store); },
             [&] {
               read[0] = x.load(orders.load);
               FenceIf(fences, kSeqCst);
               read[1] = y.load(orders.load);
             },
             [&] {
               read[2] = y.load(orders.load);
               FenceIf(fences, kSeqCst);
               read[3] = x.load(orders.load);
             });
  return read;
}

// 2^4: only seq_cst forbids that the readers see the stores in two orders.
TEST(LitmusC11Test, IndependentReadsOfIndependentWrites) {
  ExpectWeakly(16, All(4), [] { return IndependentReads(kAllRelaxed); });
  ExpectWeakly(16, All(4), [] { return IndependentReads(kReleaseAcquire); });
  ExpectWeakly(15, AllBut(4, "1 0 1 0"),
               [] { return IndependentReads(kAllSeqCst); });
  ExpectWeakly(15, AllBut(4, "1 0 1 0"),
               [] { return IndependentReads(kAllRelaxed, true); });
}

std::array<int, 2> TwoPlusTwoWrites(std::memory_order order, bool fences) {
  atomic<int> x{0};
  atomic<int> y{0};
  RunThreads(
      [&] {
        x.store(1, order);
        FenceIf(fences, kSeqCst);
        y.store(2, order);
      },
      [&] {
        y.store(1, order);
        FenceIf(fences, kSeqCst);
        x.store(2, order);
      });
  return {x.load(), y.load()};
}

// Two orders of the stores to x, two of those to y. That the first store of
// each thread is the last of its atomic is what seq_cst forbids.
TEST(LitmusC11Test, TwoPlusTwoWrites) {
  const Outcomes strong = {"1 2", "2 1", "2 2"};
  const Outcomes weak = {"1 1", "1 2", "2 1", "2 2"};
  ExpectWeakly(4, weak, [] { return TwoPlusTwoWrites(kRelaxed, false); });
  ExpectWeakly(4, weak, [] { return TwoPlusTwoWrites(kRelease, false); });
  ExpectWeakly(3, strong, [] { return TwoPlusTwoWrites(kSeqCst, false); });
  ExpectWeakly(3, strong, [] { return TwoPlusTwoWrites(kRelaxed, true); });
}

std::array<int, 3> WriteToReadCausality(Orders orders) {
  atomic<int> x{0};
  atomic<int> y{0};
  std::array<int, 3> read = {};
  RunThreads([&] { x.store(1, kRelaxed); },
             [&] {
               read[0] = x.load(kRelaxed);
               y.store(1, orders.store);
             },
             [&] {
               read[1] = y.load(orders.load);
               read[2] = x.load(kRelaxed);
             });
  return read;
}

// 2^3. Where y synchronizes, the second thread's load of x happens before the
// third's, which cannot read what is older.
TEST(LitmusC11Test, WriteToReadCausality) {
  ExpectWeakly(8, All(3), [] { return WriteToReadCausality(kAllRelaxed); });
  ExpectWeakly(7, AllBut(3, "1 1 0"),
               [] { return WriteToReadCausality(kReleaseAcquire); });
}

std::array<int, 3> Isa2(Orders orders) {
  atomic<int> x{0};
  atomic<int> y{0};
  atomic<int> z{0};
  std::array<int, 3> read = {};
  RunThreads(
      [&] {
        x.store(1, kRelaxed);
        y.store(1, orders.store);
      },
      [&] {
        read[0] = y.load(orders.load);
        z.store(1, orders.store);
      },
      [&] {
        read[1] = z.load(orders.load);
        read[2] = x.load(kRelaxed);
      });
  return read;
}

// 2^3; two synchronizations in a row carry the store to x.
TEST(LitmusC11Test, Isa2) {
  ExpectWeakly(8, All(3), [] { return Isa2(kAllRelaxed); });
  ExpectWeakly(7, AllBut(3, "1 1 0"), [] { return Isa2(kReleaseAcquire); });
}

std::array<int, 2> R(Orders orders) {
  atomic<int> x{0};
  atomic<int> y{0};
  int read = 0;
  RunThreads(
      [&] {
        x.store(1, orders.store);
        y.store(1, orders.store);
      },
      [&] {
        y.store(2, orders.store);
        read = x.load(orders.load);
      });
  return {y.load(), read};
}

// Two orders of the stores to y, two sources of the load. Only seq_cst forbids
// y = 2 with 0 read: nothing reads from y, so nothing synchronizes.
TEST(LitmusC11Test, R) {
  const Outcomes weak = {"1 0", "1 1", "2 0", "2 1"};
  ExpectWeakly(4, weak, [] { return R(kAllRelaxed); });
  ExpectWeakly(4, weak, [] { return R(kReleaseAcquire); });
  ExpectWeakly(3, {"1 0", "1 1", "2 1"}, [] { return R(kAllSeqCst); });
}

std::array<int, 2> S(Orders orders) {
  atomic<int> x{0};
  atomic<int> y{0};
  int read = 0;
  RunThreads(
      [&] {
        x.store(2, kRelaxed);
        y.store(1, orders.store);
      },
      [&] {
        read = y.load(orders.load);
        x.store(1, kRelaxed);
      });
  return {x.load(), read};
}

// 2 * 2; where y synchronizes, the store of 2 happens before that of 1.
TEST(LitmusC11Test, S) {
  ExpectWeakly(4, {"1 0", "1 1", "2 0", "2 1"}, [] { return S(kAllRelaxed); });
  ExpectWeakly(3, {"1 0", "1 1", "2 0"}, [] { return S(kReleaseAcquire); });
}

// Another thread adds 10 to the flag that thread 1 raises. If it adds before
// (the flag is then 10, and 1 in the end), the load reads 0 or 10, with x as it
// likes, or 1, and then x: 5. If it adds after, the load reads 0, with x as it
// likes, 1, or 11, which goes on with the release sequence of 1: 4.
TEST(LitmusC11Test, AReadModifyWriteContinuesAReleaseSequence) {
  ExpectWeakly(9, {"0 0", "0 1", "10 0", "10 1", "1 1", "11 1"}, [] {
    atomic<int> x{0};
    atomic<int> flag{0};
    std::array<int, 2> read = {};
    RunThreads(
        [&] {
          x.store(1, kRelaxed);
          flag.store(1, kRelease);
        },
        [&] { flag.fetch_add(10, kRelaxed); },
        [&] {
          read[0] = flag.load(kAcquire);
          read[1] = x.load(kRelaxed);
        });
    return read;
  });
}

// Since C++20 a later store of the same thread does not: x may be missed with
// 0 and with 2, not with 1.
TEST(LitmusC11Test, AStoreEndsAReleaseSequence) {
  ExpectWeakly(5, {"0 0", "0 1", "1 1", "2 0", "2 1"}, [] {
    atomic<int> x{0};
    atomic<int> flag{0};
    std::array<int, 2> read = {};
    RunThreads(
        [&] {
          x.store(1, kRelaxed);
          flag.store(1, kRelease);
          flag.store(2, kRelaxed);
        },
        [&] {
          read[0] = flag.load(kAcquire);
          read[1] = x.load(kRelaxed);
        });
    return read;
  });
}

template <size_t threads>
void Count() {
  atomic<size_t> counter{0};
  RunAlike<threads>([&](size_t) { counter.fetch_add(1, kRelaxed); });
  MORTSAFE_CHECK(counter.load(kRelaxed) == threads);
}

// Each reads from another: all n! orders, however weak.
TEST(LitmusC11Test, Increments) {
  const auto executions = [](void (*body)()) {
    const ExploreResult result = Explore({.memory = MemoryModel::kC11}, body);
    EXPECT_TRUE(result.complete);
    EXPECT_EQ(result.blocked, 0u);
    return result.executions;
  };
  EXPECT_EQ(executions(Count<1>), 1u);
  EXPECT_EQ(executions(Count<2>), 2u);
  EXPECT_EQ(executions(Count<3>), 6u);
  EXPECT_EQ(executions(Count<4>), 24u);
  EXPECT_EQ(executions(Count<5>), 120u);
  EXPECT_EQ(executions(Count<6>), 720u);
}

// Each of n loads reads one of two values: 2^n.
TEST(LitmusC11Test, Readers) {
  constexpr size_t kReaders = 7;
  ExpectWeakly(1 << kReaders, All(kReaders), [] {
    atomic<int> x{0};
    std::array<int, kReaders> read = {};
    RunAlike<kReaders + 1>([&](size_t i) {
      if (i == kReaders) {
        x.store(1, kRelaxed);
      } else {
        read[i] = x.load(kRelaxed);
      }
    });
    return read;
  });
}

// A compare-exchange that fails may read what is stale, but never what it
// expects. One of n wins, in the others nothing is left open: n.
TEST(LitmusC11Test, OneOfManyCompareExchangesWins) {
  ExpectWeakly(4, {"0", "1", "2", "3"}, [] {
    atomic<int> owner{-1};
    RunAlike<4>([&](size_t i) {
      int expected = -1;
      owner.compare_exchange_strong(expected, static_cast<int>(i), kRelaxed);
    });
    return std::array<int, 1>{owner.load(kRelaxed)};
  });
}

template <size_t threads, bool with_lock>
void LockedLitmus() {
  atomic<int> x{0};
  atomic<int> y{0};
  mutex m;
  RunAlike<threads>([&](size_t number) {
    const int i = static_cast<int>(number);
    x.store(i + 1, kRelaxed);
    int r = y.load(kAcquire);
    x.compare_exchange_strong(r, i + 10, kAcqRel);
    if (with_lock) {
      const std::lock_guard<mutex> lock(m);
      const int v = y.load(kRelaxed);
      y.store(v + 1, kRelaxed);
    }
    y.load(kAcquire);
  });
}

// Without the locked block nobody writes y, the compare-exchanges expect 0 and
// only read: of n stores to x, in n! orders, the thread of the k-th reads it or
// one of those after it, n - k + 1 in all: 4 and 36, as under sc.
//
// L2, if A's section comes before B's: A's first load of y reads 0, its last
// A's store or B's: a factor of 2. B's last load reads B's store, its first 0
// or A's store. If 0, both compare-exchanges expect 0 and fail: 4 ways, as
// without the lock. If A's store, then B's expects 1, and A's, which expects 0
// and fails, comes before it in program order and rf, so that it cannot read
// what B's writes. Where A stores 1 to x: with mo A, B, B's reads 2 and fails,
// A's reads 1 or 2; with mo B, A, B's reads 2 and fails or 1 and succeeds, A's
// reads 1: 4 ways. Where A stores 2: with mo A, B, B's reads its own 1 and
// succeeds, A's reads 2 or 1; with mo B, A, B's reads 1 and succeeds or 2 and
// fails, A's reads 2: 4 ways. 2 * (4 + 4) for each order of the sections: 32.
//
// L3's 8,448 was counted by another tool, GenMC 0.11 under RC11.
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

}  // namespace
}  // namespace mortsafe
