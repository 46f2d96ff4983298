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

bool IsKnown(const ShownValue& value) {
  return value.form != ShownValue::Form::kNothing;
}

}  // namespace

void HappensBefore::Truncate(size_t kept) {
  Settle();
  for (size_t i = steps_.size(); i > kept; --i) {
    const StepOrder& order = order_[i - 1];
    if (order.lock != nullptr) order.lock->pop_back();
    if (order.object != nullptr) order.object->pop_back();
  }
  if (kept == 0) accesses_.Clear();
  if (steps_.size() > kept) predecessors_.resize(order_[kept].predecessors);
  steps_.resize(kept);
  kept_ = kept;
}

void HappensBefore::Restart(size_t kept) {
  Truncate(kept);
  for (uint32_t thread = 0; thread < width_; ++thread) {
    current_[thread].Clear(width_);
    latest_call_[thread] = latest_return_[thread] = 0;
    latest_[thread] = 0;
  }
  position_ = 0;
}

void HappensBefore::Remember(Mark& mark) const {
  mark.position_ = position_;
  mark.width_ = width_;
  mark.current_.resize(width_);
  mark.latest_.assign(latest_.begin(), latest_.begin() + width_);
  mark.latest_call_.assign(latest_call_.begin(), latest_call_.begin() + width_);
  mark.latest_return_.assign(latest_return_.begin(),
                             latest_return_.begin() + width_);
  for (uint32_t thread = 0; thread < width_; ++thread) {
    mark.current_[thread].Assign(current_[thread], width_);
  }
}

void HappensBefore::Restart(size_t kept, const Mark& mark) {
  Truncate(kept);
  Check(mark.position_ <= kept, "an execution goes on where nothing was kept");
  for (uint32_t thread = 0; thread < width_; ++thread) {
    current_[thread].Clear(width_);
    latest_[thread] = latest_call_[thread] = latest_return_[thread] = 0;
    if (thread >= mark.width_) continue;
    current_[thread].Assign(mark.current_[thread], mark.width_);
    latest_[thread] = mark.latest_[thread];
    latest_call_[thread] = mark.latest_call_[thread];
    latest_return_[thread] = mark.latest_return_[thread];
  }
  position_ = mark.position_;
}

void HappensBefore::Widen(uint32_t thread) {
  while (width_ <= thread) width_ += 8;
}

void HappensBefore::Perform(uint32_t thread, const NextStep& next) {
  Settle();
  Widen(thread);
  const size_t index = position_++;
  if (index < kept_) {
    Check(steps_[index].thread == thread &&
              steps_[index].moment == current_[thread][thread] + 1,
          "an execution did not repeat what it did before");
    current_[thread].Assign(order_[index].clock, width_);
  } else {
    ExploredStep step;
    step.thread = static_cast<uint16_t>(thread);
    step.moment = ++current_[thread][thread];
    step.kind = next.access.kind;
    step.writes = Writes(step.kind);
    step.calls = next.calls;
    step.object = next.access.object;
    step.lock = next.lock;
    steps_.push_back(step);
    settled_ = false;
  }
  latest_[thread] = Index(index) + 1;
  if (steps_[index].calls) latest_call_[thread] = Index(index) + 1;
  if (steps_[index].returns) latest_return_[thread] = Index(index) + 1;
}

void HappensBefore::Observe(const AccessResult& result) {
  if (position_ <= kept_) return;
  ExploredStep& step = steps_.back();
  step.knows_written = IsKnown(result.written) && !result.failed;
  step.knows_expected = IsKnown(result.expected);
  step.written = result.written.bits;
  step.expected = result.expected.bits;
  if (result.failed) step.writes = false;
}

void HappensBefore::AddPredecessor(size_t step, size_t through,
                                   bool reversible) {
  VectorClock& clock = order_[steps_.size() - 1].clock;
  if (Covers(clock, through)) return;
  const bool ordered = Covers(clock, step);
  predecessors_.push_back(
      {Index(step), Index(through), reversible && !ordered});
  clock.Join(order_[through].clock, width_);
}

