// The part of Execution that concerns threads that wait: for locks, for
// condition variables and for each other.

#include <cstdint>
#include <limits>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "harness/base/violation_kind.h"
#include "harness/model/execution.h"
#include "harness/model/execution_step.h"
#include "harness/model/memory.h"
#include "harness/model/sanitizers.h"
#include "harness/model/strategy.h"
#include "harness/model/weak_memory.h"
#include "harness/sync/scheduler.h"

namespace mortsafe {
namespace {

bool IsShared(AccessKind kind) {
  return kind == AccessKind::kLockShared ||
         kind == AccessKind::kTryLockShared ||
         kind == AccessKind::kUnlockShared;
}

// Whether a thread could take it: shared beside any number of others that share
// it, else beside nobody. One comparison, as nobody can predict the answer.
bool IsFree(const LockState& lock, bool shared) {
  static_assert(LockState::kExclusive < 0);
  constexpr uint32_t kMostSharers = std::numeric_limits<int32_t>::max();
  return static_cast<uint32_t>(lock.holders) <= (shared ? kMostSharers : 0);
}

}  // namespace

inline void Execution::EnableIf(bool can_go_on, uint32_t thread) {
  now_.enabled = (now_.enabled & ~OnlyThread(thread)) |
                 static_cast<ThreadSet>(can_go_on) << thread;
}

[[gnu::always_inline]] inline ThreadSet& Execution::WaitersFor(
    LockState& lock, bool shared) const {
  if (lock.execution != number_) [[unlikely]] {
    lock.execution = number_;
    lock.waiters = lock.shared_waiters = 0;
  }
  return shared ? lock.shared_waiters : lock.waiters;
}

void Execution::TakeLock(LockState& lock, bool shared) {
  now_.enabled &= ~WaitersFor(lock, false);
  if (shared) {
    ++lock.holders;
    lock.sharers |= OnlyThread(now_.running);
  } else {
    lock.holders = LockState::kExclusive;
    lock.owner = now_.running;
    now_.enabled &= ~WaitersFor(lock, true);
  }
  LockTaken(&lock, shared);
}

void Execution::DropLock(LockState& lock, bool shared) {
  const bool held = shared ? Contains(lock.sharers, now_.running)
                           : lock.holders == LockState::kExclusive &&
                                 lock.owner == now_.running;
  if (!held) {
    Fail(ViolationKind::kCrash,
         "a thread unlocked a lock that it does not hold");
  }
  LockGivenUp(&lock, shared);
  lock.holders = shared ? lock.holders - 1 : 0;
  if (shared) lock.sharers &= ~OnlyThread(now_.running);
  if (lock.holders != 0) return;
  now_.enabled |= WaitersFor(lock, false) | WaitersFor(lock, true);
}

void Execution::Acquire(Access access, LockState& lock) {
  const bool shared = IsShared(access.kind);
  ThreadSet& waiters = WaitersFor(lock, shared);
  ModelThread& self = threads_[now_.running];
  next_[now_.running].access = access;
  self.site = SiteOf(__builtin_return_address(0));
  self.lock = &lock;
  waiters |= OnlyThread(now_.running);
  EnableIf(IsFree(lock, shared), now_.running);
  AwaitTurn();
  waiters &= ~OnlyThread(now_.running);
  // Not `access`, which so can stay in registers.
  Remember([&](WeakMemory& memory) {
    memory.Acquire(now_.running, next_[now_.running].access, lock);
  });
  TakeLock(lock, shared);
}

bool Execution::TryAcquire(Access access, LockState& lock) {
  PerformAccess(access, SiteOf(__builtin_return_address(0)));
  const bool shared = IsShared(access.kind);
  bool free = IsFree(lock, shared);
  Remember([&](WeakMemory& memory) {
    memory.SetStep(threads_[now_.running].step - 1);
    free = memory.TryAcquire(now_.running, access, lock);
    if (observed_) RecordStale(memory.LatestOverlooked());
  });
  if (free) TakeLock(lock, shared);
  if (tracing_) Observe({.failed = !free});
  LeaveNoTraces();
  return free;
}

void Execution::Release(Access access, LockState& lock) {
  PerformAccess(access, SiteOf(__builtin_return_address(0)));
  Remember([&](WeakMemory& memory) {
    memory.Release(now_.running, next_[now_.running].access, lock);
  });
  DropLock(lock, IsShared(access.kind));
}

void Execution::Wait(ConditionState& condition, LockState& lock,
                     Access reacquire) {
  next_[now_.running].lock = reacquire.object;
  PerformAccess({.kind = AccessKind::kWait, .object = &condition},
                SiteOf(__builtin_return_address(0)));
  next_[now_.running].lock = nullptr;
  Remember([&](WeakMemory& memory) {
    memory.Signal(now_.running, &condition);
    memory.Release(now_.running,
                   {.kind = AccessKind::kUnlock, .object = reacquire.object},
                   lock);
  });
  DropLock(lock, false);
  ModelThread& self = threads_[now_.running];
  condition.waiting |= OnlyThread(now_.running);
  self.state = State::kWaiting;
  next_[now_.running].access = reacquire;
  self.lock = &lock;
  EnableIf(false, now_.running);
  AwaitTurn();
  WaitersFor(lock, false) &= ~OnlyThread(now_.running);
  Remember([&](WeakMemory& memory) {
    memory.Acquire(now_.running, reacquire, lock);
  });
  TakeLock(lock, false);
}

void Execution::Notify(ConditionState& condition, bool all) {
  PerformAccess({.kind = AccessKind::kNotify, .object = &condition},
                SiteOf(__builtin_return_address(0)));
  Remember(
      [&](WeakMemory& memory) { memory.Signal(now_.running, &condition); });
  while (condition.waiting != 0) {
    const uint32_t thread = LowestThread(condition.waiting);
    condition.waiting &= ~OnlyThread(thread);
    threads_[thread].state = State::kAlive;
    Follow([&](SchedulingStrategy& strategy) {
      strategy.Released(now_.running, thread);
    });
    Remember([&](WeakMemory& memory) { memory.Wake(now_.running, thread); });
    // Wants its lock back.
    LockState& lock = *threads_[thread].lock;
    WaitersFor(lock, false) |= OnlyThread(thread);
    EnableIf(IsFree(lock, false), thread);
    if (!all) break;
  }
}

void Execution::Join(uint32_t thread) {
  ModelThread& self = threads_[now_.running];
  next_[now_.running].access = {.kind = AccessKind::kJoin};
  self.joins = thread;
  threads_[thread].joiners |= OnlyThread(now_.running);
  EnableIf(threads_[thread].state == State::kFinished, now_.running);
  AwaitTurn();
  Follow([&](SchedulingStrategy& strategy) {
    strategy.Joined(now_.running, thread);
  });
  Remember([&](WeakMemory& memory) { memory.Join(now_.running, thread); });
  if (--unjoined_ == 0) UpdateAttention();
  AcquireFrom(&threads_[thread]);
}

std::string Execution::DescribeWaiting(uint32_t thread) const {
  const ModelThread& waiting = threads_[thread];
  const std::string text = absl::StrCat("thread ", thread, " waits for ");
  if (waiting.state == State::kWaiting) {
    return absl::StrCat(text, "a notification");
  }
  if (next_[thread].access.kind == AccessKind::kJoin) {
    return absl::StrCat(text, "thread ", waiting.joins, " to end");
  }
  std::string lock;
  if (tracing_) {
    lock = absl::StrCat(names_.NameOf(next_[thread].access.object,
                                      names_.KnownNow(memory_.records())),
                        " ");
  }
  const uint32_t holder = BlockerOf(thread);
  return absl::StrCat(text, "the lock ", lock, "that ",
                      holder == thread
                          ? "it holds itself"
                          : absl::StrCat("thread ", holder, " holds"));
}

uint32_t Execution::BlockerOf(uint32_t thread) const {
  const ModelThread& waiting = threads_[thread];
  if (waiting.state != State::kAlive) return kNoThread;
  if (next_[thread].access.kind == AccessKind::kJoin) return waiting.joins;
  const LockState& lock = *waiting.lock;
  if (lock.holders == LockState::kExclusive) return lock.owner;
  return LowestThread(lock.sharers);
}

ThreadSet Execution::CycleFrom(uint32_t thread) const {
  // After so many steps whoever led into a cycle lies behind.
  for (uint32_t i = 0; i < thread_count_; ++i) {
    thread = BlockerOf(thread);
    if (thread >= thread_count_) return 0;
    if (threads_[thread].state == State::kFinished) return 0;
  }
  ThreadSet cycle = 0;
  while (thread < thread_count_ && !Contains(cycle, thread)) {
    cycle |= OnlyThread(thread);
    thread = BlockerOf(thread);
  }
  return cycle;
}

void Execution::FailWithDeadlock() {
  const HarnessAllocations harness;
  ThreadSet stuck = 0;
  ThreadSet cycle = 0;
  for (uint32_t thread = 0; thread < thread_count_; ++thread) {
    if (threads_[thread].state == State::kFinished) continue;
    stuck |= OnlyThread(thread);
    if (cycle == 0) cycle = CycleFrom(thread);
  }
  const ThreadSet others = stuck & ~cycle;
  std::string message;
  const auto describe = [&](uint32_t thread, const char* separator) {
    absl::StrAppend(&message, message.empty() ? "" : separator,
                    DescribeWaiting(thread));
    stuck &= ~OnlyThread(thread);
  };
  if (cycle != 0) {
    uint32_t thread = LowestThread(cycle);
    for (int left = CountThreads(cycle); left > 0; --left) {
      describe(thread, "; ");
      thread = BlockerOf(thread);
    }
    message = absl::StrCat("a cycle: ", message);
  }
  while (stuck != 0) {
    const bool first = stuck == others && cycle != 0;
    describe(LowestThread(stuck), first ? "; outside of it, " : "; ");
  }
  Abandon(ViolationKind::kDeadlock, std::move(message));
}

}  // namespace mortsafe
