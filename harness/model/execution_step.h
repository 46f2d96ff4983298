// The part of Execution that is between the code under control and a switch:
// what the fast path of a step consists of, for its source files alone.
//
// All of it is inlined into the calls of the seam. When a thread goes on the
// processor expects each return to lead to where the thread before it made its
// latest calls, and is led astray once for every frame between the switch and
// the code under control: so there is one.

#ifndef MORTSAFE_HARNESS_MODEL_EXECUTION_STEP_H_
#define MORTSAFE_HARNESS_MODEL_EXECUTION_STEP_H_

#include <cstdint>
#include <utility>

#include "harness/model/execution.h"
#include "harness/model/fiber.h"
#include "harness/model/memory.h"
#include "harness/model/sanitizers.h"
#include "harness/model/step_kinds.h"
#include "harness/model/strategy.h"
#include "harness/sync/scheduler.h"

namespace mortsafe {

[[gnu::always_inline]] inline void Execution::SwitchTo(uint32_t next) {
  const uint32_t previous = now_.running;
  now_.running = next;
  memory_.SetThread(next);
  Fiber::Switch(fibers_[previous], fibers_[next]);
}

[[gnu::always_inline]] inline void Execution::CountSwitchTo(uint32_t next) {
  options_.coverage->Add(threads_[now_.running].site, threads_[next].site);
}

[[gnu::always_inline]] inline void Execution::GoOnWith(uint32_t next) {
  if (next != now_.running) SwitchTo(next);
}

[[gnu::always_inline]] inline uint32_t Execution::Ask(
    const ChoicePoint& point) {
  uint32_t next = 0;
  {
    const IgnoreRaces ignore;
    next = strategy_->Choose(point);
  }
  if (next < kMaxModelThreads) [[likely]]
    return next;
  return AskAgain(point, next);
}

[[gnu::always_inline]] inline void Execution::Tick(ModelThread& self) {
  StampCall(self);
  if (++clock_ >= clock_limit_) [[unlikely]]
    ReachClockLimit();
}

[[gnu::always_inline]] inline void Execution::Arrive() {
  if (spawner_ != kNoThread) [[unlikely]]
    return SwitchTo(std::exchange(spawner_, kNoThread));
  GoOnWith(ChooseOnArrival());
}

[[gnu::always_inline]] inline void Execution::FollowAccess(Access access,
                                                           uintptr_t site) {
  GoOnWith(FollowArrival(access, site));
  PerformFollowedStep();
}

[[gnu::always_inline]] inline void Execution::PerformAttended(Access access,
                                                              uintptr_t site) {
  if (alone_) return PerformAlone();
  if (followed_) return FollowAccess(access, site);
  next_[now_.running].access = access;
  threads_[now_.running].site = site;
  Arrive();
  Perform();
}

[[gnu::always_inline]] inline void Execution::PerformUnattended(
    Access access, uintptr_t site) {
  // The same before and after others had their turns.
  ModelThread& self = threads_[now_.running];
  next_[now_.running].access = access;
  self.site = site;
  if (HasSeveral(now_.enabled)) {
    now_.step = self.step;
    const uint32_t next = Ask(now_);
    if (next != now_.running) {
      CountSwitchTo(next);
      SwitchTo(next);
    }
  }
  Tick(self);
  ++self.step;
}

[[gnu::always_inline]] inline void Execution::PerformAccess(Access access,
                                                            uintptr_t site) {
  if ((unattended_kinds_ & KindBit(access.kind)) == 0) [[unlikely]]
    return PerformAttended(access, site);
  PerformUnattended(access, site);
  if (weak_) RememberStep();
}

[[gnu::always_inline]] inline void Execution::AwaitTurn() {
  if ((unattended_kinds_ & kWaitingKinds) != kWaitingKinds) [[unlikely]] {
    Arrive();
    return Perform();
  }
  ModelThread& self = threads_[now_.running];
  if (now_.enabled != OnlyThread(now_.running)) {
    if (now_.enabled == 0) [[unlikely]]
      FailWithDeadlock();
    now_.step = self.step;
    const uint32_t next =
        HasSeveral(now_.enabled) ? Ask(now_) : LowestThread(now_.enabled);
    if (next != now_.running) {
      CountSwitchTo(next);
      SwitchTo(next);
    }
  }
  Tick(self);
  ++self.step;
}

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_MODEL_EXECUTION_STEP_H_
