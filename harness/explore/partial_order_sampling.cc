#include "harness/explore/partial_order_sampling.h"

#include <cstdint>

#include "harness/explore/explored_step.h"
#include "harness/model/strategy.h"
#include "harness/sync/scheduler.h"

namespace mortsafe {
namespace {

constexpr uint32_t OneKind(AccessKind kind) {
  return uint32_t{1} << static_cast<uint32_t>(kind);
}
constexpr uint32_t kReads =
    OneKind(AccessKind::kLoad) | OneKind(AccessKind::kPlainRead);
constexpr uint32_t kSharedLocking = OneKind(AccessKind::kLockShared) |
                                    OneKind(AccessKind::kTryLockShared) |
                                    OneKind(AccessKind::kUnlockShared);
constexpr uint32_t kWaits = OneKind(AccessKind::kWait);

// Whether the steps may not commute, as far as is known before they are
// performed: a compare-exchange may write.
bool MayConflict(const NextStep& a, const NextStep& b) {
  const uint32_t first = OneKind(a.access.kind);
  const uint32_t second = OneKind(b.access.kind);
  const volatile void* const object = a.access.object;
  const bool commute = ((first | second) & ~kReads) == 0 ||
                       ((first | second) & ~kSharedLocking) == 0;
  const bool meet = object == b.access.object && object != nullptr && !commute;
  if (((first | second) & kWaits) == 0) return meet;
  return meet || ((first & kWaits) != 0 && a.lock == b.access.object) ||
         ((second & kWaits) != 0 && b.lock == object);
}

}  // namespace

uint32_t PosStrategy::Choose(const ChoicePoint& point) {
  // A thread that could not go on before was let on by a conflicting step.
  const ThreadSet kept = point.enabled & drawn_ & ~OnlyThread(point.running);
  ThreadSet draws = point.enabled & ~kept;
  for (ThreadSet rest = kept; rest != 0; rest &= rest - 1) {
    const uint32_t thread = LowestThread(rest);
    const bool conflicts = MayConflict(performed_, point.next[thread]);
    draws |= ThreadSet{conflicts} << thread;
  }
  for (; draws != 0; draws &= draws - 1) {
    priorities_[LowestThread(draws)] = random_.Next();
  }
  uint32_t highest = LowestThread(point.enabled);
  for (ThreadSet rest = point.enabled; rest != 0; rest &= rest - 1) {
    const uint32_t thread = LowestThread(rest);
    highest = priorities_[thread] > priorities_[highest] ? thread : highest;
  }
  drawn_ = point.enabled;
  performed_ = point.next[highest];
  return highest;
}

}  // namespace mortsafe
