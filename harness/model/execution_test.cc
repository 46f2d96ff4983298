// Controlled executions: who runs when is the strategy's choice alone, every
// outcome is named, and the same choices give the same execution.

#include "harness/model/execution.h"

#include <atomic>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/base/violation_kind.h"
#include "harness/model/sanitizers.h"
#include "harness/model/strategy.h"
#include "harness/model/trace.h"
#include "mortsafe/sync.h"

namespace mortsafe {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

class NonPreemptive final : public SchedulingStrategy {
 public:
  uint32_t Choose(const ChoicePoint& point) override {
    return DefaultChoice(point);
  }
};

class LatestThread final : public SchedulingStrategy {
 public:
  uint32_t Choose(const ChoicePoint& point) override {
    const int count = CountThreads(point.enabled);
    return ThreadAt(point.enabled, static_cast<uint64_t>(count) - 1);
  }
};

TEST(ExecutionTest, OneThreadRunsToItsEnd) {
  Execution execution;
  NonPreemptive strategy;
  int value = 0;
  const Outcome outcome = execution.Run({}, strategy, [&] {
    atomic<int> x{1};
    x.store(x.load() + 1);
    value = x.fetch_add(5) + 5;
  });
  EXPECT_FALSE(outcome.failure.has_value());
  EXPECT_EQ(value, 7);
  EXPECT_EQ(outcome.steps, 3u);
}

// Compares unequal to itself where its bits are equal.
struct Odd {
  uint32_t bits = 0;
  bool operator==(const Odd&) const { return false; }
};

TEST(ExecutionTest, AtomicsComputeAsStdsDo) {
  Execution execution;
  NonPreemptive strategy;
  const auto compute = [] {
    constexpr int8_t kLargest = std::numeric_limits<int8_t>::max();
    atomic<int8_t> narrow{kLargest};
    EXPECT_EQ(narrow.fetch_add(2), kLargest);
    EXPECT_EQ(narrow.fetch_sub(2), std::numeric_limits<int8_t>::min() + 1);
    atomic<int> wide{std::numeric_limits<int>::max()};
    EXPECT_EQ(++wide, std::numeric_limits<int>::min());
    EXPECT_EQ(--wide, std::numeric_limits<int>::max());
    EXPECT_EQ(wide.fetch_and(6), std::numeric_limits<int>::max());
    EXPECT_EQ(wide.fetch_or(1), 6);
    EXPECT_EQ(wide.fetch_xor(2), 7);
    EXPECT_EQ(wide.exchange(1), 5);
    int expected = 0;
    EXPECT_FALSE(wide.compare_exchange_strong(expected, 2));
    EXPECT_EQ(expected, 1);
    EXPECT_TRUE(wide.compare_exchange_strong(expected, 2));
    EXPECT_EQ(wide.load(), 2);
    // Bits decide, not what == says.
    atomic<Odd> odd{Odd{1}};
    Odd found{1};
    EXPECT_TRUE(odd.compare_exchange_strong(found, Odd{2}));
    EXPECT_EQ(odd.load().bits, 2u);
    atomic<double> zero{0.0};
    double negative_zero = -0.0;
    EXPECT_FALSE(zero.compare_exchange_strong(negative_zero, 1.0));
  };
  EXPECT_FALSE(execution.Run({}, strategy, compute).failure.has_value());
}

TEST(ExecutionTest, EveryOutcomeOfTwoIncrementsIsReached) {
  Execution execution;
  std::set<int> outcomes;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    RandomWalk strategy(seed);
    int result = 0;
    execution.Run({}, strategy, [&] {
      atomic<int> x{0};
      thread first([&] { x.store(x.load() + 1); });
      thread second([&] { x.store(x.load() + 1); });
      first.join();
      second.join();
      result = x.load();
    });
    outcomes.insert(result);
  }
  EXPECT_THAT(outcomes, UnorderedElementsAre(1, 2));
}

