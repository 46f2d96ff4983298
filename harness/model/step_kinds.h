// Kinds of steps that Execution treats alike.

#ifndef MORTSAFE_HARNESS_MODEL_STEP_KINDS_H_
#define MORTSAFE_HARNESS_MODEL_STEP_KINDS_H_

#include <cstdint>

#include "harness/sync/scheduler.h"

namespace mortsafe {

// What a strategy that follows every step does not see as one.
inline bool IsUnscheduled(AccessKind kind) {
  return kind == AccessKind::kPlainRead || kind == AccessKind::kPlainWrite ||
         kind == AccessKind::kYield;
}

// What may come of it in more than one way that others find.
inline bool IsChange(AccessKind kind) {
  return kind != AccessKind::kLoad && !IsUnscheduled(kind);
}

// What a report tells by the history.
inline bool IsOfHistory(AccessKind kind) {
  return kind == AccessKind::kCall || kind == AccessKind::kReturn;
}

constexpr uint32_t KindBit(AccessKind kind) {
  return uint32_t{1} << static_cast<uint32_t>(kind);
}

inline constexpr uint32_t kAtomicKinds = KindBit(AccessKind::kLoad) |
                                         KindBit(AccessKind::kStore) |
                                         KindBit(AccessKind::kReadModifyWrite) |
                                         KindBit(AccessKind::kCompareExchange);

inline constexpr uint32_t kUnlockKinds =
    KindBit(AccessKind::kUnlock) | KindBit(AccessKind::kUnlockShared);

// A thread may have to wait until it can perform them.
inline constexpr uint32_t kWaitingKinds = KindBit(AccessKind::kLock) |
                                          KindBit(AccessKind::kLockShared) |
                                          KindBit(AccessKind::kJoin);

inline bool IsAtomic(AccessKind kind) {
  return (KindBit(kind) & kAtomicKinds) != 0;
}

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_MODEL_STEP_KINDS_H_
