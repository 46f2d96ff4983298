#include "harness/linearize/return_order.h"

#include <optional>

#include "gtest/gtest.h"
#include "harness/linearize/history_builder.h"

namespace mortsafe {
namespace {

bool Explains(const HistoryBuilder& h) {
  ReturnOrder order;
  return order.Explains(h.history());
}

// Two overlapping Stores, of which that of 1 returns last; then a Load.
HistoryBuilder TwoStoresThenLoad(Value found) {
  HistoryBuilder h;
  h.At(1, 6).Store(0, 1);
  h.At(2, 4).By(1).Store(0, 2);
  h.At(7, 8).Load(0, found);
  return h;
}

TEST(ReturnOrderTest, WritesTakeEffectWhenTheyReturn) {
  EXPECT_TRUE(Explains(TwoStoresThenLoad(1)));
  EXPECT_FALSE(Explains(TwoStoresThenLoad(2)));
}

TEST(ReturnOrderTest, AWriteTakesEffectEarlierForWhoNeedsIt) {
  HistoryBuilder h;
  h.At(1, 9).Store(0, 1);
  h.At(2, 3).By(1).Load(0);
  h.At(4, 5).By(1).Load(0, 1);
  h.At(6, 7).By(1).LoadAndDelete(0, 1);
  h.At(10, 11).Load(0);
  EXPECT_TRUE(Explains(h));
  HistoryBuilder too_early;
  too_early.At(2, 9).Store(0, 1);
  too_early.At(0, 1).By(1).Load(0, 1);
  EXPECT_FALSE(Explains(too_early));
}

TEST(ReturnOrderTest, AnOpenWriteThatDoesNotHelpIsTakenBack) {
  HistoryBuilder h;
  h.At(1, 9).Store(0, 1);
  h.At(2, 8).By(1).Store(0, 2);
  h.At(3, 4).By(2).Load(0, 1);
  h.At(5, 6).By(2).Load(0, 2);
  h.At(10, 11).Load(0, 2);
  EXPECT_TRUE(Explains(h));
}

TEST(ReturnOrderTest, AReadMayFindAnyStateOfItsInterval) {
  const auto load_across = [](std::optional<Value> found) {
    HistoryBuilder h;
    h.At(1, 9).By(1).Load(0, found);
    h.At(2, 3).Store(0, 1);
    h.At(4, 5).Store(0, 2);
    return Explains(h);
  };
  EXPECT_TRUE(load_across(kNone));
  EXPECT_TRUE(load_across(1));
  EXPECT_TRUE(load_across(2));
  EXPECT_FALSE(load_across(3));

  HistoryBuilder late;
  late.At(1, 3).Store(0, 1);
  late.At(4, 6).Store(0, 2);
  late.At(7, 8).Load(0, 1);
  EXPECT_FALSE(Explains(late));

  HistoryBuilder early;
  early.At(1, 2).Load(0, 1);
  early.At(3, 4).Store(0, 1);
  EXPECT_FALSE(Explains(early));
}

TEST(ReturnOrderTest, WhatEndsAsAReadBeginsIsConcurrentWithIt) {
  HistoryBuilder h;
  h.At(1, 5).Store(0, 1);
  h.At(5, 6).By(1).Load(0, kNone);
  EXPECT_TRUE(Explains(h));
}

TEST(ReturnOrderTest, AWriteMustFindWhatItAnswered) {
  const auto after_store_of_1 = [](auto write) {
    HistoryBuilder h;
    h.At(1, 3).Store(0, 1);
    h.At(4, 5);
    write(h);
    return Explains(h);
  };
  EXPECT_TRUE(after_store_of_1([](auto& h) { h.Swap(0, 2, 1); }));
  EXPECT_FALSE(after_store_of_1([](auto& h) { h.Swap(0, 2); }));
  EXPECT_TRUE(after_store_of_1([](auto& h) { h.LoadAndDelete(0, 1); }));
  EXPECT_FALSE(after_store_of_1([](auto& h) { h.LoadAndDelete(0, 2); }));
  EXPECT_FALSE(after_store_of_1([](auto& h) { h.LoadOrStoreStored(0, 2); }));
  EXPECT_TRUE(
      after_store_of_1([](auto& h) { h.CompareAndSwap(0, 1, 2, true); }));
  EXPECT_FALSE(
      after_store_of_1([](auto& h) { h.CompareAndSwap(0, 2, 3, true); }));
  EXPECT_TRUE(
      after_store_of_1([](auto& h) { h.CompareAndDelete(0, 1, true); }));
  EXPECT_FALSE(
      after_store_of_1([](auto& h) { h.CompareAndDelete(0, 2, true); }));
}

TEST(ReturnOrderTest, AFailureMustHaveBeenPossible) {
  const auto after_store_of_1 = [](auto read) {
    HistoryBuilder h;
    h.At(1, 3).Store(0, 1);
    h.At(4, 5);
    read(h);
    return Explains(h);
  };
  EXPECT_TRUE(after_store_of_1([](auto& h) { h.CompareAndSwap(0, 2, 3); }));
  EXPECT_FALSE(after_store_of_1([](auto& h) { h.CompareAndSwap(0, 1, 3); }));
  EXPECT_FALSE(after_store_of_1([](auto& h) { h.CompareAndDelete(0, 1); }));
  EXPECT_FALSE(after_store_of_1([](auto& h) { h.LoadAndDelete(0); }));
  EXPECT_TRUE(after_store_of_1([](auto& h) { h.LoadOrStoreLoaded(0, 2, 1); }));
  EXPECT_FALSE(after_store_of_1([](auto& h) { h.LoadOrStoreLoaded(0, 2, 2); }));
}

TEST(ReturnOrderTest, ADeleteAndAClearRemove) {
  HistoryBuilder h;
  h.At(1, 2).Store(0, 1);
  h.At(3, 4).Store(1, 2);
  h.At(5, 6).Delete(0);
  h.At(7, 8).Load(0);
  h.At(9, 10).Clear();
  h.At(11, 12).Load(1);
  EXPECT_TRUE(Explains(h));
  h.At(13, 14).Load(1, 2);
  EXPECT_FALSE(Explains(h));
}

TEST(ReturnOrderTest, ARangeReadsEachKeyOnce) {
  const auto range = [](auto look) {
    HistoryBuilder h;
    h.At(1, 2).Store(0, 1);
    h.At(3, 4).Store(1, 2);
    h.At(5, 9).By(1);
    look(h);
    h.At(6, 7).Delete(0);
    return Explains(h);
  };
  EXPECT_TRUE(range([](auto& h) { h.Range({{0, 1}, {1, 2}}); }));
  EXPECT_TRUE(range([](auto& h) { h.Range({{1, 2}}); })) << "after the Delete";
  EXPECT_FALSE(range([](auto& h) { h.Range({{0, 1}}); })) << "1 was there";
  EXPECT_TRUE(range([](auto& h) { h.StoppedRange({{0, 1}}); }));
  EXPECT_FALSE(range([](auto& h) { h.Range({{1, 2}, {1, 2}}); }));
  EXPECT_FALSE(range([](auto& h) { h.Range({{1, 2}, {2, 3}}); }));
}

TEST(ReturnOrderTest, PendingWritesNeverTakeEffect) {
  HistoryBuilder absent;
  absent.PendingSince(1).Store(0, 1);
  absent.At(2, 3).By(1).Load(0);
  EXPECT_TRUE(Explains(absent));
  HistoryBuilder present;
  present.PendingSince(1).Store(0, 1);
  present.At(2, 3).By(1).Load(0, 1);
  EXPECT_FALSE(Explains(present));
}

TEST(ReturnOrderTest, LongHistoriesAreSortedToo) {
  HistoryBuilder h;
  for (uint64_t i = 100; i > 0; --i) {
    h.At(10 * i, 10 * i + 2).Store(i % 3, i);
    h.At(10 * i + 3, 10 * i + 4).By(1).Load(i % 3, i);
  }
  EXPECT_TRUE(Explains(h));
  h.At(1005, 1006).Load(1, 97);
  EXPECT_FALSE(Explains(h));
}

}  // namespace
}  // namespace mortsafe
