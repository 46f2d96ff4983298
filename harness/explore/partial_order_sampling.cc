#include "harness/explore/partial_order_sampling.h"

#include <algorithm>
#include <cstdint>

#include "harness/explore/explored_step.h"
#include "harness/model/strategy.h"
#include "harness/sync/scheduler.h"

namespace mortsafe {
namespace {

// A set of kinds, a bit each.
constexpr uint32_t OneKind(AccessKind kind) {
  return uint32_t{1} << static_cast<uint32_t>(kind);
}
constexpr uint32_t kReads =
    OneKind(AccessKind::kLoad) | OneKind(AccessKind::kPlainRead);
constexpr uint32_t kSharedLocking = OneKind(AccessKind::kLockShared) |
                                    OneKind(AccessKind::kTryLockShared) |
                                    OneKind(AccessKind::kUnlockShared);

// The kinds of steps on an object with which one of this kind commutes, as far
// as is known before they are performed: a compare-exchange may write.
constexpr uint32_t CommutesWith(AccessKind kind) {
  if ((OneKind(kind) & kReads) != 0) return kReads;
  if ((OneKind(kind) & kSharedLocking) != 0) return kSharedLocking;
  return 0;
}

}  // namespace

// Conflicts and keeps are 0 or 1, and conditional moves are used in place of
// branches: these are coins that no processor can predict.

uint32_t PosStrategy::ConflictsWithPerformed(const NextStep& step) const {
  const volatile void* const object = step.access.object;
  const uint32_t meets = object == performed_ ? 1 : 0;
  const uint32_t commutes =
      commutes_with_ >> static_cast<uint32_t>(step.access.kind) & 1;
  const uint32_t over_its_lock = step.lock == performed_ ? 1 : 0;
  const uint32_t over_performed_lock = object == performed_lock_ ? 1 : 0;
  return (meets & ~commutes) | over_its_lock | over_performed_lock;
}

uint32_t PosStrategy::Choose(const ChoicePoint& point) {
  // A thread that could not go on before was let on by a conflicting step.
  const ThreadSet kept = drawn_ & ~OnlyThread(point.running);
  uint32_t highest = LowestThread(point.enabled);
  uint64_t highest_priority = 0;
  for (ThreadSet rest = point.enabled; rest != 0; rest &= rest - 1) {
    const uint32_t thread = LowestThread(rest);
    const uint64_t drawn = random_.Next();  // Whether it is needed or not.
    const uint64_t keeps =
        kept >> thread & ~uint64_t{ConflictsWithPerformed(point.next[thread])} &
        1;
    const uint64_t priority = keeps != 0 ? priorities_[thread] : drawn;
    priorities_[thread] = priority;
    highest = priority > highest_priority ? thread : highest;
    highest_priority = std::max(priority, highest_priority);
  }
  drawn_ = point.enabled;
  const NextStep& chosen = point.next[highest];
  commutes_with_ = CommutesWith(chosen.access.kind);
  performed_ = OrNothing(chosen.access.object);
  performed_lock_ = OrNothing(chosen.lock);
  return highest;
}

}  // namespace mortsafe