TEST(ExecutionTest,
     StoreBufferingNeverReadsTwoZerosUnderSequentialConsistency) {
  Execution execution;
  std::set<std::pair<int, int>> outcomes;
  for (uint64_t seed = 0; seed < 500; ++seed) {
    RandomWalk strategy(seed);
    execution.Run({}, strategy, [&] {
      atomic<int> x{0};
      atomic<int> y{0};
      int saw_y = -1;
      int saw_x = -1;
      thread first([&] {
        x.store(1);
        saw_y = y.load();
      });
      thread second([&] {
        y.store(1);
        saw_x = x.load();
      });
      first.join();
      second.join();
      const HarnessAllocations harness;
      outcomes.insert({saw_y, saw_x});
    });
  }
  EXPECT_THAT(outcomes, UnorderedElementsAre(std::pair(0, 1), std::pair(1, 0),
                                             std::pair(1, 1)));
}

TEST(ExecutionTest, MutexKeepsThreadsApart) {
  Execution execution;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    RandomWalk strategy(seed);
    int total = 0;
    const Outcome outcome = execution.Run({}, strategy, [&] {
      mutex m;
      atomic<int> x{0};
      auto add = [&] {
        const std::lock_guard<mutex> lock(m);
        x.store(x.load() + 1);
      };
      thread first(add);
      thread second(add);
      thread third(add);
      first.join();
      second.join();
      third.join();
      total = x.load();
    });
    ASSERT_FALSE(outcome.failure.has_value());
    ASSERT_EQ(total, 3);
  }
}

TEST(ExecutionTest, SharedMutexLetsReadersTogetherAndWritersAlone) {
  Execution execution;
  std::atomic<int> most_readers = 0;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    RandomWalk strategy(seed);
    const Outcome outcome = execution.Run({}, strategy, [&] {
      shared_mutex m;
      atomic<int> readers{0};
      atomic<bool> writing{false};
      auto read = [&] {
        const std::shared_lock<shared_mutex> lock(m);
        most_readers = std::max(most_readers.load(), ++readers);
        EXPECT_FALSE(writing.load());
        --readers;
      };
      thread first(read);
      thread second(read);
      thread writer([&] {
        const std::unique_lock<shared_mutex> lock(m);
        writing = true;
        EXPECT_EQ(readers.load(), 0);
        writing = false;
      });
      first.join();
      second.join();
      writer.join();
    });
    ASSERT_FALSE(outcome.failure.has_value());
  }
  EXPECT_EQ(most_readers, 2);
}

TEST(ExecutionTest, ConditionVariableHandsOver) {
  Execution execution;
  for (uint64_t seed = 0; seed < 100; ++seed) {
    RandomWalk strategy(seed);
    int received = 0;
    const Outcome outcome = execution.Run({}, strategy, [&] {
      mutex m;
      condition_variable filled;
      int slot = 0;
      thread consumer([&] {
        std::unique_lock<mutex> lock(m);
        filled.wait(lock, [&] { return slot != 0; });
        received = slot;
      });
      thread producer([&] {
        const std::lock_guard<mutex> lock(m);
        slot = 7;
        filled.notify_one();
      });
      consumer.join();
      producer.join();
    });
    ASSERT_FALSE(outcome.failure.has_value());
    ASSERT_EQ(received, 7);
  }
}

TEST(ExecutionTest, LostWakeUpIsADeadlock) {
  Execution execution;
  int deadlocks = 0;
  for (uint64_t seed = 0; seed < 100; ++seed) {
    RandomWalk strategy(seed);
    const Outcome outcome = execution.Run({}, strategy, [&] {
      mutex m;
      condition_variable filled;
      thread consumer([&] {
        std::unique_lock<mutex> lock(m);
        filled.wait(lock);  // Does not ask whether it has happened already.
      });
      thread producer([&] { filled.notify_one(); });
      consumer.join();
      producer.join();
    });
    if (!outcome.failure.has_value()) continue;
    EXPECT_EQ(outcome.failure->kind, ViolationKind::kDeadlock);
    EXPECT_THAT(outcome.failure->message, HasSubstr("a notification"));
    ++deadlocks;
  }
  EXPECT_GT(deadlocks, 0);
  EXPECT_LT(deadlocks, 100);
}

