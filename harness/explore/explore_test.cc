// Explore, through its public door alone: what a person who tests concurrent
// code of their own gets to see.

#include "mortsafe/explore.h"

#include <cstdint>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/model/sanitizers.h"

namespace mortsafe {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::ContainsRegex;
using ::testing::EndsWith;
using ::testing::HasSubstr;

void IncrementTwice(bool atomically) {
  atomic<int> counter{0};
  SetName(&counter, "counter");
  const auto increment = [&] {
    if (atomically) {
      counter.fetch_add(1);
    } else {
      counter.store(counter.load() + 1);
    }
  };
  thread first(increment);
  thread second(increment);
  first.join();
  second.join();
  MORTSAFE_CHECK(counter.load() == 2);
}

TEST(ExploreTest, ProvesWhatHoldsInEveryInterleaving) {
  const ExploreResult result = Explore({}, [] { IncrementTwice(true); });
  EXPECT_TRUE(result.complete);
  EXPECT_FALSE(result.failure.has_value());
  EXPECT_EQ(result.executions, 2u);  // The two orders of the increments.
  EXPECT_EQ(result.blocked, 0u);
}

TEST(ExploreTest, ABrokenInvariantIsToldWithItsPlaceAndTheInterleaving) {
  const ExploreResult result = Explore({}, [] { IncrementTwice(false); });
  EXPECT_FALSE(result.complete);
  ASSERT_TRUE(result.failure.has_value());
  EXPECT_EQ(result.failure->kind, "broken-invariant");
  EXPECT_THAT(result.failure->message,
              AllOf(ContainsRegex("explore_test\\.cc:[0-9]+: "),
                    EndsWith("counter.load() == 2 does not hold in thread 0")));
  EXPECT_EQ(result.failure->trace,
            "thread 0          thread 1            thread 2\n"
            "                  load counter = 0\n"
            "                                      load counter = 0\n"
            "                                      store counter := 1\n"
            "                  store counter := 1\n"
            "join\n"
            "join\n"
            "load counter = 1\n");
}

TEST(ExploreTest, EveryStrategyFindsIt) {
  for (const Strategy strategy :
       {Strategy::kExhaustive, Strategy::kRandom, Strategy::kPct,
        Strategy::kPos, Strategy::kSurw}) {
    const ExploreResult result =
        Explore({.strategy = strategy}, [] { IncrementTwice(false); });
    ASSERT_TRUE(result.failure.has_value());
    EXPECT_EQ(result.failure->kind, "broken-invariant");
    EXPECT_THAT(result.failure->trace, HasSubstr("load counter = 1"));
    EXPECT_FALSE(result.complete);
  }
}

TEST(ExploreTest, ASeedNamesOneExploration) {
  const auto explore = [](uint64_t seed) {
    return Explore({.strategy = Strategy::kRandom, .seed = seed},
                   [] { IncrementTwice(false); });
  };
  std::set<std::string> traces;
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    const ExploreResult one = explore(seed);
    const ExploreResult other = explore(seed);
    ASSERT_TRUE(one.failure.has_value() && other.failure.has_value());
    EXPECT_EQ(one.executions, other.executions);
    EXPECT_EQ(one.failure->trace, other.failure->trace);
    traces.insert(one.failure->trace);
  }
  EXPECT_GT(traces.size(), 1u);
}

TEST(ExploreTest, MaxExecutionsEndsTheExplorationWhichIsThenNotComplete) {
  const auto body = [] { IncrementTwice(true); };
  const ExploreResult searched = Explore({.max_executions = 1}, body);
  EXPECT_EQ(searched.executions, 1u);
  EXPECT_FALSE(searched.complete);
  EXPECT_TRUE(Explore({.max_executions = 2}, body).complete);
  const ExploreResult sampled =
      Explore({.strategy = Strategy::kRandom, .max_executions = 7}, body);
  EXPECT_EQ(sampled.executions, 7u);
  EXPECT_FALSE(sampled.complete);
}

TEST(ExploreTest, MaxExecutionsDoesNotCountWhatIsBlocked) {
  if (kAddressSanitizer || kThreadSanitizer) GTEST_SKIP() << "of plain builds";
  const auto body = [] {
    atomic<int> rounds{0};
    thread other([&] {
      for (int i = 0; i < 3; ++i) rounds.fetch_add(1);
    });
    while (rounds.load() < 3) {
    }
    other.join();
  };
  for (const MemoryModel memory : {MemoryModel::kSc, MemoryModel::kC11}) {
    const ExploreResult all = Explore({.memory = memory}, body);
    ASSERT_TRUE(all.complete);
    ASSERT_GT(all.blocked, 0u);
    for (uint64_t most = 1; most <= all.executions; ++most) {
      EXPECT_EQ(
          Explore({.memory = memory, .max_executions = most}, body).executions,
          most);
    }
  }
}

TEST(ExploreTest, ADeadlockIsToldAsTheCycleThatItIs) {
  const ExploreResult result = Explore({}, [] {
    mutex a;
    mutex b;
    SetName(&a, "a");
    SetName(&b, "b");
    thread other([&] {
      const std::lock_guard<mutex> outer(b);
      const std::lock_guard<mutex> inner(a);
    });
    {
      const std::lock_guard<mutex> outer(a);
      const std::lock_guard<mutex> inner(b);
    }
    other.join();
  });
  ASSERT_TRUE(result.failure.has_value());
  EXPECT_EQ(result.failure->kind, "deadlock");
  EXPECT_EQ(result.failure->message,
            "a cycle: thread 0 waits for the lock b that thread 1 holds; "
            "thread 1 waits for the lock a that thread 0 holds");
}

