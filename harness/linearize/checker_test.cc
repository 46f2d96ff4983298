// What is linearizable and what is not, case by case. How violations are named
// and told: explain_test.cc. Random histories: checker_differential_test.cc.

#include "harness/linearize/checker.h"

#include <optional>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "harness/base/violation_kind.h"
#include "harness/linearize/history_builder.h"
#include "harness/linearize/violation.h"

namespace mortsafe {
namespace {

bool IsLinearizable(const HistoryBuilder& builder) {
  return Checker().IsLinearizable(builder.history());
}

TEST(CheckerTest, NothingHappenedIsLinearizable) {
  EXPECT_TRUE(IsLinearizable(HistoryBuilder()));
}

TEST(CheckerTest, AMapStartsEmpty) {
  HistoryBuilder h;
  h.At(0, 1).Load(0);
  h.At(2, 3).LoadAndDelete(0);
  h.At(4, 5).CompareAndSwap(0, 0, 1, false);
  h.At(6, 7).CompareAndDelete(0, 0, false);
  h.At(8, 9).Range({});
  h.At(10, 11).LoadOrStoreStored(0, 1);
  EXPECT_TRUE(IsLinearizable(h));
}

// Each operation after Store(0, 1), alone: the answer that fits, and others.
template <typename Operation>
bool FitsAfterStore(Operation operation) {
  HistoryBuilder h;
  h.At(0, 1).Store(0, 1);
  h.At(2, 3);
  operation(h);
  return IsLinearizable(h);
}

TEST(CheckerTest, LoadMustSeeTheStore) {
  EXPECT_TRUE(FitsAfterStore([](auto& h) { h.Load(0, 1); }));
  EXPECT_FALSE(FitsAfterStore([](auto& h) { h.Load(0, 2); }));
  EXPECT_FALSE(FitsAfterStore([](auto& h) { h.Load(0); }));
  EXPECT_TRUE(FitsAfterStore([](auto& h) { h.Load(1); }));
}

TEST(CheckerTest, LoadOrStoreMustSeeTheStore) {
  EXPECT_TRUE(FitsAfterStore([](auto& h) { h.LoadOrStoreLoaded(0, 2, 1); }));
  EXPECT_FALSE(FitsAfterStore([](auto& h) { h.LoadOrStoreLoaded(0, 2, 2); }));
  EXPECT_FALSE(FitsAfterStore([](auto& h) { h.LoadOrStoreStored(0, 2); }));
}

TEST(CheckerTest, LoadAndDeleteMustSeeTheStore) {
  EXPECT_TRUE(FitsAfterStore([](auto& h) { h.LoadAndDelete(0, 1); }));
  EXPECT_FALSE(FitsAfterStore([](auto& h) { h.LoadAndDelete(0, 2); }));
  EXPECT_FALSE(FitsAfterStore([](auto& h) { h.LoadAndDelete(0); }));
}

TEST(CheckerTest, SwapMustSeeTheStore) {
  EXPECT_TRUE(FitsAfterStore([](auto& h) { h.Swap(0, 2, 1); }));
  EXPECT_FALSE(FitsAfterStore([](auto& h) { h.Swap(0, 2, 2); }));
  EXPECT_FALSE(FitsAfterStore([](auto& h) { h.Swap(0, 2); }));
}

TEST(CheckerTest, ComparesMustSeeTheStore) {
  EXPECT_TRUE(FitsAfterStore([](auto& h) { h.CompareAndSwap(0, 1, 2, true); }));
  EXPECT_FALSE(FitsAfterStore([](auto& h) { h.CompareAndSwap(0, 1, 2); }));
  EXPECT_TRUE(FitsAfterStore([](auto& h) { h.CompareAndSwap(0, 2, 3); }));
  EXPECT_FALSE(
      FitsAfterStore([](auto& h) { h.CompareAndSwap(0, 2, 3, true); }));
  EXPECT_TRUE(FitsAfterStore([](auto& h) { h.CompareAndDelete(0, 1, true); }));
  EXPECT_FALSE(FitsAfterStore([](auto& h) { h.CompareAndDelete(0, 1); }));
}

TEST(CheckerTest, RangeMustShowTheStoreOnce) {
  EXPECT_TRUE(FitsAfterStore([](auto& h) { h.Range({{0, 1}}); }));
  EXPECT_FALSE(FitsAfterStore([](auto& h) { h.Range({}); }));
  EXPECT_FALSE(FitsAfterStore([](auto& h) { h.Range({{0, 2}}); }));
  EXPECT_FALSE(FitsAfterStore([](auto& h) { h.Range({{0, 1}, {0, 1}}); }));
  EXPECT_FALSE(FitsAfterStore([](auto& h) { h.Range({{0, 1}, {1, 1}}); }));
}

TEST(CheckerTest, AStoppedRangeSaysNothingOfWhatItDidNotVisit) {
  EXPECT_TRUE(FitsAfterStore([](auto& h) { h.StoppedRange({}); }));
  EXPECT_FALSE(FitsAfterStore([](auto& h) { h.StoppedRange({{0, 2}}); }));
  EXPECT_FALSE(
      FitsAfterStore([](auto& h) { h.StoppedRange({{0, 1}, {0, 1}}); }));
}

TEST(CheckerTest, AnswersThatContradictThemselvesFitNothing) {
  HistoryBuilder h;
  h.At(0, 1).LoadOrStoreStored(0, 1);
  History history = h.history();
  history.operations[0].result = 2;
  EXPECT_FALSE(Checker().IsLinearizable(history));
}

// Whether a Load of key 0 that is open while Store(0, 1) is may return this.
bool FitsBesideStore(std::optional<Value> found) {
  HistoryBuilder h;
  h.At(0, 3).By(1).Store(0, 1);
  h.At(1, 2).By(2).Load(0, found);
  return IsLinearizable(h);
}

TEST(CheckerTest, ConcurrentOperationsMayTakeEffectInEitherOrder) {
  EXPECT_TRUE(FitsBesideStore(kNone));
  EXPECT_TRUE(FitsBesideStore(1));
  EXPECT_FALSE(FitsBesideStore(2));
}

TEST(CheckerTest, WhatOneReadSawALaterOneMustNotUnsee) {
  HistoryBuilder h;
  h.At(0, 9).By(1).Store(0, 1);
  h.At(1, 2).By(2).Load(0, 1);
  h.At(3, 4).By(3).Load(0);
  EXPECT_FALSE(IsLinearizable(h));
}

TEST(CheckerTest, EqualTimesAreConcurrent) {
  HistoryBuilder touching;
  touching.At(0, 1).By(1).Store(0, 1);
  touching.At(1, 2).By(2).Load(0);
  EXPECT_TRUE(IsLinearizable(touching));
  HistoryBuilder apart;
  apart.At(0, 1).By(1).Store(0, 1);
  apart.At(2, 2).By(2).Load(0);
  EXPECT_FALSE(IsLinearizable(apart));
}

TEST(CheckerTest, OperationsMayStandInAnyOrder) {
  HistoryBuilder h;
  h.At(4, 5).By(2).Load(0, 1);
  h.At(2, 3).By(1).Delete(0);
  h.At(0, 1).Store(0, 1);
  EXPECT_FALSE(IsLinearizable(h));
}

TEST(CheckerTest, APendingOperationMayTakeEffectAtAnyTimeOrNever) {
  HistoryBuilder h;
  h.PendingSince(0).By(1).Store(0, 1);
  h.PendingSince(0).By(2).LoadAndDelete(0);
  h.PendingSince(0).By(3).Load(0);
  h.At(1, 2).By(4).Load(0);
  h.At(3, 4).By(4).Load(0, 1);
  h.At(5, 6).By(4).Load(0);
  EXPECT_TRUE(IsLinearizable(h));
  h.At(7, 8).By(4).Load(0, 1);
  EXPECT_FALSE(IsLinearizable(h));
}

TEST(CheckerTest, APendingOperationTakesNoEffectBeforeItsCall) {
  HistoryBuilder h;
  h.At(0, 1).By(2).Load(0, 1);
  h.PendingSince(2).By(1).Store(0, 1);
  EXPECT_FALSE(IsLinearizable(h));
}

TEST(CheckerTest, APendingLoadOrStoreNeverOverwrites) {
  HistoryBuilder h;
  h.At(0, 1).Store(0, 1);
  h.PendingSince(2).By(1).LoadOrStoreStored(0, 2);
  h.At(3, 4).By(2).Load(0, 2);
  EXPECT_FALSE(IsLinearizable(h));
}

TEST(CheckerTest, APendingCompareAndSwapNeedsItsOldValue) {
  HistoryBuilder h;
  h.At(0, 1).Store(0, 1);
  h.PendingSince(2).By(1).CompareAndSwap(0, 1, 2);
  h.PendingSince(2).By(2).CompareAndSwap(0, 3, 4);
  h.At(3, 4).By(3).Load(0, 2);
  EXPECT_TRUE(IsLinearizable(h));
  h.At(5, 6).By(3).Load(0, 4);
  EXPECT_FALSE(IsLinearizable(h));
}

TEST(CheckerTest, AValueStoredTwiceMayBeTakenTwice) {
  HistoryBuilder h;
  h.At(0, 1).Store(0, 1);
  h.At(2, 5).By(1).LoadAndDelete(0, 1);
  h.At(3, 6).By(2).LoadAndDelete(0, 1);
  EXPECT_FALSE(IsLinearizable(h));
  h.At(4, 7).By(3).Store(0, 1);
  EXPECT_TRUE(IsLinearizable(h));
}

TEST(CheckerTest, KeysDoNotDisturbEachOther) {
  HistoryBuilder h;
  h.At(0, 1).Store(0, 1);
  h.At(2, 3).Store(7'000'000'000, 1);
  h.At(4, 5).Delete(0);
  h.At(6, 7).Load(7'000'000'000, 1);
  h.At(8, 9).Load(0);
  EXPECT_TRUE(IsLinearizable(h));
}

TEST(CheckerTest, ARangeLooksAtEachKeyAtItsOwnMoment) {
  HistoryBuilder h;
  h.At(0, 1).Store(0, 1);
  h.At(2, 9).By(1).Range({{0, 1}, {1, 2}});
  h.At(3, 4).By(2).Delete(0);
  h.At(5, 6).By(2).Store(1, 2);
  EXPECT_TRUE(IsLinearizable(h));
}

TEST(CheckerTest, ClearEmptiesEveryKey) {
  HistoryBuilder h;
  h.At(0, 1).Store(0, 1);
  h.At(2, 3).Store(1, 2);
  h.At(4, 5).By(1).Clear();
  h.At(6, 7).Load(0);
  EXPECT_TRUE(IsLinearizable(h));
  h.At(8, 9).Load(1, 2);
  EXPECT_FALSE(IsLinearizable(h));
}

// Store(0, 1) and Store(1, 2) are done; during a Clear, one client loads key 0
// and then key 1.
bool FitsBesideClear(std::optional<Value> first, std::optional<Value> second) {
  HistoryBuilder h;
  h.At(0, 1).Store(0, 1);
  h.At(2, 3).Store(1, 2);
  h.At(4, 9).By(1).Clear();
  h.At(5, 6).By(2).Load(0, first);
  h.At(7, 8).By(2).Load(1, second);
  return IsLinearizable(h);
}

TEST(CheckerTest, ClearIsOneStepOverAllKeys) {
  EXPECT_TRUE(FitsBesideClear(1, 2));
  EXPECT_TRUE(FitsBesideClear(1, kNone));
  EXPECT_TRUE(FitsBesideClear(kNone, kNone));
  EXPECT_FALSE(FitsBesideClear(kNone, 2));
}

TEST(CheckerTest, APendingClearEmptiesAllKeysOrNone) {
  HistoryBuilder h;
  h.At(0, 1).Store(0, 1);
  h.At(2, 3).Store(1, 2);
  h.PendingSince(4).By(1).Clear();
  h.At(5, 6).By(2).Load(1, 2);
  h.At(7, 8).By(2).Load(0);
  EXPECT_TRUE(IsLinearizable(h));
  h.At(9, 10).By(2).Load(1, 2);
  EXPECT_FALSE(IsLinearizable(h));
}

TEST(CheckerTest, ClearsOverManyKeysAndValuesAreExact) {
  HistoryBuilder h;
  for (Key key = 0; key < 40; ++key) h.At(key, key).Store(key, 1000 + key);
  h.At(50, 90).By(1).Clear();
  for (Key key = 0; key < 20; ++key) {
    h.At(51 + key, 51 + key).By(2).Load(key, 1000 + key);
  }
  for (Key key = 20; key < 39; ++key) h.At(51 + key, 51 + key).By(2).Load(key);
  EXPECT_TRUE(IsLinearizable(h));
  h.At(95, 96).By(2).Load(39, 1039);
  EXPECT_FALSE(IsLinearizable(h));
}

TEST(CheckerTest, OneCheckerJudgesManyHistories) {
  Checker checker;
  HistoryBuilder good;
  good.At(0, 1).Store(0, 1);
  good.At(2, 3).Load(0, 1);
  HistoryBuilder bad;
  bad.At(0, 1).Store(0, 1);
  bad.At(2, 3).Load(0);
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(checker.IsLinearizable(good.history()));
    EXPECT_FALSE(checker.IsLinearizable(bad.history()));
  }
}

TEST(CheckerTest, DecidesWithAnyNumberOfOpenOperationsWhereValuesAreDistinct) {
  HistoryBuilder h;
  for (uint64_t i = 0; i < 5'000; ++i) h.At(i, 20'000).Store(0, i);
  for (uint64_t i = 0; i < 5'000; ++i) h.At(6'000 + i, 20'001).Load(0, i);
  EXPECT_EQ(Checker().Judge(h.history()), Verdict::kLinearizable);
  h.At(20'002, 20'003).Load(0, 7);
  EXPECT_EQ(Checker().Judge(h.history()), Verdict::kLinearizable);
  h.At(20'004, 20'005).Load(0, 8);
  EXPECT_EQ(Checker().Judge(h.history()), Verdict::kViolation);
}

TEST(CheckerTest, RangesFullOfGarbageAreJudged) {
  const auto garbage = [](Key first) {
    std::vector<std::pair<Key, Value>> entries;
    for (Key key = first; key < first + 16; ++key) entries.emplace_back(key, 1);
    return entries;
  };
  HistoryBuilder h;
  h.At(0, 1).Store(0, 1);
  h.At(2, 9).By(1).Range(garbage(100));
  h.At(3, 8).By(2).Range(garbage(200));
  h.At(4, 7).By(3).Clear();
  h.At(4, 7).By(4).Load(0, 1);
  Checker checker;
  EXPECT_FALSE(checker.IsLinearizable(h.history()));
  const std::optional<Violation> violation = checker.Explain(h.history());
  ASSERT_TRUE(violation.has_value());
  EXPECT_EQ(violation->kind, ViolationKind::kValueFromNowhere);
}

}  // namespace
}  // namespace mortsafe
