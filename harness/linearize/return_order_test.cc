#include "harness/linearize/return_order.h"

#include <cstdint>
#include <vector>

#include "gtest/gtest.h"
#include "harness/linearize/step.h"

namespace mortsafe {
namespace {

// A step that finds `needed` and, if it writes, leaves `stored`.
Step Reading(uint64_t call, uint64_t ret, CellState needed) {
  Step step;
  step.call_time = call;
  step.return_time = ret;
  step.need = Need::kExactly;
  step.needed = needed;
  return step;
}

Step Writing(uint64_t call, uint64_t ret, CellState stored) {
  Step step;
  step.call_time = call;
  step.return_time = ret;
  step.effect = Effect::kSet;
  step.stored = stored;
  return step;
}

bool Explains(const std::vector<Step>& steps) {
  ReturnOrder order;
  return order.Explains(steps);
}

TEST(ReturnOrderTest, WritesTakeEffectWhenTheyReturn) {
  EXPECT_TRUE(Explains({Writing(1, 6, 1), Writing(2, 4, 2), Reading(7, 8, 1)}));
  EXPECT_FALSE(
      Explains({Writing(1, 6, 1), Writing(2, 4, 2), Reading(7, 8, 2)}));
}

TEST(ReturnOrderTest, AReadMayFindAnyStateOfItsInterval) {
  for (const CellState state : {kAbsent, CellState{1}, CellState{2}}) {
    EXPECT_TRUE(
        Explains({Reading(1, 9, state), Writing(2, 3, 1), Writing(4, 5, 2)}));
  }
  EXPECT_FALSE(
      Explains({Writing(1, 3, 1), Writing(4, 6, 2), Reading(7, 8, 1)}));
  EXPECT_FALSE(Explains({Reading(1, 2, 1), Writing(3, 4, 1)}));
}

TEST(ReturnOrderTest, WhatEndsAsAReadBeginsIsConcurrentWithIt) {
  EXPECT_TRUE(Explains({Writing(1, 5, 1), Reading(5, 6, kAbsent)}));
}

TEST(ReturnOrderTest, AWriteMustFindWhatItAnswered) {
  Step swap = Writing(4, 5, 2);
  swap.need = Need::kExactly;
  swap.needed = 1;
  EXPECT_TRUE(Explains({Writing(1, 3, 1), swap}));
  swap.needed = kAbsent;
  EXPECT_FALSE(Explains({Writing(1, 3, 1), swap}));
}

TEST(ReturnOrderTest, PendingWritesNeverTakeEffect) {
  Step pending = Writing(1, kPending, 1);
  pending.optional = true;
  EXPECT_TRUE(Explains({pending, Reading(2, 3, kAbsent)}));
  EXPECT_FALSE(Explains({pending, Reading(2, 3, 1)}));
}

}  // namespace
}  // namespace mortsafe
