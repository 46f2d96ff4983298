// The streaming checker says of a history what the checker says that sees it as
// a whole, and remembers nothing that it need not.

#include "harness/linearize/stream_checker.h"

#include <cstdint>
#include <limits>

#include "gtest/gtest.h"
#include "harness/base/random.h"
#include "harness/linearize/checker.h"
#include "harness/linearize/history_builder.h"
#include "harness/linearize/history_generator.h"
#include "harness/linearize/workload.h"

namespace mortsafe {
namespace {

Verdict Judge(History history, StreamChecker& checker) {
  SortByCall(history);
  checker.Reset();
  for (const HistoryOperation& operation : history.operations) {
    checker.Add(operation);
  }
  return checker.Finish();
}

Verdict Judge(const WorkloadOptions& options, StreamChecker& checker) {
  checker.Reset();
  Workload workload(options);
  while (std::optional<HistoryOperation> operation = workload.Next()) {
    if (checker.Add(*operation) != Verdict::kLinearizable) break;
  }
  return checker.Finish();
}

TEST(StreamCheckerTest, AgreesWithTheCheckerOnSmallHistories) {
  Random random(1);
  Checker whole;
  StreamChecker stream;
  int violations = 0;
  for (int i = 0; i < 20'000; ++i) {
    const History history = GenerateHistory(HistoryBounds(), random);
    const bool linearizable = whole.IsLinearizable(history);
    ASSERT_EQ(Judge(history, stream) == Verdict::kLinearizable, linearizable)
        << "history " << i;
    violations += linearizable ? 0 : 1;
  }
  EXPECT_GT(violations, 2'000);
}

TEST(StreamCheckerTest, AcceptsWhatACorrectMapDoesFarBeyondItsWindow) {
  WorkloadOptions options;
  options.operations = 30'000;
  options.clients = 6;
  options.keys = 5;
  options.mix = AllMix();
  StreamChecker checker;
  EXPECT_EQ(Judge(options, checker), Verdict::kLinearizable);
  EXPECT_EQ(checker.operations(), options.operations);
}

TEST(StreamCheckerTest, FindsTheOneStaleLoad) {
  WorkloadOptions options;
  options.operations = 30'000;
  options.clients = 6;
  options.keys = 5;
  options.mix = AllMix();
  options.plant_stale_load = true;
  StreamChecker checker;
  EXPECT_EQ(Judge(options, checker), Verdict::kViolation);
  EXPECT_LT(checker.operations(), 25'000u) << "it need not read on";
  EXPECT_TRUE(checker.decision().key.has_value());
}

TEST(StreamCheckerTest, ForgetsKeysThatAreEmptyAgain) {
  // Each key is used once: stored, loaded and deleted, never to return. What
  // was forgotten is as good as new, so a wrong answer later is still wrong.
  StreamChecker checker;
  checker.Reset();
  HistoryBuilder h;
  uint64_t now = 0;
  for (Key key = 0; key < 20'000; ++key, now += 6) {
    h.At(now, now + 1).Store(key, 1);
    h.At(now + 2, now + 3).Load(key, 1);
    h.At(now + 4, now + 5).Delete(key);
  }
  for (const HistoryOperation& operation : h.history().operations) {
    ASSERT_EQ(checker.Add(operation), Verdict::kLinearizable);
  }
  EXPECT_LT(checker.live_keys(), 10'000u);
  HistoryBuilder late;
  late.At(now, now + 1).Load(3, 1);
  checker.Add(late.history().operations[0]);
  EXPECT_EQ(checker.Finish(), Verdict::kViolation);
  EXPECT_EQ(checker.decision().time, now + 1);
  EXPECT_EQ(checker.decision().key, Key{3});
}

TEST(StreamCheckerTest, NamesNoKeyWhereOnlySeveralTogetherAreWrong) {
  // A Load saw key 0 cleared before another Load saw key 1 still there.
  HistoryBuilder h;
  h.At(0, 1).Store(0, 1);
  h.At(2, 3).Store(1, 1);
  h.At(4, 20).By(1).Clear();
  h.At(5, 6).Load(0, kNone);
  h.At(7, 8).Load(1, 1);
  StreamChecker checker;
  EXPECT_EQ(Judge(h.history(), checker), Verdict::kViolation);
  EXPECT_EQ(checker.decision().key, std::nullopt);
}

TEST(StreamCheckerTest, TwoClearsBeforeOneReturnHaveOtherStepsBetweenThem) {
  // Clear, Swap to 2, Clear, Swap to 3, all before the return at 9.
  HistoryBuilder h;
  h.At(0, 1).Swap(0, 3, kNone);
  h.At(2, 9).By(1).Swap(0, 3, kNone);
  h.At(2, 10).By(2).Swap(0, 2, kNone);
  h.At(4, 10).By(3).Clear();
  h.At(7, 10).By(4).Clear();
  h.At(12, 13).Load(0, 3);
  StreamChecker checker;
  EXPECT_EQ(Judge(h.history(), checker), Verdict::kLinearizable);
}

TEST(StreamCheckerTest, TheNumberOfWorkersChangesNothing) {
  Random random(3);
  StreamChecker alone;
  StreamChecker three(3);
  int violations = 0;
  for (uint64_t seed = 1; seed <= 12; ++seed) {
    WorkloadOptions options;
    options.operations = 12'000;
    options.clients = 12;
    options.keys = 7;
    options.seed = seed;
    options.mix = seed % 3 == 0 ? MapMix() : AllMix();
    options.values = seed % 2 == 0 ? 50 : 0;
    History history = GenerateWorkload(options);
    // Some have several violations, of which the same one must come first.
    for (uint64_t confused = 0; confused < seed % 4; ++confused) {
      HistoryOperation& operation =
          history.operations[random.Below(history.operations.size())];
      if (operation.result.has_value()) operation.result = random.Below(50);
    }
    const Verdict verdict = Judge(history, alone);
    ASSERT_EQ(Judge(history, three), verdict) << "seed " << seed;
    if (verdict == Verdict::kLinearizable) continue;
    ++violations;
    EXPECT_EQ(three.decision().time, alone.decision().time);
    EXPECT_EQ(three.decision().key, alone.decision().key);
  }
  EXPECT_GE(violations, 4);
}

TEST(StreamCheckerTest, OfSeveralViolationsTheFirstOneIsToldByWhoeverFindsIt) {
  for (const Key first : {1, 2}) {
    HistoryBuilder h;
    for (uint32_t i = 0; i < 8; ++i) h.At(i, 5'000).By(i).Store(0, i);
    for (uint64_t i = 0; i < 400; ++i) {
      // Each of the two keys shows what nobody stored, one earlier than the
      // other.
      const Key key = 1 + i % 2;
      const uint64_t first_wrong = key == first ? 200 : 250;
      const bool is_wrong = i >= first_wrong;
      h.At(100 + 2 * i, 101 + 2 * i)
          .By(9)
          .Load(key, is_wrong ? std::optional<Value>(7) : kNone);
    }
    for (const size_t workers : {1, 2, 3}) {
      StreamChecker checker(workers);
      EXPECT_EQ(Judge(h.history(), checker), Verdict::kViolation);
      EXPECT_EQ(checker.decision().key, first) << workers << " workers";
    }
  }
}

TEST(StreamCheckerTest, AnOpenClearOverManyKeysIsAsExactAsOverOne) {
  constexpr Key kKeys = 1'000;
  HistoryBuilder h;
  for (Key key = 0; key < kKeys; ++key) h.At(key, key).Store(key, 1 + key);
  h.PendingSince(kKeys).By(1).Clear();
  for (Key key = 0; key < kKeys; ++key) {
    const uint64_t time = 2 * (kKeys + key);
    // Until the Clear has taken effect every key is there, then none is.
    const bool is_there = key < kKeys / 2;
    h.At(time, time).Load(key, is_there ? std::optional(1 + key) : kNone);
  }
  StreamChecker checker;
  EXPECT_EQ(Judge(h.history(), checker), Verdict::kLinearizable);
  h.At(5 * kKeys, 5 * kKeys).Load(kKeys / 2 - 1, kKeys / 2);
  EXPECT_EQ(Judge(h.history(), checker), Verdict::kViolation);
  EXPECT_EQ(checker.decision().time, 5 * kKeys);
}

TEST(StreamCheckerTest, RejectsARangeThatShowsAKeyTwice) {
  HistoryBuilder h;
  h.At(0, 1).Store(4, 1);
  h.At(2, 3).Range({{4, 1}, {4, 1}});
  StreamChecker checker;
  EXPECT_EQ(Judge(h.history(), checker), Verdict::kViolation);
  EXPECT_EQ(checker.decision().time, 3u);
}

TEST(StreamCheckerTest, OnlyARangeThatWasNotStoppedSaysWhatIsNotThere) {
  HistoryBuilder stopped;
  stopped.At(0, 1).Store(4, 1);
  stopped.At(2, 3).StoppedRange({});
  HistoryBuilder whole;
  whole.At(0, 1).Store(4, 1);
  whole.At(2, 3).Range({});
  StreamChecker checker;
  EXPECT_EQ(Judge(stopped.history(), checker), Verdict::kLinearizable);
  EXPECT_EQ(Judge(whole.history(), checker), Verdict::kViolation);
}

TEST(StreamCheckerTest, AKeyThatTurnsUpDuringARangeWasAbsentBefore) {
  HistoryBuilder h;
  h.At(0, 10).By(1).Range({});
  h.At(2, 3).Store(4, 1);
  StreamChecker checker;
  EXPECT_EQ(Judge(h.history(), checker), Verdict::kLinearizable);
}

TEST(StreamCheckerTest, TheGreatestValueIsAValueLikeAnyOther) {
  constexpr Value kGreatest = std::numeric_limits<Value>::max();
  HistoryBuilder h;
  h.At(0, 1).Store(0, kGreatest);
  h.At(2, 3).Load(0, kGreatest);
  h.At(4, 5).Delete(0);
  h.At(6, 7).Load(0, kNone);
  StreamChecker checker;
  EXPECT_EQ(Judge(h.history(), checker), Verdict::kLinearizable);
  h.At(8, 9).Load(0, kGreatest);
  EXPECT_EQ(Judge(h.history(), checker), Verdict::kViolation);
}

TEST(StreamCheckerTest, SaysThatOneValueHasNoState) {
  HistoryBuilder h;
  h.At(7, 8).Store(0, ValueStates::kUnnamed);
  StreamChecker checker;
  EXPECT_EQ(Judge(h.history(), checker), Verdict::kUnknown);
  EXPECT_EQ(checker.decision().time, 7u);
}

}  // namespace
}  // namespace mortsafe
