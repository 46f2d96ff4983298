#include "harness/linearize/value_conservation.h"

#include "gtest/gtest.h"
#include "harness/linearize/history_builder.h"
#include "harness/linearize/workload.h"

namespace mortsafe {
namespace {

std::optional<ValueConservation::Excess> Excess(const HistoryBuilder& h) {
  ValueConservation conservation;
  for (const HistoryOperation& operation : h.history().operations) {
    conservation.Add(operation);
  }
  return conservation.FindExcess();
}

TEST(ValueConservationTest, EachValueThatEnteredMayLeaveOnce) {
  HistoryBuilder h;
  h.At(0, 1).Store(0, 1);
  h.At(2, 3).Swap(0, 2, 1);
  h.At(4, 5).CompareAndSwap(0, 2, 3, true);
  h.At(6, 7).CompareAndDelete(0, 3, true);
  h.At(8, 9).LoadOrStoreStored(0, 4);
  h.At(10, 11).LoadAndDelete(0, 4);
  EXPECT_FALSE(Excess(h).has_value());
  h.At(12, 13).By(1).LoadAndDelete(0, 4);
  ASSERT_TRUE(Excess(h).has_value());
  EXPECT_EQ(Excess(h)->value, 4u);
  EXPECT_EQ(Excess(h)->more, 1);
}

TEST(ValueConservationTest, WhatWasOnlySeenOrNotDoneDoesNotLeave) {
  HistoryBuilder h;
  h.At(0, 1).Store(0, 1);
  h.At(2, 3).Load(0, 1);
  h.At(4, 5).CompareAndDelete(0, 1, false);
  h.At(6, 7).LoadOrStoreLoaded(0, 2, 1);
  h.At(8, 9).LoadAndDelete(0, 1);
  EXPECT_FALSE(Excess(h).has_value());
  h.At(10, 11).LoadAndDelete(0,
                             2);  // A LoadOrStore that loaded stored nothing.
  EXPECT_TRUE(Excess(h).has_value());
}

TEST(ValueConservationTest, AStoreThatNeverReturnedMayHaveHappened) {
  HistoryBuilder h;
  h.PendingSince(0).By(1).Swap(0, 7);
  h.At(2, 3).LoadAndDelete(0, 7);
  EXPECT_FALSE(Excess(h).has_value());
}

TEST(ValueConservationTest, KeysAreCountedApart) {
  HistoryBuilder h;
  h.At(0, 1).Store(0, 1);
  h.At(2, 3).LoadAndDelete(1, 1);
  EXPECT_TRUE(Excess(h).has_value());
}

TEST(ValueConservationTest, WhatACorrectMapDoesConservesValues) {
  WorkloadOptions options;
  options.operations = 20'000;
  options.keys = 3;
  options.mix = MapMix();
  options.values = 9;
  options.pending_per_million = 1'000;
  Workload workload(options);
  ValueConservation conservation;
  while (std::optional<HistoryOperation> operation = workload.Next()) {
    conservation.Add(*operation);
  }
  EXPECT_FALSE(conservation.FindExcess().has_value());
}

}  // namespace
}  // namespace mortsafe
