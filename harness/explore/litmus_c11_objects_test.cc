// Objects under C11. What locks, joins and a release store order does not race,
// nor is it used after it was freed; with less order it does, and is. And what
// is told of it.

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/explore/litmus.h"
#include "harness/explore/litmus_weak.h"
#include "mortsafe/explore.h"

namespace mortsafe {
namespace {

using ::testing::HasSubstr;

ExploreFailure ExpectWeakFailure(const std::string& kind,
                                 const std::function<void()>& body) {
  return ExpectFailureUnder(MemoryModel::kC11, kind, body);
}

TEST(LitmusC11ObjectsTest, APublishedObjectIsReadWhole) {
  const auto publish = [](Orders orders) {
    plain<int> data(std::in_place, 0);
    atomic<bool> ready{false};
    int read = 0;
    RunThreads(
        [&] {
          data.write() = 1;
          ready.store(true, orders.store);
        },
        [&] {
          if (ready.load(orders.load)) read = data.read();
        });
    return std::array<int, 1>{read};
  };
  ExpectWeakly(2, {"0", "1"}, [&] { return publish(kReleaseAcquire); });
  ExpectWeakFailure("data-race", [&] { publish(kAllRelaxed); });
  ExpectWeakFailure("data-race", [&] { publish({kRelease, kRelaxed}); });
}

TEST(LitmusC11ObjectsTest,
     AnObjectThatIsPublishedTooWeaklyIsUsedUninitialised) {
  const auto publish = [](Orders orders) {
    atomic<atomic<int>*> published{nullptr};
    int read = 0;
    RunThreads([&] { published.store(new atomic<int>(7), orders.store); },
               [&] {
                 const auto* const found = published.load(orders.load);
                 if (found != nullptr) read = found->load(kRelaxed);
               });
    delete published.load();
    return std::array<int, 1>{read};
  };
  ExpectWeakly(2, {"0", "7"}, [&] { return publish(kReleaseAcquire); });
  const ExploreFailure failure =
      ExpectWeakFailure("data-race", [&] { publish(kAllRelaxed); });
  EXPECT_THAT(failure.message, HasSubstr("which thread 1 wrote"));
}

TEST(LitmusC11ObjectsTest, AnObjectIsUsedAfterItWasFreed) {
  const ExploreFailure failure = ExpectWeakFailure("use-after-free", [] {
    atomic<atomic<int>*> published{new atomic<int>(7)};
    RunThreads([&] { delete published.exchange(nullptr, kAcqRel); },
               [&] {
                 const auto* const found = published.load(kAcquire);
                 if (found != nullptr) found->load(kRelaxed);
               });
  });
  EXPECT_THAT(failure.message, HasSubstr("thread 1 freed"));
}

// An atomic that is written without an atomic operation, as constructions do.

TEST(LitmusC11ObjectsTest, APlainWriteOfAnAtomicRacesWithAllThatIsDoneToIt) {
  const auto expect_race = [](auto access) {
    const ExploreFailure failure = ExpectWeakFailure("data-race", [&] {
      atomic<int> x{0};
      SetName(&x, "x");
      RunThreads([&] { WritePlainly(x, 1); }, [&] { access(x); });
    });
    EXPECT_THAT(failure.message, HasSubstr(" x, which thread "));
  };
  expect_race([](atomic<int>& x) { x.load(); });
  expect_race([](atomic<int>& x) { x.store(2); });
  expect_race([](atomic<int>& x) { x.fetch_add(2); });
  expect_race([](atomic<int>& x) {
    int expected = 2;
    x.compare_exchange_strong(expected, 3);
  });
  expect_race([](atomic<int>& x) { WritePlainly(x, 2); });
}

TEST(LitmusC11ObjectsTest, WhoeverIsOrderedAfterAPlainWriteOfAnAtomicReadsIt) {
  const auto pass = [](Orders orders) {
    atomic<int> x{0};
    atomic<bool> ready{false};
    int read = 5;
    RunThreads(
        [&] {
          x.store(1, kRelaxed);
          WritePlainly(x, 2);
          ready.store(true, orders.store);
        },
        [&] {
          if (ready.load(orders.load)) read = x.load(kRelaxed);
        });
    return std::array<int, 2>{read, x.load()};
  };
  ExpectWeakly(2, {"5 2", "2 2"}, [&] { return pass(kReleaseAcquire); });
  ExpectWeakFailure("data-race", [&] { pass(kAllRelaxed); });
}

TEST(LitmusC11ObjectsTest, WhatIsDoneToAnAtomicAfterAPlainWriteGoesOnFromIt) {
  const auto body = [] {
    atomic<int> x{0};
    x.store(1);
    WritePlainly(x, 10);
    int read = 0;
    RunThreads([&] { x.fetch_add(1); }, [&] { read = x.fetch_add(2); });
    return std::array<int, 2>{read, x.load()};
  };
  ExpectWeakly(2, {"10 13", "11 13"}, body);
}

TEST(LitmusC11ObjectsTest, ALockKeepsAPlainWriteOfAnAtomicFromRacing) {
  const auto body = [] {
    mutex m;
    atomic<int> x{0};
    RunAlike<2>([&](size_t) {
      const std::lock_guard<mutex> lock(m);
      WritePlainly(x, x.load(kRelaxed) + 1);
    });
    return std::array<int, 1>{x.load()};
  };
  ExpectWeakly(2, {"2"}, body);
}

// However small they are, and wherever in its block: a relaxed signal does not
// order the use before the free.
template <class Small>
void ExpectUseOfSmallObjectsIsFound() {
  struct Pair {
    atomic<Small> first{};
    atomic<Small> second{};
  };
  const auto body = [] {
    auto* const pair = new Pair;
    atomic<bool> done{false};
    thread user([&] {
      pair->second.load();
      done.store(true, kRelaxed);
    });
    while (!done.load(kRelaxed)) this_thread::yield();
    delete pair;
    user.join();
  };
  ExpectFailure("use-after-free", body);
  const ExploreResult drawn = Explore(
      {.memory = MemoryModel::kC11, .strategy = Strategy::kRandom}, body);
  ASSERT_TRUE(drawn.failure.has_value());
  EXPECT_EQ(drawn.failure->kind, "use-after-free");
}

TEST(LitmusC11ObjectsTest, SmallObjectsAreUsedAfterTheyWereFreed) {
  ExpectUseOfSmallObjectsIsFound<bool>();
  ExpectUseOfSmallObjectsIsFound<uint16_t>();
  ExpectUseOfSmallObjectsIsFound<uint32_t>();
}

// Those who share a lock are not ordered with each other.
TEST(LitmusC11ObjectsTest, SharersOfALockRaceWithEachOther) {
  ExpectWeakFailure("data-race", [] {
    shared_mutex m;
    plain<int> value(std::in_place, 0);
    RunAlike<2>([&](size_t) {
      const std::shared_lock<shared_mutex> lock(m);
      value.write() = 1;
    });
  });
}

TEST(LitmusC11ObjectsTest, SharersOfALockAreOrderedWithItsHolder) {
  const Explored explored = ExploreOutcomes(
      [] {
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
      },
      {.memory = MemoryModel::kC11});
  EXPECT_TRUE(explored.result.complete);
  EXPECT_EQ(explored.result.blocked, 0u);
  EXPECT_EQ(explored.outcomes, Outcomes({"0 0", "0 1", "1 0", "1 1"}));
}

// The trace tells a stale load from others, and which store it read.
TEST(LitmusC11ObjectsTest, ATraceShowsWhereAStaleValueCameFrom) {
  const auto explore = [](int wanted) {
    return ExpectWeakFailure("broken-invariant", [=] {
      atomic<int> x{0};
      atomic<int> y{0};
      SetName(&x, "x");
      SetName(&y, "y");
      RunThreads(
          [&] {
            x.store(1, kRelaxed);
            x.store(2, kRelaxed);
            y.store(1, kRelaxed);
          },
          [&] {
            const int first = y.load(kRelaxed);
            const int second = x.load(kRelaxed);
            MORTSAFE_CHECK(first == 0 || second != wanted);
          });
    });
  };
  EXPECT_THAT(explore(0).trace,
              HasSubstr("load (relaxed) x = 0 (stale: the initial value)"));
  EXPECT_THAT(explore(1).trace,
              HasSubstr("load (relaxed) x = 1 (stale: write 1 of thread 1)"));
}

TEST(LitmusC11ObjectsTest, WhatCannotBeFollowedIsRefused) {
  struct Large {
    std::array<int64_t, 3> parts;
  };
  const ExploreFailure large = ExpectWeakFailure("unsupported", [] {
    atomic<Large> value{Large{}};
    RunThreads([&] { value.store(Large{}); });
  });
  EXPECT_THAT(large.message, HasSubstr("more than eight bytes"));
  const ExploreFailure nested = ExpectWeakFailure("unsupported", [] {
    const auto start = [] { RunThreads([] {}); };
    RunThreads(start, start);
  });
  EXPECT_THAT(nested.message, HasSubstr("more than one thread"));
}

}  // namespace
}  // namespace mortsafe
