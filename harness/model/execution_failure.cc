// The part of Execution that ends one which has failed, and says why.

#include <cstdint>
#include <exception>
#include <source_location>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "harness/base/check.h"
#include "harness/base/violation_kind.h"
#include "harness/model/execution.h"
#include "harness/model/fiber.h"
#include "harness/model/memory.h"
#include "harness/model/sanitizers.h"
#include "harness/model/strategy.h"
#include "harness/sync/scheduler.h"

namespace mortsafe {

void Execution::FailWithRace(Access access, const ObjectRace& race) {
  const char* action = "uses";
  if (access.kind == AccessKind::kPlainRead) action = "reads";
  if (access.kind == AccessKind::kPlainWrite) action = "writes";
  FailWithRace(action, access.object, race);
}

void Execution::FailWithRace(const char* action, const volatile void* object,
                             const ObjectRace& race) {
  const HarnessAllocations harness;
  const bool freed = race.deed == ObjectRace::Deed::kFreed;
  const bool frees = absl::string_view(action) == "frees";
  const char* deed = "used";
  if (freed) deed = "freed";
  if (race.deed == ObjectRace::Deed::kWrote) deed = "wrote";
  Abandon(
      freed || frees ? ViolationKind::kUseAfterFree : ViolationKind::kDataRace,
      absl::StrCat("thread ", now_.running, " ", action, " ",
                   names_.NameOf(object, names_.KnownNow(memory_.records())),
                   ", which thread ", race.other, " ", deed,
                   ", and nothing orders the two"));
}

void Execution::RefuseWeak(const char* what) {
  const HarnessAllocations harness;
  failure_ = Failure{ViolationKind::kCrash, what, true};
  LeaveForGood();
}

void Execution::FailWithLivelock() {
  const HarnessAllocations harness;
  Abandon(
      ViolationKind::kLivelock,
      absl::StrCat("no end after ", options_.step_bound, " steps, the last ",
                   options_.step_bound - options_.fair_after_steps,
                   " of them under a fair schedule"));
}

void Execution::FailWithException(uint32_t thread,
                                  const std::exception& exception) {
  const HarnessAllocations harness;
  Abandon(ViolationKind::kCrash, absl::StrCat("an exception left thread ",
                                              thread, ": ", exception.what()));
}

void Execution::Fail(ViolationKind kind, const char* message) {
  const HarnessAllocations harness;
  Abandon(kind, message);
}

void Execution::Abandon(ViolationKind kind, std::string message) {
  {
    const HarnessAllocations harness;
    failure_ = Failure{kind, std::move(message)};
  }
  LeaveForGood();
}

void Execution::LeaveForGood() {
  abandoned_ = true;
  Fiber::Switch(fibers_[now_.running], caller_);
  FailCheck("an abandoned fiber was resumed", std::source_location::current());
}

void Execution::CleanUpAbandoned() {
  for (uint32_t thread = 0; thread < thread_count_; ++thread) {
    if (threads_[thread].state == State::kFinished) {
      AcquireFrom(&threads_[thread]);
    }
    // The thread that ended the execution may have been choosing a successor.
    if (threads_[thread].state != State::kFinished || thread == now_.running) {
      fibers_[thread].SynchronizeWithRunning(caller_);
      fibers_[thread].Start(&Execution::FiberMain, &fiber_arguments_[thread]);
    }
  }
}

void Execution::CheckForLeaks() {
  const int64_t live = memory_.live_blocks();
  if (live == 0) return;
  failure_ =
      Failure{ViolationKind::kLeak,
              absl::StrCat(live, live == 1 ? " block was" : " blocks were",
                           " allocated and never freed")};
}

}  // namespace mortsafe
