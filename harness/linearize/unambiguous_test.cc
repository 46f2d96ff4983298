// Compares the fast decision with the oracle on random small histories in which
// no value is stored twice: some are linearizable, some are so but for one or
// two changes, which is where mistakes show, and some are entirely random. In
// addition it is compared on every history of a few calls.

#include "harness/linearize/unambiguous.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "gtest/gtest.h"
#include "harness/base/random.h"
#include "harness/history/text.h"
#include "harness/linearize/brute_force.h"
#include "harness/linearize/checker.h"
#include "harness/linearize/history_builder.h"
#include "harness/linearize/step_list.h"
#include "harness/linearize/workload.h"

namespace mortsafe {
namespace {

#if defined(MORTSAFE_ASAN) || defined(MORTSAFE_TSAN) || !defined(NDEBUG)
constexpr int kHistories = 20'000;
#else
constexpr int kHistories = 200'000;
#endif

using enum UnambiguousVerdict;

// Judges the only key of a history.
class Judge {
 public:
  UnambiguousVerdict operator()(const History& history) {
    steps_.Assign(history);
    return checker_.Judge(steps_.steps_of(0), steps_.state_count());
  }

 private:
  StepList steps_;
  UnambiguousChecker checker_;
};

// One key; stored values are 1, 2, …; mixes, clients and sizes vary.
History LinearizableHistory(uint64_t operations, Random& random) {
  WorkloadOptions options;
  options.operations = 1 + random.Below(operations);
  options.clients = 1 + static_cast<uint32_t>(random.Below(6));
  options.seed = random.Next();
  options.mix = {};
  // Each kind is common, rare or missing.
  for (uint32_t& weight : options.mix) {
    weight = static_cast<uint32_t>(random.Below(3) * random.Below(4));
  }
  options.mix[random.Below(8)] += 4;
  options.pending_per_million = random.OneIn(2) ? 0 : 200'000;
  options.timing =
      random.OneIn(2) ? WorkloadTiming::kTight : WorkloadTiming::kStall;
  return GenerateWorkload(options);
}

// A value that the history may store, or one more.
Value SomeValue(const History& history, Random& random) {
  Value greatest = 1;
  for (const HistoryOperation& operation : history.operations) {
    greatest = std::max(greatest, operation.value);
  }
  return 1 + random.Below(greatest + 1);
}

void ChangeAnswer(const History& history, Random& random,
                  HistoryOperation& operation) {
  operation.ok = !random.OneIn(3);
  switch (operation.kind) {
    case OperationKind::kLoad:
    case OperationKind::kLoadAndDelete:
    case OperationKind::kSwap:
      operation.result.reset();
      if (operation.ok) operation.result = SomeValue(history, random);
      break;
    case OperationKind::kLoadOrStore:
      operation.result =
          operation.ok ? SomeValue(history, random) : operation.value;
      break;
    case OperationKind::kCompareAndSwap:
    case OperationKind::kCompareAndDelete:
      operation.old_value = SomeValue(history, random);
      break;
    case OperationKind::kRange:
      operation.ok = true;
      operation.entries.clear();
      if (random.OneIn(2)) {
        operation.entries.emplace_back(0, SomeValue(history, random));
      }
      break;
    default:
      operation.ok = false;
      break;
  }
}

void MoveInterval(uint64_t end, Random& random, HistoryOperation& operation) {
  if (operation.return_time == kPending) {
    operation.call_time = random.Below(end);
    return;
  }
  uint64_t first = random.OneIn(2) ? operation.call_time : random.Below(end);
  uint64_t last = random.OneIn(2) ? operation.return_time : random.Below(end);
  operation.call_time = std::min(first, last);
  operation.return_time = std::max(first, last);
}

void ChangeSomething(History& history, Random& random) {
  const uint64_t end = 2 * history.operations.size();
  HistoryOperation& operation =
      history.operations[random.Below(history.operations.size())];
  if (random.OneIn(2)) {
    MoveInterval(end, random, operation);
  } else if (operation.return_time != kPending) {
    ChangeAnswer(history, random, operation);
  }
}

// Some times become equal.
void Coarsen(uint64_t unit, History& history) {
  for (HistoryOperation& operation : history.operations) {
    operation.call_time /= unit;
    if (operation.return_time != kPending) operation.return_time /= unit;
  }
}

History RandomHistory(uint64_t operations, Random& random) {
  History history = LinearizableHistory(operations, random);
  const uint64_t changes =
      random.OneIn(8) ? 3 * history.operations.size() : random.Below(4);
  for (uint64_t i = 0; i < changes; ++i) ChangeSomething(history, random);
  if (random.OneIn(4)) Coarsen(2 + random.Below(3), history);
  return history;
}

// With many failed compares, of a value that is there or was a while ago.
History RandomHistoryOfCompares(uint64_t operations, Random& random) {
  WorkloadOptions options;
  options.operations = operations;
  options.clients = 2 + static_cast<uint32_t>(random.Below(4));
  options.seed = random.Next();
  options.mix = {2, 4, 0, 0, 0, 0, 4, 2, 0, 0};
  for (int i = 0; i < 2; ++i) options.mix[random.Below(6)] += 3;
  History history = GenerateWorkload(options);
  for (HistoryOperation& operation : history.operations) {
    if (ComparesValue(operation.kind) && !operation.ok && random.OneIn(3)) {
      operation.old_value = SomeValue(history, random);
    }
  }
  if (random.OneIn(2)) ChangeSomething(history, random);
  return history;
}

// How often each verdict was given by the oracle; how often none by the judge.
struct Counts {
  int linearizable = 0;
  int violations = 0;
  int undecided = 0;
};

// Stops at the first disagreement.
template <typename Generator, typename Oracle>
Counts Compare(uint64_t seed, int histories, Generator generate,
               Oracle is_linearizable) {
  Random random(seed);
  Judge judge;
  Counts counts;
  for (int i = 0; i < histories; ++i) {
    const History history = generate(random);
    const UnambiguousVerdict verdict = judge(history);
    const bool linearizable = is_linearizable(history);
    ++(linearizable ? counts.linearizable : counts.violations);
    if (verdict == kUndecided) {
      ++counts.undecided;
    } else if ((verdict == kLinearizable) != linearizable) {
      ADD_FAILURE() << "judged to be "
                    << (linearizable ? "a violation" : "linearizable") << ":\n"
                    << ToJsonLines(history);
      break;
    }
  }
  return counts;
}

void ExpectBothVerdictsAndFewUndecided(const Counts& counts) {
  const int histories = counts.linearizable + counts.violations;
  EXPECT_GT(counts.linearizable, histories / 10);
  EXPECT_GT(counts.violations, histories / 10);
  EXPECT_LT(counts.undecided, histories / 200);
}

TEST(UnambiguousTest, AgreesWithTheOracle) {
  ExpectBothVerdictsAndFewUndecided(Compare(
      1, kHistories, [](Random& random) { return RandomHistory(8, random); },
      BruteForceIsLinearizable));
}

TEST(UnambiguousTest, AgreesWithTheSearchOnLargerHistories) {
  Checker checker;
  ExpectBothVerdictsAndFewUndecided(Compare(
      2, kHistories / 4,
      [](Random& random) { return RandomHistory(24, random); },
      [&](const History& history) { return checker.IsLinearizable(history); }));
}

TEST(UnambiguousTest, AgreesWithTheSearchWhereComparesFail) {
  Checker checker;
  ExpectBothVerdictsAndFewUndecided(Compare(
      3, kHistories,
      [](Random& random) {
        return RandomHistoryOfCompares(7 + random.Below(6), random);
      },
      [&](const History& history) { return checker.IsLinearizable(history); }));
}

// Every history of `operations` calls of one key, up to what does not matter
// for linearizability: calls come in order, no times are equal, the n-th call
// stores n, and of several calls that come down to the same step one is made.
class EveryHistory {
 public:
  EveryHistory(size_t operations, bool pending)
      : operations_(operations), pending_(pending) {}

