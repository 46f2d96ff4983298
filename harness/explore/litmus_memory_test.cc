// The classic shapes of memory-model litmus tests, with seq_cst alone: exact
// outcomes, exact numbers of executions, under every memory model (litmus.h).

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "harness/explore/litmus.h"
#include "mortsafe/explore.h"

namespace mortsafe {
namespace {

// Two threads with two steps each, on two atomics: two conflicting pairs, so
// four ways to order them, less the one that closes a cycle with the programs'
// orders. This holds for SB, MP, LB, R, S and 2+2W alike.

// The cycle: R1y < Wy < R2x < Wx < R1y.
TEST(LitmusMemoryTest, StoreBuffering) {
  ExpectExactly(3, {"0 1", "1 0", "1 1"}, [] {
    atomic<int> x{0};
    atomic<int> y{0};
    std::array<int, 2> read = {};
    RunThreads(
        [&] {
          x.store(1);
          read[0] = y.load();
        },
        [&] {
          y.store(1);
          read[1] = x.load();
        });
    return read;
  });
}

// The cycle: Wx < Wy < Ry < Rx < Wx.
TEST(LitmusMemoryTest, MessagePassing) {
  ExpectExactly(3, {"0 0", "0 1", "1 1"}, [] {
    atomic<int> x{0};
    atomic<int> y{0};
    std::array<int, 2> read = {};
    RunThreads(
        [&] {
          x.store(1);
          y.store(1);
        },
        [&] {
          read[0] = y.load();
          read[1] = x.load();
        });
    return read;
  });
}

// The cycle: Rx < Wy < Ry < Wx < Rx.
TEST(LitmusMemoryTest, LoadBuffering) {
  ExpectExactly(3, {"0 0", "0 1", "1 0"}, [] {
    atomic<int> x{0};
    atomic<int> y{0};
    std::array<int, 2> read = {};
    RunThreads(
        [&] {
          read[0] = x.load();
          y.store(1);
        },
        [&] {
          read[1] = y.load();
          x.store(1);
        });
    return read;
  });
}

// The cycle: W1x < W1y < W2y < Rx < W1x, which would leave y = 2 and read 0.
TEST(LitmusMemoryTest, R) {
  ExpectExactly(3, {"1 0", "1 1", "2 1"}, [] {
    atomic<int> x{0};
    atomic<int> y{0};
    int read = 0;
    RunThreads(
        [&] {
          x.store(1);
          y.store(1);
        },
        [&] {
          y.store(2);
          read = x.load();
        });
    return std::array<int, 2>{y.load(), read};
  });
}

// The cycle: W1x < Wy < Ry < W2x < W1x, which would leave x = 2 and read 1.
TEST(LitmusMemoryTest, S) {
  ExpectExactly(3, {"1 0", "1 1", "2 0"}, [] {
    atomic<int> x{0};
    atomic<int> y{0};
    int read = 0;
    RunThreads(
        [&] {
          x.store(2);
          y.store(1);
        },
        [&] {
          read = y.load();
          x.store(1);
        });
    return std::array<int, 2>{x.load(), read};
  });
}

// The cycle: W1x < W1y < W2y < W2x < W1x, which would leave 1 in both.
TEST(LitmusMemoryTest, TwoPlusTwoWrites) {
  ExpectExactly(3, {"1 2", "2 1", "2 2"}, [] {
    atomic<int> x{0};
    atomic<int> y{0};
    RunThreads(
        [&] {
          x.store(1);
          y.store(2);
        },
        [&] {
          y.store(1);
          x.store(2);
        });
    return std::array<int, 2>{x.load(), y.load()};
  });
}

// In the four coherence shapes one step of a thread falls before, between or
// after the two steps of the other: three traces.

TEST(LitmusMemoryTest, CoherenceOfTwoReads) {
  ExpectExactly(3, {"0 0", "0 1", "1 1"}, [] {
    atomic<int> x{0};
    std::array<int, 2> read = {};
    RunThreads([&] { x.store(1); },
               [&] {
                 read[0] = x.load();
                 read[1] = x.load();
               });
    return read;
  });
}

TEST(LitmusMemoryTest, CoherenceOfTwoWrites) {
  ExpectExactly(3, {"0 2", "1 2", "2 2"}, [] {
    atomic<int> x{0};
    int read = 0;
    RunThreads(
        [&] {
          x.store(1);
          x.store(2);
        },
        [&] { read = x.load(); });
    return std::array<int, 2>{read, x.load()};
  });
}

TEST(LitmusMemoryTest, CoherenceOfAReadBeforeAWrite) {
  ExpectExactly(3, {"2 1", "0 1", "0 2"}, [] {
    atomic<int> x{0};
    int read = 0;
    RunThreads(
        [&] {
          read = x.load();
          x.store(1);
        },
        [&] { x.store(2); });
    return std::array<int, 2>{read, x.load()};
  });
}

TEST(LitmusMemoryTest, CoherenceOfAWriteBeforeARead) {
  ExpectExactly(3, {"1 1", "2 2", "1 2"}, [] {
    atomic<int> x{0};
    int read = 0;
    RunThreads(
        [&] {
          x.store(1);
          read = x.load();
        },
        [&] { x.store(2); });
    return std::array<int, 2>{read, x.load()};
  });
}

// Every combination of 0 and 1 in `count` places but `missing`.
Outcomes AllButOne(size_t count, const std::string& missing) {
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

// Four conflicting pairs, 16 ways; one is a cycle: Wx < R3x < R3y < Wy < R4y
// < R4x < Wx. What is read says which way it was.
TEST(LitmusMemoryTest, IndependentReadsOfIndependentWrites) {
  ExpectExactly(15, AllButOne(4, "1 0 1 0"), [] {
    atomic<int> x{0};
    atomic<int> y{0};
    std::array<int, 4> read = {};
    RunThreads([&] { x.store(1); }, [&] { y.store(1); },
               [&] {
                 read[0] = x.load();
                 read[1] = y.load();
               },
               [&] {
                 read[2] = y.load();
                 read[3] = x.load();
               });
    return read;
  });
}

// Three conflicting pairs, 8 ways; one is a cycle: Wx < R2x < Wy < R3y < R3x
// < Wx.
TEST(LitmusMemoryTest, WriteToReadCausality) {
  ExpectExactly(7, AllButOne(3, "1 1 0"), [] {
    atomic<int> x{0};
    atomic<int> y{0};
    std::array<int, 3> read = {};
    RunThreads([&] { x.store(1); },
               [&] {
                 read[0] = x.load();
                 y.store(1);
               },
               [&] {
                 read[1] = y.load();
                 read[2] = x.load();
               });
    return read;
  });
}

// Three conflicting pairs, 8 ways; one is a cycle: Wx < Wy < Ry < Wz < Rz < Rx
// < Wx.
TEST(LitmusMemoryTest, Isa2) {
  ExpectExactly(7, AllButOne(3, "1 1 0"), [] {
    atomic<int> x{0};
    atomic<int> y{0};
    atomic<int> z{0};
    std::array<int, 3> read = {};
    RunThreads(
        [&] {
          x.store(1);
          y.store(1);
        },
        [&] {
          read[0] = y.load();
          z.store(1);
        },
        [&] {
          read[1] = z.load();
          read[2] = x.load();
        });
    return read;
  });
}

template <size_t threads>
void Count() {
  atomic<size_t> counter{0};
  RunAlike<threads>([&](size_t) { counter.fetch_add(1); });
  MORTSAFE_CHECK(counter.load() == threads);
}

// No two of the steps commute: all n! orders.
TEST(LitmusMemoryTest, Increments) {
  const auto executions = [](void (*body)()) {
    const ExploreResult result = Explore({}, body);
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

// Each of n reads comes before or after the one write: 2^n.
TEST(LitmusMemoryTest, Readers) {
  constexpr size_t kReaders = 7;
  ExpectExactly(1 << kReaders, AllButOne(kReaders, ""), [] {
    atomic<int> x{0};
    std::array<int, kReaders> read = {};
    RunAlike<kReaders + 1>([&](size_t i) {
      if (i == kReaders) {
        x.store(1);
      } else {
        read[i] = x.load();
      }
    });
    return read;
  });
}

// A compare-exchange that fails is a load: the losers of the race commute. One
// of n wins, and the others come after it: n.
TEST(LitmusMemoryTest, OneOfManyCompareExchangesWins) {
  ExpectExactly(4, {"0", "1", "2", "3"}, [] {
    atomic<int> owner{-1};
    RunAlike<4>([&](size_t i) {
      int expected = -1;
      owner.compare_exchange_strong(expected, static_cast<int>(i));
    });
    return std::array<int, 1>{owner.load()};
  });
}

template <size_t threads, bool with_lock>
void LockedLitmus() {
  atomic<int> x{0};
  atomic<int> y{0};
  mutex m;
  RunAlike<threads>([&](size_t number) {
    const int i = static_cast<int>(number);
    x.store(i + 1);
    int r = y.load();
    x.compare_exchange_strong(r, i + 10);
    if (with_lock) {
      const std::lock_guard<mutex> lock(m);
      const int v = y.load();
      y.store(v + 1);
    }
    y.load();
  });
}

// Without the locked block nobody writes y, so that the compare-exchanges
// expect 0 and, after their own threads' stores, fail: each thread writes x and
// reads it. Fix the order of the n writes (n! ways): the read of the thread
// that wrote k-th falls into any of the n - k + 1 gaps after its write. In all
// n! * n!: 4 and 36.
//
// L2, if thread A takes the lock before B: A's first load of y finds 0, its
// last comes before or after B's store of y (2 ways), and its compare-exchange
// only reads. B's first load comes before A's store of y, and its compare-
// exchange only reads: 4 ways, as without the lock. Or it comes after and finds
// 1; then A's compare-exchange precedes B's. Either B's store of x precedes A's
// (1 way), or A's precedes B's and A's compare-exchange falls before or after
// that (2 ways); which of these lets B's compare-exchange succeed depends on
// who A is, but nothing is left that could be ordered otherwise. (4 + 3) * 2
// for each of the 2 orders: 28.
//
// L3's 5,292 was counted by another tool, GenMC 0.11 under SC.
TEST(LitmusMemoryTest, L2AndL3) {
  const auto executions = [](void (*body)()) {
    const ExploreResult result = Explore({}, body);
    EXPECT_TRUE(result.complete);
    EXPECT_EQ(result.blocked, 0u);
    return result.executions;
  };
  EXPECT_EQ(executions(LockedLitmus<2, false>), 4u);
  EXPECT_EQ(executions(LockedLitmus<3, false>), 36u);
  EXPECT_EQ(executions(LockedLitmus<2, true>), 28u);
  EXPECT_EQ(executions(LockedLitmus<3, true>), 5292u);
}

}  // namespace
}  // namespace mortsafe
