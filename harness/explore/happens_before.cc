#include "harness/explore/happens_before.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "harness/base/check.h"
#include "harness/explore/explored_step.h"
#include "harness/model/memory.h"
#include "harness/model/strategy.h"
#include "harness/sync/scheduler.h"

namespace mortsafe {
namespace {

// Whether a step of this kind, if it does not fail, changes what others find.
bool Writes(AccessKind kind) {
  switch (kind) {
    case AccessKind::kLoad:
    case AccessKind::kFence:
    case AccessKind::kPlainRead:
    case AccessKind::kJoin:
    case AccessKind::kYield:
    case AccessKind::kCall:
    case AccessKind::kReturn:
    // Readers of a lock do not keep each other out.
    case AccessKind::kLockShared:
    case AccessKind::kTryLockShared:
    case AccessKind::kUnlockShared:
      return false;
    case AccessKind::kStore:
    case AccessKind::kReadModifyWrite:
    case AccessKind::kCompareExchange:
    case AccessKind::kPlainWrite:
    case AccessKind::kLock:
    case AccessKind::kTryLock:
    case AccessKind::kUnlock:
    case AccessKind::kWait:
    case AccessKind::kNotify:
      return true;
  }
  return true;
}

bool TakesLock(AccessKind kind) {
  return Acquires(kind) || kind == AccessKind::kTryLock ||
         kind == AccessKind::kTryLockShared;
}

// Whether a step of this kind writes is not known until it has been observed.
bool MayFail(AccessKind kind) {
  return kind == AccessKind::kReadModifyWrite ||
         kind == AccessKind::kCompareExchange || kind == AccessKind::kTryLock ||
         kind == AccessKind::kTryLockShared;
}

// It reads an atomic, or was to change it and did not.
bool IsAtomicRead(const ExploredStep& step) {
  return !step.writes && (step.kind == AccessKind::kLoad ||
                          step.kind == AccessKind::kReadModifyWrite ||
                          step.kind == AccessKind::kCompareExchange);
}

bool IsKnown(const ShownValue& value) {
  return value.form != ShownValue::Form::kNothing;
}

}  // namespace

void HappensBefore::Truncate(size_t kept) {
  Settle();
  for (size_t i = count_; i > kept; --i) {
    const StepOrder& order = order_[i - 1];
    if (order.lock.accesses != nullptr) {
      *order.lock.accesses = order.lock.before;
    }
    if (order.object.accesses != nullptr) {
      *order.object.accesses = order.object.before;
    }
  }
  if (count_ > kept) predecessors_.Truncate(order_[kept].predecessors);
  count_ = std::min(count_, kept);
  kept_ = kept;
}

void HappensBefore::Restart(size_t kept, const Mark& mark) {
  Check(mark.position <= kept, "an execution goes on where nothing was kept");
  Truncate(kept);
  log_.GoBack(mark.changes);
  saved_ = 0;
  position_ = mark.position;
}

void HappensBefore::WidenFor(uint32_t thread) {
  threads_ = thread + 1;
  if (width_ >= threads_) return;
  while (width_ < threads_) width_ += VectorClock::kPiece;
  saved_ = 0;  // What was saved is narrower.
}

void HappensBefore::AddPredecessor(size_t step, size_t through,
                                   bool reversible) {
  VectorClock& clock = current_[steps_[count_ - 1].thread];
  if (Covers(clock, through)) return;
  const bool ordered = step != through && Covers(clock, step);
  predecessors_.Append(
      {Index(step), Index(through), Index(count_ - 1), reversible && !ordered});
  clock.Join(order_[through].clock, width_);
}

size_t HappensBefore::AcquisitionBefore(size_t unlock,
                                        const Accesses& accesses) const {
  uint32_t at = Before(unlock, accesses).latest;
  while (at != 0) {
    const ExploredStep& step = steps_[at - 1];
    if (step.thread == steps_[unlock].thread && TakesLock(step.kind)) {
      return at - 1;
    }
    at = Before(at - 1, accesses).latest;
  }
  return unlock;
}

void HappensBefore::AddConflicting(size_t other, const Accesses& accesses) {
  const ExploredStep& self = steps_[count_ - 1];
  if (!Acquires(self.kind)) {
    AddPredecessor(other, other, true);
  } else if (GivesUp(steps_[other].kind)) {
    // To come first, the lock would have to be taken before the other took
    // it: what it could not have come before is the unlock.
    AddPredecessor(AcquisitionBefore(other, accesses), other, true);
  } else {
    // A failed attempt to lock exclusively: others held the lock, which
    // kept out this thread too unless it is one more reader.
    AddPredecessor(other, other, IsShared(self.kind));
  }
}

[[gnu::always_inline]] inline void HappensBefore::FindPredecessorsOn(
    const ExploredStep& self, const Accesses& accesses) {
  const bool takes_lock = Acquires(self.kind);
  // Reads of an atomic conflict with none that only read it, too.
  uint32_t at = IsAtomicRead(self) ? accesses.latest_write : accesses.latest;
  while (at != 0) {
    const ExploredStep& other = steps_[at - 1];
    if (other.thread != self.thread && Conflict(other, self) &&
        (takes_lock || !Covers(current_[self.thread], at - 1))) {
      AddConflicting(at - 1, accesses);
    }
    if (other.writes) break;  // Whatever came before it, it came after.
    at = Before(at - 1, accesses).latest;
  }
}

[[gnu::always_inline]] inline void HappensBefore::Touch(
    const ExploredStep& self, const volatile void* object, Link& link) {
  Accesses& accesses = accesses_[object];
  link = {&accesses, accesses};
  FindPredecessorsOn(self, accesses);
  accesses.latest = Index(count_);
  if (self.writes) accesses.latest_write = accesses.latest;
}

void HappensBefore::TouchLock(const ExploredStep& self, Link& link) {
  Touch(self, self.lock, link);
}

void HappensBefore::FollowReturned(uint32_t thread) {
  for (uint32_t other = 0; other < threads_; ++other) {
    if (other == thread || latest_[other].returned == 0) continue;
    const size_t step = latest_[other].returned - 1;
    AddPredecessor(step, step, true);
  }
}

[[gnu::always_inline]] inline void HappensBefore::FindOrderOfLatest() {
  const ExploredStep& step = steps_[count_ - 1];
  StepOrder& order = order_[count_ - 1];
  order.predecessors = Index(predecessors_.size());
  order.object.accesses = order.lock.accesses = nullptr;
  if (step.object != nullptr) Touch(step, step.object, order.object);
  if (step.lock != nullptr) [[unlikely]]
    TouchLock(step, order.lock);
  if (step.calls) [[unlikely]]
    FollowReturned(step.thread);
  order.clock.Assign(current_[step.thread], width_);
}

void HappensBefore::SettleLatest() {
  settled_ = true;
  FindOrderOfLatest();
}

void HappensBefore::MakeRoom() {
  room_ = 2 * count_ + 64;
  steps_.resize(room_);
  order_.resize(room_);
}

[[gnu::always_inline]] inline void HappensBefore::Append(uint32_t thread,
                                                         const NextStep& next) {
  if (count_ == room_) [[unlikely]]
    MakeRoom();
  steps_[count_++] = {.thread = static_cast<uint16_t>(thread),
                      .moment = current_[thread].Advance(thread, width_),
                      .kind = next.access.kind,
                      .writes = Writes(next.access.kind),
                      .calls = next.calls,
                      .object = next.access.object,
                      .lock = next.lock};
}

void HappensBefore::Perform(uint32_t thread, const NextStep& next) {
  Settle();
  Widen(thread);
  Save(thread);
  const size_t index = position_++;
  Latest& latest = latest_[thread];
  latest.step = Index(index) + 1;
  if (index >= kept_) {
    Append(thread, next);
    if (next.calls) latest.call = latest.step;
    if (MayFail(next.access.kind)) {
      settled_ = false;
    } else {
      FindOrderOfLatest();
    }
    return;
  }
  const ExploredStep& step = steps_[index];
  Check(step.thread == thread && step.moment == current_[thread][thread] + 1,
        "an execution did not repeat what it did before");
  current_[thread].Assign(order_[index].clock, width_);
  if (step.calls) latest.call = latest.step;
  if (step.returns) latest.returned = latest.step;
}

void HappensBefore::Observe(const AccessResult& result) {
  if (position_ <= kept_) return;
  ExploredStep& step = steps_[count_ - 1];
  step.knows_written = IsKnown(result.written) && !result.failed;
  step.knows_expected = IsKnown(result.expected);
  step.written = result.written.bits;
  step.expected = result.expected.bits;
  if (result.failed) step.writes = false;
  Settle();
}

void HappensBefore::Return(uint32_t thread) {
  if (position_ <= kept_ || position_ != latest_[thread].step) return;
  Settle();
  Save(thread);
  steps_[count_ - 1].returns = true;
  latest_[thread].returned = latest_[thread].step;
  for (uint32_t other = 0; other < threads_; ++other) {
    if (other == thread || latest_[other].call == 0) continue;
    const size_t call = latest_[other].call - 1;
    AddPredecessor(call, call, true);
  }
  order_[count_ - 1].clock.Assign(current_[thread], width_);
}

void HappensBefore::Release(uint32_t thread, uint32_t other) {
  Settle();
  Widen(std::max(thread, other));
  Save(thread);
  current_[thread].Advance(thread, width_);
  Save(other);
  current_[other].Join(current_[thread], width_);
}

void HappensBefore::Finish(uint32_t thread) {
  Settle();
  Save(thread);
  current_[thread].Advance(thread, width_);
}

void HappensBefore::Join(uint32_t thread, uint32_t other) {
  Settle();
  Save(thread);
  current_[thread].Join(current_[other], width_);
  // The step of joining learns it too, if it was one.
  if (position_ > kept_ && latest_[thread].step == position_) {
    order_[count_ - 1].clock.Assign(current_[thread], width_);
  }
}

bool HappensBefore::IsImmediate(
    const Predecessor& candidate,
    absl::Span<const Predecessor> predecessors) const {
  const ExploredStep& step = steps_[candidate.step];
  return std::none_of(
      predecessors.begin(), predecessors.end(), [&](const Predecessor& other) {
        return other.through != candidate.through &&
               order_[other.through].clock[step.thread] >= step.moment;
      });
}

uint64_t HappensBefore::TraceDigest() const {
  uint64_t digest = 0;
  for (size_t i = 0; i < position_; ++i) {
    const ExploredStep& step = steps_[i];
    uint64_t hash =
        (uint64_t{step.thread} << 32 | step.moment) * 0x9e3779b97f4a7c15;
    for (uint32_t thread = 0; thread < width_; ++thread) {
      hash = (hash ^ order_[i].clock[thread]) * 0xd1342543de82ef95;
      hash ^= hash >> 31;
    }
    digest += hash;
  }
  return digest;
}

}  // namespace mortsafe
