// A step of an execution as partial-order reduction sees it, and the dependency
// between steps: two executions that order all dependent steps alike are the
// same Mazurkiewicz trace, and clients cannot tell them apart.

#ifndef MORTSAFE_HARNESS_EXPLORE_EXPLORED_STEP_H_
#define MORTSAFE_HARNESS_EXPLORE_EXPLORED_STEP_H_

#include <cstdint>

#include "harness/sync/scheduler.h"

namespace mortsafe {

struct ExploredStep {
  uint16_t thread = 0;
  // Which of its thread's moments it is (HappensBefore); grows with each step.
  uint16_t moment = 0;
  AccessKind kind = AccessKind::kLoad;
  // It can change what others find. A failed compare-exchange only reads.
  bool writes = false;
  // First and last step of an operation: what returned before another was
  // called must stay before it, or a checker would be shown another history.
  bool calls = false;
  bool returns = false;
  // What it wrote, and what a compare-exchange expected, where that is known.
  bool knows_written = false;
  bool knows_expected = false;
  uint64_t written = 0;
  uint64_t expected = 0;
  const volatile void* object = nullptr;
  const volatile void* lock = nullptr;  // The lock that a Wait gives up.
};

inline bool Acquires(AccessKind kind) {
  return kind == AccessKind::kLock || kind == AccessKind::kLockShared;
}

inline bool GivesUp(AccessKind kind) {
  return kind == AccessKind::kUnlock || kind == AccessKind::kUnlockShared ||
         kind == AccessKind::kWait;
}

inline bool IsShared(AccessKind kind) {
  return kind == AccessKind::kLockShared ||
         kind == AccessKind::kTryLockShared ||
         kind == AccessKind::kUnlockShared;
}

// Whether the steps, if they touch one object, do not commute.
inline bool Conflict(const ExploredStep& a, const ExploredStep& b) {
  if (a.writes || b.writes) return true;
  // An attempt to lock exclusively fails for the readers that there are.
  return (a.kind == AccessKind::kTryLock && IsShared(b.kind)) ||
         (b.kind == AccessKind::kTryLock && IsShared(a.kind));
}

inline bool ShareObject(const ExploredStep& a, const ExploredStep& b) {
  if (a.object != nullptr && (a.object == b.object || a.object == b.lock)) {
    return true;
  }
  return a.lock != nullptr && (a.lock == b.object || a.lock == b.lock);
}

// REQUIRES: the steps are of different threads.
inline bool Dependent(const ExploredStep& a, const ExploredStep& b) {
  if ((a.calls && b.returns) || (a.returns && b.calls)) return true;
  return ShareObject(a, b) && Conflict(a, b);
}

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_EXPLORE_EXPLORED_STEP_H_