  // Calls `visit` with each.
  template <typename Visitor>
  void ForEach(Visitor visit) {
    History history;
    Extend(history, 0, visit);
  }

 private:
  template <typename Visitor>
  void Extend(History& history, uint64_t now, Visitor& visit) {
    bool complete = history.operations.size() == operations_;
    for (size_t i = 0; i < history.operations.size(); ++i) {
      if (history.operations[i].return_time != kOpen) continue;
      complete = false;
      history.operations[i].return_time = now;
      Extend(history, now + 1, visit);
      history.operations[i].return_time = kOpen;
    }
    if (complete) visit(history);
    if (history.operations.size() == operations_) return;
    for (HistoryOperation& call : Calls(history.operations.size() + 1)) {
      call.call_time = now;
      history.operations.push_back(call);
      Extend(history, now + 1, visit);
      history.operations.pop_back();
    }
  }

  std::vector<HistoryOperation> Calls(Value stored) const {
    HistoryBuilder h;
    h.At(0, kOpen).Store(0, stored);
    h.At(0, kOpen).Delete(0);
    h.At(0, kOpen).Load(0);
    h.At(0, kOpen).Swap(0, stored);
    for (Value seen = 1; seen <= operations_; ++seen) {
      h.At(0, kOpen).Load(0, seen);
      h.At(0, kOpen).Swap(0, stored, seen);
      h.At(0, kOpen).LoadAndDelete(0, seen);
      h.At(0, kOpen).CompareAndDelete(0, seen, false);
    }
    if (pending_) {
      h.PendingSince(0).Store(0, stored);
      h.PendingSince(0).Delete(0);
      h.PendingSince(0).LoadOrStoreStored(0, stored);
      for (Value old = 1; old <= operations_; ++old) {
        h.PendingSince(0).CompareAndSwap(0, old, stored);
        h.PendingSince(0).CompareAndDelete(0, old);
      }
    }
    return h.history().operations;
  }

  // The return of a call that is yet to return.
  static constexpr uint64_t kOpen = kPending - 1;

