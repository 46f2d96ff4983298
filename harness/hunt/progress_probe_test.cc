// The probe's numbers, on maps whose steps can be counted by hand.

#include "harness/hunt/progress_probe.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <mutex>
#include <optional>
#include <shared_mutex>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "harness/base/random.h"
#include "harness/explore/every_interleaving.h"
#include "harness/explore/explored_step.h"
#include "harness/explore/forwarding_strategy.h"
#include "harness/hunt/program_runner.h"
#include "harness/hunt/test_maps.h"
#include "harness/model/strategy.h"
#include "harness/program/generator.h"
#include "harness/program/program.h"
#include "harness/subject/registry.h"
#include "harness/sync/scheduler.h"
#include "mortsafe/sync.h"

namespace mortsafe {
namespace {

using Kind = ProbedWait::Kind;

// One atomic a key. Load takes one step, Store one, Delete three: it looks
// twice.
class CellMap {
 public:
  std::optional<Value> Load(Key key) { return Present(cells_[key].load()); }
  void Store(Key key, Value value) { cells_[key].store(value); }
  void Delete(Key key) {
    cells_[key].load();
    cells_[key].load();
    cells_[key].store(0);
  }

 protected:
  std::array<atomic<Value>, kMaxKeys> cells_ = {};
};

// Swap tries until nobody has come between.
class RetryingMap : public CellMap {
 public:
  std::optional<Value> Swap(Key key, Value value) {
    Value before = cells_[key].load();
    while (!cells_[key].compare_exchange_strong(before, value)) {
    }
    return Present(before);
  }
};

// Load waits to be notified of a value.
class NotifyingMap {
 public:
  std::optional<Value> Load(Key) {
    std::unique_lock<mutex> lock(mutex_);
    while (value_ == 0) changed_.wait(lock);
    return value_;
  }
  void Store(Key, Value value) {
    const std::lock_guard<mutex> lock(mutex_);
    value_ = value;
    changed_.notify_all();
  }
  void Delete(Key) {}

 private:
  mutex mutex_;
  condition_variable changed_;
  Value value_ = 0;
};

// Load locks once it has seen a value, which Store stores while it holds the
// lock or when it has given it up.
template <bool kStoresUnderLock>
class LockingOnceMap : public CellMap {
 public:
  std::optional<Value> Load(Key key) {
    if (cells_[key].load() == 0) return std::nullopt;
    const std::lock_guard<mutex> lock(mutex_);
    return Present(cells_[key].load());
  }
  void Store(Key key, Value value) {
    mutex_.lock();
    if (kStoresUnderLock) cells_[key].store(value);
    mutex_.unlock();
    if (!kStoresUnderLock) cells_[key].store(value);
  }

 private:
  mutex mutex_;
};

// Store waits, with the lock held, for the key to be there.
class StubbornMap : public CellMap {
 public:
  std::optional<Value> Load(Key key) {
    const std::lock_guard<mutex> lock(mutex_);
    return Present(cells_[key].load());
  }
  void Store(Key key, Value value) {
    const std::lock_guard<mutex> lock(mutex_);
    while (cells_[key].load() == 0) this_thread::yield();
    cells_[key].store(value);
  }

 private:
  mutex mutex_;
};

// Load shares the lock for a moment, Store for ever, as the key never comes to
// be there; Delete has it alone.
class SharingMap {
 public:
  std::optional<Value> Load(Key) {
    const std::shared_lock<shared_mutex> lock(mutex_);
    return std::nullopt;
  }
  void Store(Key, Value) {
    const std::shared_lock<shared_mutex> lock(mutex_);
    while (value_.load() == 0) this_thread::yield();
  }
  void Delete(Key) { const std::lock_guard<shared_mutex> lock(mutex_); }

 private:
  shared_mutex mutex_;
  atomic<Value> value_{0};
};

ProbedProgram Probe(const SubjectChoice& subject, absl::string_view text) {
  const auto program = ParseProgram(text, "test");
  EXPECT_TRUE(program.ok()) << program.status();
  ProgramRunner runner(subject);
  return ProbeProgram(runner, *program);
}

uint32_t StepsWithoutWait(const SubjectChoice& subject,
                          absl::string_view text) {
  const ProbedProgram probed = Probe(subject, text);
  EXPECT_TRUE(probed.complete) << text;
  EXPECT_FALSE(probed.wait.has_value()) << text;
  EXPECT_EQ(probed.failure, std::nullopt) << text;
  return probed.most_steps;
}

ProbedWait ExpectWait(const SubjectChoice& subject, absl::string_view text,
                      Kind kind) {
  const ProbedProgram probed = Probe(subject, text);
  EXPECT_EQ(probed.failure, std::nullopt) << text;
  EXPECT_TRUE(probed.wait.has_value()) << text;
  const ProbedWait wait = probed.wait.value_or(ProbedWait());
  EXPECT_EQ(wait.kind, kind) << text;
  return wait;
}

// Every interleaving, and in each how many steps client 1 took, whether it took
// a lock, and whether it ever had to wait for one.
class WatchedInterleavings final : public ForwardingStrategy {
 public:
  WatchedInterleavings() : ForwardingStrategy(search_) {}
  bool Next() {
    steps = 0;
    takes_lock = false;
    return search_.Next();
  }
  uint32_t Choose(const ChoicePoint& point) override {
    waits |= alive_ && Acquires(point.next[1].access.kind) &&
             !Contains(point.enabled, 1);
    return search_.Choose(point);
  }
  std::optional<ObjectRace> Performed(uint32_t thread,
                                      const NextStep& step) override {
    if (thread == 1) {
      ++steps;
      takes_lock |= Acquires(step.access.kind);
    }
    return search_.Performed(thread, step);
  }
  void Released(uint32_t thread, uint32_t other) override {
    alive_ |= other == 1;
    search_.Released(thread, other);
  }
  void Finished(uint32_t thread) override {
    alive_ &= thread != 1;
    search_.Finished(thread);
  }