TEST(ExecutionTest, OppositeLockOrdersDeadlockAndTheCycleIsNamed) {
  Execution execution;
  std::set<std::string> messages;
  for (uint64_t seed = 0; seed < 100; ++seed) {
    RandomWalk strategy(seed);
    const Outcome outcome = execution.Run({.record = true}, strategy, [&] {
      mutex a;
      mutex b;
      SetName(&a, "a");
      SetName(&b, "b");
      thread first([&] {
        const std::lock_guard<mutex> outer(a);
        const std::lock_guard<mutex> inner(b);
      });
      thread second([&] {
        const std::lock_guard<mutex> outer(b);
        const std::lock_guard<mutex> inner(a);
      });
      first.join();
      second.join();
    });
    if (outcome.failure.has_value()) messages.insert(outcome.failure->message);
  }
  EXPECT_THAT(
      messages,
      ElementsAre("a cycle: thread 1 waits for the lock b that thread "
                  "2 holds; thread 2 waits for the lock a that thread 1 "
                  "holds; outside of it, thread 0 waits for thread 1 to "
                  "end"));
}

TEST(ExecutionTest, AReaderThatAsksForTheWholeLockWaitsForItself) {
  Execution execution;
  NonPreemptive strategy;
  const Outcome outcome = execution.Run({.record = true}, strategy, [&] {
    shared_mutex m;
    SetName(&m, "m");
    m.lock_shared();
    m.lock();
  });
  ASSERT_TRUE(outcome.failure.has_value());
  EXPECT_EQ(outcome.failure->message,
            "a cycle: thread 0 waits for the lock m that it holds itself");
}

TEST(ExecutionTest, SpinningOnSomethingThatNeverComesIsALivelock) {
  Execution execution;
  NonPreemptive strategy;
  const Outcome outcome = execution.Run({.step_bound = 3'000}, strategy, [&] {
    atomic<bool> flag{false};
    thread spinner([&] {
      while (!flag.load()) this_thread::yield();
    });
    spinner.join();
  });
  ASSERT_TRUE(outcome.failure.has_value());
  EXPECT_EQ(outcome.failure->kind, ViolationKind::kLivelock);
}

