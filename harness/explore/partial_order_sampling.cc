#include "harness/explore/partial_order_sampling.h"

#include <cstdint>

#include "harness/explore/explored_step.h"
#include "harness/model/strategy.h"
#include "harness/sync/scheduler.h"

namespace mortsafe {
namespace {

bool OnlyReads(AccessKind kind) {
  return kind == AccessKind::kLoad || kind == AccessKind::kPlainRead;
}

// Whether the steps may not commute, as far as is known before they are
// performed: a compare-exchange may write.
bool MayConflict(const NextStep& a, const NextStep& b) {
  const Access& first = a.access;
  const Access& second = b.access;
  if (first.object == second.object) {
    if (first.object == nullptr) return false;
    if (OnlyReads(first.kind) && OnlyReads(second.kind)) return false;
    return !(IsShared(first.kind) && IsShared(second.kind));
  }
  return (first.kind == AccessKind::kWait && a.lock == second.object) ||
         (second.kind == AccessKind::kWait && b.lock == first.object);
}

}  // namespace

uint32_t PosStrategy::Choose(const ChoicePoint& point) {
  // A thread that could not go on before was let on by a conflicting step.
  const ThreadSet kept = drawn_ & ~OnlyThread(point.running);
  uint32_t highest = LowestThread(point.enabled);
  for (ThreadSet rest = point.enabled; rest != 0; rest &= rest - 1) {
    const uint32_t thread = LowestThread(rest);
    if (!Contains(kept, thread) ||
        MayConflict(performed_, point.next[thread])) {
      priorities_[thread] = random_.Next();
    }
    highest = priorities_[thread] > priorities_[highest] ? thread : highest;
  }
  drawn_ = point.enabled;
  performed_ = point.next[highest];
  return highest;
}

}  // namespace mortsafe