  const size_t operations_;
  const bool pending_;
};

TEST(UnambiguousTest, AgreesWithTheOracleOnEveryHistoryOfThreeCalls) {
  Judge judge;
  int histories = 0;
  EveryHistory(3, /*pending=*/true).ForEach([&](const History& history) {
    ++histories;
    const UnambiguousVerdict verdict = judge(history);
    if (verdict == kUndecided) return;
    EXPECT_EQ(verdict == kLinearizable, BruteForceIsLinearizable(history))
        << ToJsonLines(history);
  });
  EXPECT_GT(histories, 100'000);
}

// Long workloads, legal and with a stale Load. In these, each kind of failed
// compare is met a thousand times.
TEST(UnambiguousTest, DecidesLongWorkloads) {
  Judge judge;
  for (WorkloadTiming timing :
       {WorkloadTiming::kTight, WorkloadTiming::kStall}) {
    for (const OperationMix& mix :
         {RegisterMix(), MapMix(), ReadModifyWriteMix(), AllMix()}) {
      for (uint32_t clients : {4u, 16u, 64u}) {
        WorkloadOptions options;
        options.operations = 10'000;
        options.clients = clients;
        options.mix = mix;
        options.timing = timing;
        EXPECT_EQ(judge(GenerateWorkload(options)), kLinearizable);
        options.plant_stale_load = true;
        EXPECT_EQ(judge(GenerateWorkload(options)), kViolation);
      }
    }
  }
}

TEST(UnambiguousTest, LeavesValuesThatAreStoredTwiceToTheSearch) {
  HistoryBuilder h;
  h.At(0, 1).Store(0, 1);
  h.At(2, 3).Store(0, 1);
  EXPECT_EQ(Judge()(h.history()), kUndecided);
}

TEST(UnambiguousTest, APendingStoreThatWasSeenHappened) {
  HistoryBuilder h;
  h.PendingSince(0).By(0).Store(0, 1);
  h.At(1, 2).By(1).Load(0, 1);
  EXPECT_EQ(Judge()(h.history()), kLinearizable);
  h.At(3, 4).By(1).Delete(0);
  h.At(5, 6).By(1).Load(0, 1);
  EXPECT_EQ(Judge()(h.history()), kViolation);
}

TEST(UnambiguousTest, APendingCompareAndDeleteMayRemoveItsValueOnly) {
  HistoryBuilder h;
  h.At(0, 1).By(0).Store(0, 1);
  h.PendingSince(2).By(1).CompareAndDelete(0, 1);
  h.At(3, 4).By(0).Load(0);
  EXPECT_EQ(Judge()(h.history()), kLinearizable);
  h.At(5, 6).By(0).Store(0, 2);
  h.At(7, 8).By(0).Load(0);
  EXPECT_NE(Judge()(h.history()), kLinearizable);
}

// The values of a chain leave the failed compare no moment.
TEST(UnambiguousTest, AFailedCompareCanBeImpossibleWithinAChain) {
  HistoryBuilder h;
  h.At(0, 1).By(0).Store(0, 1);
  h.At(2, 3).By(0).CompareAndSwap(0, 1, 9, false);
  h.At(4, 5).By(0).Load(0, 1);
  EXPECT_EQ(Judge()(h.history()), kViolation);
}

// Value 2 could come early, for the sake of the failed compare, and be deleted
// at 10 only: too late for the read that found nothing.
TEST(UnambiguousTest, AChainThatBeginsEarlyLeavesNoRoomForOthers) {
  HistoryBuilder h;
  h.At(0, 1).By(0).Store(0, 1);
  h.At(2, 9).By(0).Load(0);
  h.At(3, 20).By(1).Store(0, 2);
  h.At(4, 5).By(2).CompareAndDelete(0, 1, false);
  h.At(10, 21).By(2).CompareAndDelete(0, 2, true);
  EXPECT_EQ(Judge()(h.history()), kViolation);
}

// Value 2 would have to come by 5, but not before 7.
TEST(UnambiguousTest, AChainThatBeginsEarlyHasFailedComparesToo) {
  HistoryBuilder h;
  h.At(0, 1).By(0).Store(0, 1);
  h.At(3, 20).By(1).Store(0, 2);
  h.At(4, 5).By(2).CompareAndDelete(0, 1, false);
  h.At(7, 8).By(2).CompareAndDelete(0, 2, false);
  h.At(10, 21).By(2).CompareAndDelete(0, 2, true);
  EXPECT_NE(Judge()(h.history()), kLinearizable);
}

TEST(UnambiguousTest, AChainBeginsEarlyForAFailedCompare) {
  HistoryBuilder h;
  h.At(0, 1).By(0).Store(0, 1);
  h.At(3, 20).By(1).Store(0, 2);
  h.At(4, 5).By(2).CompareAndDelete(0, 1, false);
  h.At(10, 21).By(2).CompareAndDelete(0, 2, true);
  EXPECT_EQ(Judge()(h.history()), kLinearizable);
}

}  // namespace
}  // namespace mortsafe
