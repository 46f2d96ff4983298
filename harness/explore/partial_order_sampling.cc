#include "harness/explore/partial_order_sampling.h"

#include <algorithm>
#include <cstdint>

#include "harness/base/opaque.h"
#include "harness/base/random.h"
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

bool PosStrategy::IsOverLock(const NextStep& step) const {
  return step.lock == performed_ || step.access.object == performed_lock_;
}

uint32_t PosStrategy::Choose(const ChoicePoint& point) {
  // A thread that could not go on before was let on by a conflicting step.
  const ThreadSet kept = drawn_ & ~OnlyThread(point.running);
  uint32_t highest = LowestThread(point.enabled);
  uint64_t highest_priority = 0;
  Random random = random_;  // Stays in registers.
  // Masks and conditional moves are used in place of branches: these are coins
  // that no processor can predict.
  for (ThreadSet rest = point.enabled; rest != 0; rest &= rest - 1) {
    const uint32_t thread = LowestThread(rest);
    const NextStep& step = point.next[thread];
    const uint64_t drawn = random.Next();  // Whether it is needed or not.
    const uint64_t kind = static_cast<uint64_t>(step.access.kind);
    const uint64_t meets = step.access.object == performed_ ? 1 : 0;
    uint64_t keeps = kept >> thread & ~(meets & conflicts_with_ >> kind) & 1;
    if (step.lock != nullptr || performed_lock_ != nullptr) [[unlikely]] {
      if (IsOverLock(step)) keeps = 0;
    }
    const uint64_t priority =
        drawn ^ ((drawn ^ priorities_[thread]) & Opaque(uint64_t{0} - keeps));
    priorities_[thread] = priority;
    highest = priority > highest_priority ? thread : highest;
    highest_priority = std::max(priority, highest_priority);
  }
  random_ = random;
  drawn_ = point.enabled;
  const NextStep& chosen = point.next[highest];
  conflicts_with_ = ~CommutesWith(chosen.access.kind);
  performed_ = chosen.access.object != nullptr ? chosen.access.object : this;
  performed_lock_ = chosen.lock;
  return highest;
}

}  // namespace mortsafe