TEST(ExploreTest, ALostWakeUpIsADeadlockOfTheThreadThatWaits) {
  const ExploreResult result = Explore({}, [] {
    mutex m;
    condition_variable filled;
    thread consumer([&] {
      std::unique_lock<mutex> lock(m);
      filled.wait(lock);  // Does not ask whether it has happened already.
    });
    filled.notify_one();
    consumer.join();
  });
  ASSERT_TRUE(result.failure.has_value());
  EXPECT_EQ(result.failure->kind, "deadlock");
  EXPECT_EQ(result.failure->message,
            "thread 0 waits for thread 1 to end; thread 1 waits for a "
            "notification");
}

TEST(ExploreTest, ARaceOnAPlainObjectIsFoundAndItsTraceEndsWithIt) {
  if (kThreadSanitizer) {
    GTEST_SKIP() << "ThreadSanitizer ends the process at a race";
  }
  const ExploreResult result = Explore({}, [] {
    plain<int> value(std::in_place, 0);
    SetName(&value, "value");
    atomic<bool> set{false};
    thread writer([&] {
      value.write() = 1;
      set.store(true);
    });
    const bool seen = set.load();
    value.read();
    writer.join();
    MORTSAFE_CHECK(seen || !seen);
  });
  ASSERT_TRUE(result.failure.has_value());
  EXPECT_EQ(result.failure->kind, "data-race");
  EXPECT_THAT(result.failure->message, HasSubstr(" value, which thread "));
  EXPECT_THAT(result.failure->trace,
              AnyOf(EndsWith("read value\n"), EndsWith("write value\n")));
}

TEST(ExploreTest, AnExceptionThatLeavesAThreadIsACrash) {
  const ExploreResult result =
      Explore({}, [] { throw std::runtime_error("out of cheese"); });
  ASSERT_TRUE(result.failure.has_value());
  EXPECT_EQ(result.failure->kind, "crash");
  EXPECT_THAT(result.failure->message, HasSubstr("out of cheese"));
}

TEST(ExploreTest, WhatIsNotOfferedIsSaidAndNothingIsRun) {
  bool ran = false;
  // A bound on pre-emptions says nothing of stale loads.
  for (const ExploreOptions& options :
       {ExploreOptions{.memory = static_cast<MemoryModel>(7)},
        ExploreOptions{.memory = MemoryModel::kC11, .max_preemptions = 1}}) {
    const ExploreResult result = Explore(options, [&] { ran = true; });
    ASSERT_TRUE(result.failure.has_value());
    EXPECT_EQ(result.failure->kind, "unsupported");
    EXPECT_FALSE(result.complete);
  }
  EXPECT_FALSE(ran);
}

TEST(ExploreTest, WhatIsKeptOutlivesItsExecution) {
  std::vector<int> seen;
  const ExploreResult result = Explore({}, [&] {
    atomic<int> x{0};
    thread writer([&] { x.store(1); });
    const int value = x.load();
    writer.join();
    const KeepAllocations keep;
    seen.push_back(value);
  });
  EXPECT_TRUE(result.complete);
  EXPECT_EQ(seen.size(), 2u);
  EXPECT_EQ((std::set<int>(seen.begin(), seen.end())), (std::set<int>{0, 1}));
}

TEST(ExploreTest, WhatIsNeverFreedIsALeak) {
  const ExploreResult result = Explore({}, [] {
    atomic<int*> lost{new int(1)};
    lost.store(nullptr);
  });
  ASSERT_TRUE(result.failure.has_value());
  EXPECT_EQ(result.failure->kind, "leak");
  EXPECT_THAT(result.failure->message, HasSubstr("KeepAllocations"));
}

TEST(ExploreDeathTest, ACheckOutsideOfExecutionsAborts) {
  EXPECT_DEATH(MORTSAFE_CHECK(1 + 1 == 3), "1 \\+ 1 == 3 does not hold");
}

// Wrong only if the reader is held up until the writer is between its two
// increments, and goes on then: two pre-emptions.
void Torn() {
  atomic<int> low{0};
  atomic<int> high{0};
  thread writer([&] {
    low.fetch_add(1);
    high.fetch_add(1);
  });
  const int seen = low.load();
  MORTSAFE_CHECK(high.load() >= seen);
  writer.join();
}

TEST(ExploreTest, ABoundOnPreemptionsIsNamedWhereItCuts) {
  const ExploreResult one = Explore({.max_preemptions = 1}, Torn);
  EXPECT_FALSE(one.failure.has_value());
  EXPECT_FALSE(one.complete);
  EXPECT_EQ(one.preemption_bound, 1u);

  const ExploreResult two = Explore({.max_preemptions = 2}, Torn);
  ASSERT_TRUE(two.failure.has_value());
  EXPECT_EQ(two.failure->kind, "broken-invariant");
  EXPECT_THAT(two.failure->message, HasSubstr("high.load() >= seen"));
  EXPECT_THAT(two.failure->trace, HasSubstr("thread 1"));

  // So many are never needed: everything was tried.
  const ExploreResult all = Explore({.max_preemptions = 20}, [] {
    atomic<int> x{0};
    thread other([&] { x.load(); });
    x.load();
    other.join();
  });
  EXPECT_TRUE(all.complete);
  EXPECT_FALSE(all.preemption_bound.has_value());
  EXPECT_EQ(all.executions, 2u) << "nothing is reduced";
}

}  // namespace
}  // namespace mortsafe
