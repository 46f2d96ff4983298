// The part of Execution that has a WeakMemory say what is read: it is told what
// each step does, in the order in which steps are performed.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>

#include "harness/base/check.h"
#include "harness/model/execution.h"
#include "harness/model/execution_step.h"
#include "harness/model/memory.h"
#include "harness/model/step_kinds.h"
#include "harness/model/strategy.h"
#include "harness/model/weak_memory.h"
#include "harness/sync/scheduler.h"

namespace mortsafe {

void Execution::BeginWeakOperation(uint64_t* call_time) {
  threads_[now_.running].call_time = call_time;
  PerformAccess({.kind = AccessKind::kCall},
                SiteOf(__builtin_return_address(0)));
}

void Execution::EndWeakOperation(uint64_t* return_time) {
  PerformAccess({.kind = AccessKind::kReturn},
                SiteOf(__builtin_return_address(0)));
  Stamp(return_time);
}

void Execution::EndThreads() {
  if (!weak_) return;
  if (unjoined_ > 0)
    RefuseWeak("a thread still runs that the body did not join");
  {
    const HarnessAllocations harness;
    options_.memory->VisitLastValues(
        [](const volatile void* object, size_t size, uint64_t value) {
          // An atomic that fits in a word is its value's bits.
          std::memcpy(const_cast<void*>(object), &value, size);
        });
  }
  weak_ = false;
  threads_ended_ = true;
  UpdateAttention();
}

void Execution::RememberStep() {
  const Access& access = next_[now_.running].access;
  if (IsAtomic(access.kind)) return;  // It says what it does.
  WeakMemory& memory = *options_.memory;
  std::optional<ObjectRace> race;
  {
    const HarnessAllocations harness;
    if (access.object != nullptr) {
      race = memory.Touch(now_.running, access);
    } else if (access.kind == AccessKind::kFence) {
      memory.Fence(now_.running, access.order);
    } else if (access.kind == AccessKind::kCall) {
      memory.Call(now_.running);
    } else if (access.kind == AccessKind::kReturn) {
      memory.Return(now_.running);
    }
  }
  if (race.has_value()) [[unlikely]]
    FailWithRace(access, *race);
}

template <class Action>
void Execution::PerformWeakly(Action action) {
  WeakMemory& memory = *options_.memory;
  const Access& access = next_[now_.running].access;
  {
    const HarnessAllocations harness;
    memory.SetStep(threads_[now_.running].step - 1);
    action(memory, access);
    if (observed_) RecordStale(memory.LatestOverlooked());
    if (options_.record && access.kind != AccessKind::kStore) {
      source_ = memory.LatestSource();
    }
  }
  if (memory.race().has_value()) [[unlikely]]
    FailWithRace(access, *memory.race());
}

uint64_t Execution::WeakLoad(uint64_t initial) {
  uint64_t value = 0;
  PerformWeakly([&](WeakMemory& memory, const Access& access) {
    value = memory.Load(now_.running, access, initial);
  });
  LeaveNoTraces();
  return value;
}

void Execution::WeakStore(uint64_t value, uint64_t initial) {
  PerformWeakly([&](WeakMemory& memory, const Access& access) {
    memory.Store(now_.running, access, value, initial);
  });
  LeaveNoTraces();
}

uint64_t Execution::WeakUpdate(const AtomicUpdate& update, uint64_t initial) {
  uint64_t value = 0;
  PerformWeakly([&](WeakMemory& memory, const Access& access) {
    value = memory.Update(now_.running, access, update, initial);
  });
  LeaveNoTraces();
  return value;
}

}  // namespace mortsafe