size_t HappensBefore::AcquisitionBefore(size_t unlock,
                                        const Accesses& accesses) const {
  for (size_t i = accesses.size(); i > 0; --i) {
    const size_t step = accesses[i - 1];
    if (step < unlock && steps_[step].thread == steps_[unlock].thread &&
        TakesLock(steps_[step].kind)) {
      return step;
    }
  }
  return unlock;
}

HappensBefore::Accesses* HappensBefore::FindPredecessorsOn(
    const volatile void* object) {
  if (object == nullptr) return nullptr;
  const size_t self_index = steps_.size() - 1;
  const ExploredStep& self = steps_.back();
  Accesses& accesses = accesses_[object].accesses;
  for (size_t i = accesses.size(); i > 0; --i) {
    const size_t index = accesses[i - 1];
    const ExploredStep& other = steps_[index];
    if (other.thread != self.thread && Conflict(other, self)) {
      if (!Acquires(self.kind)) {
        AddPredecessor(index, index, true);
      } else if (GivesUp(other.kind)) {
        // To come first, the lock would have to be taken before the other took
        // it: what it could not have come before is the unlock.
        AddPredecessor(AcquisitionBefore(index, accesses), index, true);
      } else {
        // A failed attempt to lock exclusively: others held the lock, which
        // kept out this thread too unless it is one more reader.
        AddPredecessor(index, index, IsShared(self.kind));
      }
    }
    if (other.writes) break;  // Whatever came before it, it came after.
  }
  accesses.push_back(Index(self_index));
  return &accesses;
}

void HappensBefore::SettleLatest() {
  settled_ = true;
  const size_t index = steps_.size() - 1;
  if (order_.size() <= index) order_.emplace_back();
  const ExploredStep& step = steps_[index];
  StepOrder& order = order_[index];
  order.predecessors = Index(predecessors_.size());
  order.clock.Assign(current_[step.thread], width_);
  order.object = FindPredecessorsOn(step.object);
  order.lock = FindPredecessorsOn(step.lock);
  if (step.calls) {
    for (uint32_t thread = 0; thread < width_; ++thread) {
      if (thread == step.thread || latest_return_[thread] == 0) continue;
      const size_t other = latest_return_[thread] - 1;
      AddPredecessor(other, other, true);
    }
  }
  current_[step.thread].Assign(order.clock, width_);
}

void HappensBefore::Return(uint32_t thread) {
  if (position_ <= kept_ || position_ != latest_[thread]) return;
  Settle();
  steps_.back().returns = true;
  latest_return_[thread] = latest_[thread];
  for (uint32_t other = 0; other < width_; ++other) {
    if (other == thread || latest_call_[other] == 0) continue;
    const size_t call = latest_call_[other] - 1;
    AddPredecessor(call, call, true);
  }
  current_[thread].Assign(order_[steps_.size() - 1].clock, width_);
}

void HappensBefore::Release(uint32_t thread, uint32_t other) {
  Settle();
  Widen(std::max(thread, other));
  ++current_[thread][thread];
  current_[other].Join(current_[thread], width_);
}

void HappensBefore::Finish(uint32_t thread) {
  Settle();
  ++current_[thread][thread];
}

void HappensBefore::Join(uint32_t thread, uint32_t other) {
  Settle();
  current_[thread].Join(current_[other], width_);
  // The step of joining learns it too, if it was one.
  if (position_ > kept_ && latest_[thread] == position_) {
    order_[steps_.size() - 1].clock.Assign(current_[thread], width_);
  }
}

absl::Span<const HappensBefore::Predecessor> HappensBefore::PredecessorsOf(
    size_t step) const {
  const size_t begin = order_[step].predecessors;
  const size_t end = step + 1 < steps_.size() ? order_[step + 1].predecessors
                                              : predecessors_.size();
  return absl::MakeConstSpan(predecessors_).subspan(begin, end - begin);
}

bool HappensBefore::IsImmediate(const Predecessor& candidate,
                                size_t step) const {
  const auto others = PredecessorsOf(step);
  return candidate.reversible &&
         std::none_of(
             others.begin(), others.end(), [&](const Predecessor& other) {
               return other.through != candidate.through &&
                      Covers(order_[other.through].clock, candidate.step);
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
