// Locks and condition variables as locations of a graph: what each step on them
// reads and writes.

#ifndef MORTSAFE_HARNESS_EXPLORE_LOCK_UPDATES_H_
#define MORTSAFE_HARNESS_EXPLORE_LOCK_UPDATES_H_

#include <cstdint>

#include "harness/sync/scheduler.h"

namespace mortsafe {

// The value of a lock's location: how many share it, or this.
inline constexpr uint64_t kHeld = ~uint64_t{0};

inline uint64_t ValueOf(const LockState& lock) {
  return lock.holders == LockState::kExclusive
             ? kHeld
             : static_cast<uint64_t>(lock.holders);
}

inline uint64_t ApplyOperand(uint64_t, uint64_t operand) { return operand; }
inline uint64_t ApplyAdd(uint64_t before, uint64_t by) { return before + by; }

// How a lock is taken and given up, and how those are counted who wait for a
// condition variable or notify it.
inline constexpr AtomicUpdate kTake = {
    .apply = ApplyOperand,
    .operand = kHeld,
    .condition = AtomicUpdate::Condition::kIfEqual,
    .compared = 0};
inline constexpr AtomicUpdate kTakeShared = {
    .apply = ApplyAdd,
    .operand = 1,
    .condition = AtomicUpdate::Condition::kUnlessEqual,
    .compared = kHeld};
inline constexpr AtomicUpdate kGiveUpShared = {.apply = ApplyAdd,
                                               .operand = ~uint64_t{0}};
inline constexpr AtomicUpdate kCount = {.apply = ApplyAdd, .operand = 1};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_EXPLORE_LOCK_UPDATES_H_