  uint32_t steps = 0;
  bool takes_lock = false;
  bool waits = false;  // In any of them.

 private:
  EveryInterleaving search_;
  bool alive_ = false;
};

// The same by brute force, or nothing if there are too many interleavings.
std::optional<ProbedProgram> ProbeByBruteForce(ProgramRunner& runner,
                                               const Program& program) {
  constexpr uint64_t kMostInterleavings = 20'000;
  ProbedProgram probed;
  WatchedInterleavings search;
  while (search.Next()) {
    if (++probed.executions > kMostInterleavings) return std::nullopt;
    runner.Run(program, search, {.check_invariants = false});
    probed.most_steps = std::max(probed.most_steps, search.steps);
    if (search.takes_lock) continue;
    probed.most_steps_without_lock =
        std::max(probed.most_steps_without_lock.value_or(0), search.steps);
  }
  if (search.waits) probed.wait.emplace();
  return probed;
}

TEST(ProgressProbeTest, AgreesWithAllInterleavings) {
  for (const SubjectChoice& subject :
       {ChoiceOf<RetryingMap>(), ChoiceOf<LockingOnceMap<true>>(),
        ChoiceOf<LockingOnceMap<false>>(), ChoiceOf<LockedMap>(),
        *FindSubject("read-dirty")}) {
    ProgramRunner runner(subject);
    int compared = 0;
    for (uint64_t seed = 0; seed < 100; ++seed) {
      Program program;
      Random random(seed);
      GenerateProgram({.threads = 2,
                       .operations = 2,
                       .keys = 2,
                       .initial = 3,
                       .operations_offered = subject.subject->operations,
                       .exact = true},
                      random, program);
      program.threads[0].resize(1);
      const auto all = ProbeByBruteForce(runner, program);
      if (!all.has_value()) continue;
      ++compared;
      const ProbedProgram probed = ProbeProgram(runner, program);
      EXPECT_TRUE(probed.complete) << ToText(program);
      EXPECT_EQ(probed.most_steps, all->most_steps) << ToText(program);
      EXPECT_EQ(probed.most_steps_without_lock, all->most_steps_without_lock)
          << ToText(program);
      EXPECT_EQ(probed.wait.has_value(), all->wait.has_value())
          << ToText(program);
    }
    EXPECT_GT(compared, 30);
  }
}

TEST(ProgressProbeTest, CountsTheStepsOfOneOperation) {
  const SubjectChoice cells = ChoiceOf<CellMap>();
  EXPECT_EQ(StepsWithoutWait(cells, "thread 1: Load(0)"), 1u);
  EXPECT_EQ(StepsWithoutWait(cells, "thread 1: Delete(0)"), 3u);
  EXPECT_EQ(StepsWithoutWait(cells,
                             "initial: Store(0, 1) | thread 1: Delete(0) | "
                             "thread 2: Store(0, 2); Store(0, 3)"),
            3u);
}

// A load, an attempt that succeeds, and one more for each store of the other.
TEST(ProgressProbeTest, AttemptsGrowWithTheOthersOperations) {
  const SubjectChoice retrying = ChoiceOf<RetryingMap>();
  EXPECT_EQ(StepsWithoutWait(retrying, "thread 1: Swap(0, 1)"), 2u);
  EXPECT_EQ(StepsWithoutWait(retrying,
                             "thread 1: Swap(0, 1) | thread 2: Store(0, 2)"),
            3u);
  EXPECT_EQ(StepsWithoutWait(
                retrying,
                "thread 1: Swap(0, 1) | thread 2: Store(0, 2); Store(0, 3)"),
            4u);
  EXPECT_EQ(StepsWithoutWait(retrying,
                             "thread 1: Swap(0, 1) | thread 2: Store(0, 2) | "
                             "thread 3: Store(0, 3)"),
            4u);
}

// The attempts find the value of the start again and again: no round is like
// one that lasts, and each counts.
TEST(ProgressProbeTest, AValueThatComesBackCostsAttemptsAndIsNoWait) {
  EXPECT_EQ(StepsWithoutWait(ChoiceOf<RetryingMap>(),
                             "thread 1: Swap(0, 1) | thread 2: Store(0, 2); "
                             "Delete(0); Store(0, 3); Delete(0)"),
            6u);
}

TEST(ProgressProbeTest, ALockMayBeHeldByWhoStopped) {
  const ProbedWait wait = ExpectWait(
      ChoiceOf<LockedMap>(),
      "thread 1: Load(0) | thread 2: Delete(1); Store(0, 1)", Kind::kLock);
  EXPECT_EQ(wait.own_steps, 0u);
  EXPECT_EQ(wait.client, 2u);
  EXPECT_EQ(wait.operation, 0u);
  EXPECT_EQ(wait.steps, 1u);
  EXPECT_EQ(Probe(ChoiceOf<LockedMap>(), "thread 1: Load(0)").most_steps, 2u);
  EXPECT_FALSE(
      Probe(ChoiceOf<LockedMap>(), "thread 1: Load(0)").wait.has_value());
}

TEST(ProgressProbeTest, ALockCountsOnlyWhereItCanStillBeHeld) {
  const absl::string_view program = "thread 1: Load(0) | thread 2: Store(0, 1)";
  const ProbedWait wait =
      ExpectWait(ChoiceOf<LockingOnceMap<true>>(), program, Kind::kLock);
  EXPECT_EQ(wait.own_steps, 1u);
  EXPECT_EQ(wait.client, 2u);
  EXPECT_EQ(wait.steps, 1u);
  // It looks, locks, looks again and unlocks.
  EXPECT_EQ(StepsWithoutWait(ChoiceOf<LockingOnceMap<false>>(), program), 4u);
}

TEST(ProgressProbeTest, AReaderMaySpin) {
  const SubjectChoice map = ChoiceOf<SpinningMap<CellMap>>();
  const ProbedWait wait = ExpectWait(
      map, "thread 1: Load(0) | thread 2: Store(0, 1)", Kind::kChange);
  EXPECT_GT(wait.own_steps, 0u);
  EXPECT_EQ(StepsWithoutWait(map, "initial: Store(0, 1) | thread 1: Load(0)"),
            2u);
  ExpectWait(map,
             "initial: Store(0, 1) | thread 1: Load(0) | thread 2: Delete(0)",
             Kind::kChange);
}

TEST(ProgressProbeTest, ThatOthersSpinIsNoWait) {
  EXPECT_EQ(StepsWithoutWait(ChoiceOf<SpinningMap<CellMap>>(),
                             "thread 1: Store(1, 1) | thread 2: Load(0)"),
            1u);
}

TEST(ProgressProbeTest, WhoHoldsALockMaySpin) {
  const ProbedWait wait =
      ExpectWait(ChoiceOf<StubbornMap>(),
                 "thread 1: Load(0) | thread 2: Store(0, 1)", Kind::kLock);
  EXPECT_EQ(wait.own_steps, 0u);
  EXPECT_EQ(wait.client, 2u);
  EXPECT_EQ(wait.steps, 1u);
}

// Not whoever was the last to take the lock.
TEST(ProgressProbeTest, WhoStillHoldsALockIsNamed) {
  for (const char* const program :
       {"thread 1: Delete(0) | thread 2: Store(0, 1) | thread 3: Load(0)",
        "thread 1: Delete(0) | thread 2: Load(1); Store(0, 1) | "
        "thread 3: Load(0); Load(0)"}) {
    const ProbedWait wait =
        ExpectWait(ChoiceOf<SharingMap>(), program, Kind::kLock);
    EXPECT_EQ(wait.client, 2u) << program;
    EXPECT_EQ(wait.steps, 1u) << program;
  }
}

TEST(ProgressProbeTest, AReaderMayHaveNoEnd) {
  const ProbedWait wait = ExpectWait(ChoiceOf<CountingMap<CellMap>>(),
                                     "thread 1: Load(0)", Kind::kNoEnd);
  EXPECT_GE(wait.own_steps, kMostProbedSteps);
  const ProbedProgram others =
      Probe(ChoiceOf<CountingMap<CellMap>>(),
            "thread 1: Store(1, 1) | thread 2: Load(0)");
  EXPECT_FALSE(others.complete);
  EXPECT_FALSE(others.wait.has_value());
}

TEST(ProgressProbeTest, AReaderMayWaitToBeNotified) {
  ExpectWait(ChoiceOf<NotifyingMap>(),
             "thread 1: Load(0) | thread 2: Store(0, 1)", Kind::kNotification);
}

// What a client sees of a wrong map is for others to tell.
TEST(ProgressProbeTest, SaysNothingOfAMapThatFails) {
  EXPECT_TRUE(Probe(*FindSubject("read-dirty-epoch:c8-free"),
                    "initial: Store(0, 1); Load(0) | thread 1: Load(0) | "
                    "thread 2: Swap(0, 2)")
                  .failure.has_value());
}

}  // namespace
}  // namespace mortsafe