TEST(ExecutionTest, SpinningThatAFairScheduleEndsIsNoLivelock) {
  Execution execution;
  NonPreemptive strategy;  // Never leaves the spinner by itself.
  const Outcome outcome = execution.Run({}, strategy, [&] {
    atomic<bool> flag{false};
    thread spinner([&] {
      while (!flag.load()) {
      }
    });
    thread setter([&] { flag.store(true); });
    spinner.join();
    setter.join();
  });
  EXPECT_FALSE(outcome.failure.has_value());
  EXPECT_GT(outcome.steps, 2'000u);
}

TEST(ExecutionTest, EscapedExceptionsLeaksAndDoubleFreesAreNamed) {
  Execution execution;
  NonPreemptive strategy;
  Outcome outcome = execution.Run({}, strategy, [] {
    thread thrower([] { throw std::runtime_error("boo"); });
    thrower.join();
  });
  ASSERT_TRUE(outcome.failure.has_value());
  EXPECT_EQ(outcome.failure->kind, ViolationKind::kCrash);
  EXPECT_EQ(outcome.failure->message, "an exception left thread 1: boo");

  // Compilers may leave out an allocation whose result nothing uses.
  void* leaked = nullptr;
  outcome = execution.Run({}, strategy, [&] { leaked = ::operator new(8); });
  EXPECT_NE(leaked, nullptr);
  ASSERT_TRUE(outcome.failure.has_value());
  EXPECT_EQ(outcome.failure->kind, ViolationKind::kLeak);
  EXPECT_EQ(outcome.failure->message, "1 block was allocated and never freed");

  // And nothing sticks.
  outcome = execution.Run({}, strategy, [] {});
  EXPECT_FALSE(outcome.failure.has_value());
}

TEST(ExecutionTest, ADeadlockThatAThreadsEndUncoversLeavesNothingBehind) {
  Execution execution;
  NonPreemptive strategy;
  for (int round = 0; round < 3; ++round) {
    const Outcome outcome = execution.Run({}, strategy, [] {
      mutex m;
      condition_variable never;
      thread waiting([&] {
        std::unique_lock<mutex> lock(m);
        never.wait(lock);
      });
      thread ending([&] { const std::lock_guard<mutex> lock(m); });
      waiting.join();
    });
    ASSERT_TRUE(outcome.failure.has_value());
    EXPECT_EQ(outcome.failure->kind, ViolationKind::kDeadlock);
  }
}

// Whoever was about to take it when the execution was given up is forgotten.
TEST(ExecutionTest, ALockMayOutliveAnAbandonedExecution) {
  Execution execution;
  LatestThread strategy;
  mutex m;
  atomic<int> x{0};
  const auto lock = [&] { const std::lock_guard<mutex> guard(m); };
  const Outcome failing = execution.Run({}, strategy, [&] {
    thread first(lock);
    thread second(lock);
    execution.Fail(ViolationKind::kBrokenInvariant, "on purpose");
  });
  EXPECT_TRUE(failing.failure.has_value());
  for (int round = 0; round < 2; ++round) {
    const Outcome outcome = execution.Run({}, strategy, [&] {
      lock();
      x.fetch_add(1);
      thread other(lock);
      lock();
      other.join();
    });
    EXPECT_FALSE(outcome.failure.has_value());
  }
  EXPECT_EQ(x.load(), 2);
}

TEST(ExecutionTest, UnlockingWhatAnotherHoldsIsNamed) {
  Execution execution;
  NonPreemptive strategy;
  const Outcome outcome = execution.Run({}, strategy, [] {
    mutex m;
    m.unlock();
  });
  ASSERT_TRUE(outcome.failure.has_value());
  EXPECT_THAT(outcome.failure->message, HasSubstr("does not hold"));
}

TEST(ExecutionTest, FailEndsTheExecutionAtOnce) {
  Execution execution;
  NonPreemptive strategy;
  bool went_on = false;
  const Outcome outcome = execution.Run({}, strategy, [&] {
    thread failing([&] {
      execution.Fail(ViolationKind::kBrokenInvariant, "as it should");
      went_on = true;
    });
    failing.join();
    went_on = true;
  });
  ASSERT_TRUE(outcome.failure.has_value());
  EXPECT_EQ(outcome.failure->kind, ViolationKind::kBrokenInvariant);
  EXPECT_FALSE(went_on);
}

TEST(ExecutionTest, CallsAreStampedAtTheirFirstAccess) {
  // Thread 1 prepares its operation first, but performs its access last: the
  // other operation precedes it.
  Execution execution;
  class LastThreadFirst final : public SchedulingStrategy {
    uint32_t Choose(const ChoicePoint& point) override {
      uint32_t last = LowestThread(point.enabled);
      for (uint32_t t = 0; t < 64; ++t) {
        if (Contains(point.enabled, t)) last = t;
      }
      return last;
    }
  } strategy;
  uint64_t call[2] = {};
  uint64_t end[2] = {};
  execution.Run({}, strategy, [&] {
    atomic<int> x{0};
    auto operate = [&](int i) {
      execution.BeginOperation(&call[i]);
      x.load();
      execution.EndOperation(&end[i]);
    };
    thread first(operate, 0);
    thread second(operate, 1);
    first.join();
    second.join();
  });
  EXPECT_LT(call[1], end[1]);
  EXPECT_LT(end[1], call[0]);
  EXPECT_LT(call[0], end[0]);
}

void TwoThreadsOnTwoVariables() {
  auto x = std::make_unique<atomic<int>>(0);
  auto y = std::make_unique<atomic<int>>(0);
  SetName(x.get(), "x");
  thread first([&] {
    x->store(1);
    y->load();
  });
  thread second([&] {
    y->store(2);
    int expected = 0;
    x->compare_exchange_strong(expected, 3);
  });
  first.join();
  second.join();
}

TEST(ExecutionTest, SameChoicesSameTrace) {
  std::set<size_t> lengths;
  for (uint64_t seed = 0; seed < 50; ++seed) {
    Execution one;
    Execution other;
    RandomWalk strategy(seed);
    RandomWalk same_strategy(seed);
    one.Run({.record = true}, strategy, TwoThreadsOnTwoVariables);
    other.Run({}, strategy, TwoThreadsOnTwoVariables);
    other.Run({.record = true}, same_strategy, TwoThreadsOnTwoVariables);
    ASSERT_EQ(one.trace().steps, other.trace().steps);
    ASSERT_EQ(one.schedule(), other.schedule());
    ASSERT_THAT(one.trace().steps, Not(IsEmpty()));
    lengths.insert(one.schedule().switches.size());
  }
  EXPECT_GT(lengths.size(), 1u);
}

TEST(ExecutionTest, TracesNameObjectsAndValues) {
  Execution execution;
  NonPreemptive strategy;
  execution.Run({.record = true}, strategy, TwoThreadsOnTwoVariables);
  std::vector<std::string> steps;
  for (const TraceStep& step : execution.trace().steps) {
    steps.push_back(absl::StrCat("T", step.thread, " ", step.action, " ",
                                 step.object, " ", step.detail));
  }
  EXPECT_THAT(steps,
              ElementsAre("T1 store x := 1", "T1 load T0#1 = 0", "T0 join  ",
                          "T2 store T0#1 := 2",
                          "T2 compare-exchange x fails: is 1", "T0 join  "));
}

TEST(ExecutionTest, APlainWriteOfAnAtomicIsAStepAndShown) {
  Execution execution;
  NonPreemptive strategy;
  const Outcome outcome = execution.Run({.record = true}, strategy, [] {
    atomic<int> x{0};
    SetName(&x, "x");
    WritePlainly(x, 1);
    x.load();
  });
  EXPECT_EQ(outcome.steps, 2u);
  std::vector<std::string> steps;
  for (const TraceStep& step : execution.trace().steps) {
    steps.push_back(
        absl::StrCat(step.action, " ", step.object, " ", step.detail));
  }
  EXPECT_THAT(steps, ElementsAre("write x := 1", "load x = 1"));
}

// Others can come between what it goes by and the write.
TEST(ExecutionTest, APlainWriteOfAnAtomicIsASchedulingPoint) {
  if (kThreadSanitizer) GTEST_SKIP() << "ThreadSanitizer reports the race";
  std::set<int> counts;
  for (uint64_t seed = 0; seed < 100; ++seed) {
    Execution execution;
    RandomWalk strategy(seed);
    int count = 0;
    execution.Run({}, strategy, [&] {
      atomic<int> counter{0};
      const auto increment = [&] { WritePlainly(counter, counter.load() + 1); };
      thread first(increment);
      thread second(increment);
      first.join();
      second.join();
      count = counter.load();
    });
    counts.insert(count);
  }
  EXPECT_THAT(counts, ElementsAre(1, 2));
}

TEST(ExecutionTest, SwitchesAreCountedAsCoverage) {
  Execution execution;
  EXPECT_EQ(execution.coverage().Count(), 0u);
  for (uint64_t seed = 0; seed < 100; ++seed) {
    RandomWalk strategy(seed);
    execution.Run({}, strategy, TwoThreadsOnTwoVariables);
  }
  EXPECT_GT(execution.coverage().Count(), 4u);
}

TEST(ExecutionTest, NestedThreadsAreScheduledToo) {
  Execution execution;
  std::set<int> seen;
  for (uint64_t seed = 0; seed < 100; ++seed) {
    RandomWalk strategy(seed);
    int value = 0;
    const Outcome outcome = execution.Run({}, strategy, [&] {
      atomic<int> x{0};
      thread outer([&] {
        thread inner([&] { x.store(1); });
        value = x.load();
        inner.join();
      });
      outer.join();
    });
    ASSERT_FALSE(outcome.failure.has_value());
    seen.insert(value);
  }
  EXPECT_THAT(seen, UnorderedElementsAre(0, 1));
}

}  // namespace
}  // namespace mortsafe
