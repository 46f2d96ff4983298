#include "harness/model/execution.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "harness/base/check.h"
#include "harness/base/violation_kind.h"
#include "harness/model/address_area.h"
#include "harness/model/execution_step.h"
#include "harness/model/fiber.h"
#include "harness/model/memory.h"
#include "harness/model/sanitizers.h"
#include "harness/model/step_kinds.h"
#include "harness/model/strategy.h"
#include "harness/model/weak_memory.h"
#include "harness/sync/scheduler.h"
#include "mortsafe/memory_model.h"

namespace mortsafe {
namespace {

// Executions have numbers of their own, whoever runs them: each Execution has
// more than it will ever use.
constexpr uint64_t kMostRuns = uint64_t{1} << 40;
std::atomic<uint64_t> next_execution{1};

// So few that steps of a hundredth of a second leave no doubt.
constexpr uint32_t kStepsPerPulse = 100;

// As for blocks (memory.cc).
constexpr uintptr_t kStacksWanted = 0x210000000000;
constexpr uintptr_t kProgramWanted = 0x220000000000;

}  // namespace

Execution::Execution()
    : number_(next_execution.fetch_add(1) * kMostRuns),
      stacks_(kStacksWanted, Fiber::kAreaBytes * kMaxModelThreads),
      memory_(
          [](void* execution, bool twice, const void*) {
            auto* const self = static_cast<Execution*>(execution);
            self->Fail(
                twice ? ViolationKind::kDoubleFree : ViolationKind::kCrash,
                twice ? "a block was freed twice"
                      : "something that is no block was freed");
          },
          this) {
  for (uint32_t thread = 0; thread < kMaxModelThreads; ++thread) {
    fiber_arguments_[thread] = {this, thread};
    fibers_[thread].UseArea(stacks_.begin() + Fiber::kAreaBytes * thread);
  }
}

Execution::~Execution() = default;

std::array<AddressRange, 3> Execution::AddressRanges() const {
  const auto program = reinterpret_cast<uintptr_t>(__executable_start);
  return {memory_.range(), stacks_.range(),
          AddressRange{program, reinterpret_cast<uintptr_t>(_end) - program,
                       kProgramWanted}};
}

Outcome Execution::Run(const ExecutionOptions& options,
                       SchedulingStrategy& strategy,
                       absl::FunctionRef<void()> body) {
  Check(ActiveScheduler() == nullptr, "an execution starts inside another");
  const size_t kept_places = strategy.KeptPlaces();
  if (kept_places > 0) {
    Check(kept_places <= kept_place_count_, "no such place was kept");
    kept_place_count_ = kept_places;
    ResumeAt(kept_places - 1);
    return Conclude();
  }
  BeginExecution(options, strategy);
  if (options.stop_at_step == 0) {
    Outcome nothing;
    nothing.stopped = true;
    return nothing;
  }
  body_ = &body;
  PrepareThread(0, nullptr);
  active_scheduler.store(this, std::memory_order_relaxed);
  memory_.Begin(options.record);
  RunFibers();
  return Conclude();
}

void Execution::RunFibers() {
  do {
    Fiber::Switch(caller_, fibers_[now_.running]);
    if (keeps_place_) SavePlace();
  } while (std::exchange(keeps_place_, false));
  memory_.End();
  active_scheduler.store(nullptr, std::memory_order_relaxed);
}

Outcome Execution::Conclude() {
  if (abandoned_) {
    CleanUpAbandoned();
  } else {
    AcquireFrom(threads_.data());
    if (options_.find_leaks) CheckForLeaks();
  }
  Outcome outcome;
  outcome.failure = std::move(failure_);
  outcome.steps = steps();
  outcome.stopped = stopped_;
  return outcome;
}

void Execution::BeginExecution(const ExecutionOptions& options,
                               SchedulingStrategy& strategy) {
  options_ = options;
  if (options_.coverage == nullptr) options_.coverage = &coverage_;
  follows_ = strategy.FollowsSteps();
  unjoined_ = 0;
  threads_ended_ = false;
  weak_ = false;
  source_ = ValueSource();
  observed_ = options.record || options.progress != nullptr;
  inspected_ = observed_ || options.stop_at_step.has_value();
  if (options.progress != nullptr) {
    options.progress->memory =
        options.memory != nullptr ? MemoryModel::kC11 : MemoryModel::kSc;
  }
  strategy_ = &strategy;
  ++number_;
  for (uint32_t thread = 0; thread < thread_count_; ++thread) {
    // In place: an assignment would copy the padding, and wait for it.
    std::construct_at(&threads_[thread]);
    std::construct_at(&next_[thread]);
  }
  thread_count_ = 0;
  spawner_ = kNoThread;
  now_ = {.next = next_.data()};
  clock_ = 0;
  stamps_ = 0;
  fair_ = false;
  SetClockLimit();
  abandoned_ = false;
  stopped_ = false;
  kept_place_count_ = 0;
  kept_first_choice_ = false;
  first_chooser_ = nullptr;
  if (options.keep_first_choice) KeepFirstChoiceOf(strategy);
  failure_.reset();
  preempted_ = false;
  raw_trace_.Clear();
  switches_.Clear();
  stale_.Clear();
  names_.Clear();
}

void Execution::PrepareThread(uint32_t thread, ThreadBody* body) {
  Check(thread < kMaxModelThreads, "an execution has more than 64 threads");
  thread_count_ = thread + 1;
  threads_[thread].state = State::kAlive;
  threads_[thread].body = body;
  now_.enabled |= OnlyThread(thread);
  if (thread > 0) weak_ = options_.memory != nullptr;
  // Nothing follows from how many there are, if not the first.
  if (thread == 0 || unjoined_++ == 0) UpdateAttention();
  if (!fibers_[thread].started()) {
    fibers_[thread].Start(&Execution::FiberMain, &fiber_arguments_[thread]);
  }
  ReleaseTo(&fiber_arguments_[thread]);
}

void Execution::UpdateAttention() {
  followed_ = follows_ && (unjoined_ > 0 || weak_);
  recording_ = options_.record;
  tracing_ = recording_ || followed_ || weak_;
  const bool may_stop = options_.stop_at_step.has_value();
  attended_ = inspected_ || tracing_;
  watched_ = options_.record || may_stop;
  alone_ = !tracing_ && !may_stop && unjoined_ == 0;
  unattended_kinds_ = 0;
  if (!inspected_ && !followed_ && unjoined_ > 0 && spawner_ == kNoThread) {
    // The others that come by BeforeAccess() tell a WeakMemory nothing.
    unattended_kinds_ =
        weak_ ? kAtomicKinds | kUnlockKinds : ~KindBit(AccessKind::kYield);
  }
  const ExecutionMemory::BeforeFree follow_free =
      [](void* execution, const void* block, size_t size) {
        static_cast<Execution*>(execution)->FollowFree(block, size);
      };
  memory_.SetBeforeFree(followed_ || weak_ ? follow_free : nullptr);
  // A weak memory knows what it answered.
  observing_ = options_.record || (followed_ && !weak_);
}

void Execution::FiberMain(void* fiber_argument) {
  const auto* const argument = static_cast<FiberArgument*>(fiber_argument);
  while (true) argument->execution->RunBodyOf(argument->thread);
}

void Execution::RunBodyOf(uint32_t thread) {
  AcquireFrom(&fiber_arguments_[thread]);
  try {
    if (ThreadBody* const body = threads_[thread].body) {
      body->Run();
      body->Finish();
    } else {
      (*body_)();
    }
  } catch (const std::exception& exception) {
    FailWithException(thread, exception);
  } catch (...) {
    Fail(ViolationKind::kCrash, "an exception left a thread");
  }
  ReleaseTo(&threads_[thread]);
  FinishThread();
}

uint32_t Execution::Spawn(ThreadBody* body) {
  if (threads_ended_) RefuseWeak("a thread starts after all have ended");
  const uint32_t thread = thread_count_;
  PrepareThread(thread, body);
  Follow([&](SchedulingStrategy& strategy) {
    strategy.Released(now_.running, thread);
  });
  Remember([&](WeakMemory& memory) { memory.Spawn(now_.running, thread); });
  if (weak_ && options_.memory->refusal() != nullptr) {
    RefuseWeak(options_.memory->refusal());
  }
  // The new thread runs up to its first shared access, so that its next step is
  // known before anybody has to choose; what it does until then is its own.
  const uint32_t outer_spawner = spawner_;
  const uint32_t outer_kinds = std::exchange(unattended_kinds_, 0);
  spawner_ = now_.running;
  SwitchTo(thread);
  spawner_ = outer_spawner;
  unattended_kinds_ = outer_kinds;
  return thread;
}

void Execution::FinishThread() {
  threads_[now_.running].state = State::kFinished;
  now_.enabled &= ~OnlyThread(now_.running);
  Follow(
      [&](SchedulingStrategy& strategy) { strategy.Finished(now_.running); });
  Remember([&](WeakMemory& memory) { memory.Finish(now_.running); });
  if (now_.running == 0) {
    Fiber::Switch(fibers_[0], caller_);
    return;
  }
  now_.enabled |= threads_[now_.running].joiners;
  SwitchTo(spawner_ != kNoThread ? spawner_ : Choose());
}

void Execution::EndOperation(uint64_t* return_time) {
  if (weak_) [[unlikely]]
    return EndWeakOperation(return_time);
  StampCall(threads_[now_.running]);
  Stamp(return_time);
  next_[now_.running].calls = false;
  if (!followed_) return;
  Follow(
      [&](SchedulingStrategy& strategy) { strategy.Returned(now_.running); });
}

void Execution::BeforeAccess(Access access) {
  const uintptr_t site = SiteOf(__builtin_return_address(0));
  if ((unattended_kinds_ & KindBit(access.kind)) == 0) [[unlikely]]
    return BeforeAttendedAccess(access, site);
  PerformUnattended(access, site);
}

void Execution::BeforeAttendedAccess(Access access, uintptr_t site) {
  if (!followed_) return PerformAttended(access, site);
  if (IsUnscheduled(access.kind)) {
    FollowUnscheduled(access, site);
  } else {
    FollowAccess(access, site);
  }
  LeaveNoTraces();
}

void Execution::PerformAlone() {
  ModelThread& self = threads_[now_.running];
  StampCall(self);
  if (++clock_ >= clock_limit_) [[unlikely]]
    return FinishAloneAtLimit(self);
  FinishAlone(self);
}

void Execution::FinishAloneAtLimit(ModelThread& self) {
  ReachClockLimit();
  FinishAlone(self);
}

uint32_t Execution::FollowArrival(Access access, uintptr_t site) {
  // Puts the callers' registers on the stack, right below the frame pointer.
  constexpr ptrdiff_t kSavedBytes = 5 * sizeof(void*);
  __builtin_unwind_init();
  const uint32_t self = now_.running;
  next_[self].access = access;
  threads_[self].site = site;
  const Whereabouts whereabouts = {
      site, static_cast<const char*>(__builtin_frame_address(0)) - kSavedBytes,
      fibers_[self].stack_end()};
  {
    const HarnessAllocations harness;
    const IgnoreRaces ignore;
    threads_[self].looked_at =
        strategy_->Arrived(self, whereabouts, next_[self]);
  }
  if (spawner_ != kNoThread) [[unlikely]]
    return std::exchange(spawner_, kNoThread);
  now_.step = threads_[self].step;
  const uint32_t next = ChooseAmong(now_);
  if (next == self) return next;
  if (options_.record) [[unlikely]]
    preempted_ = true;
  CountSwitchTo(next);
  return next;
}

void Execution::PerformFollowedStep() {
  Tick(threads_[now_.running]);
  PerformFollowed();
}

[[gnu::always_inline]] inline void Execution::FollowTouch(Access access) {
  if (!followed_ || weak_) return;
  std::optional<ObjectRace> race;
  {
    const HarnessAllocations harness;
    const IgnoreRaces ignore;
    race = strategy_->Touched(now_.running, access);
  }
  if (race.has_value()) [[unlikely]]
    FailWithRace(access, *race);
}

void Execution::FollowUnscheduled(Access access, uintptr_t site) {
  ModelThread& self = threads_[now_.running];
  next_[now_.running].access = access;
  self.site = site;
  // In a replay others would go first where a thread yields.
  if (access.kind == AccessKind::kYield &&
      (now_.enabled & ~OnlyThread(now_.running)) != 0) {
    RecordSwitch({now_.running, self.step, now_.running});
  }
  Tick(self);
  LogProgress();
  if (watched_) [[unlikely]] {
    PerformWatched();
  } else {
    if (weak_) RememberStep();
    ++self.step;
  }
  if (access.kind != AccessKind::kYield) FollowTouch(access);
}

uint32_t Execution::ChooseOnArrival() {
  const uint32_t self = now_.running;
  if (now_.enabled == OnlyThread(self) && !followed_) return self;
  const uint32_t next = Choose();
  if (next == self) return next;
  if (options_.record) [[unlikely]]
    preempted_ = now_.CanGoOn();
  CountSwitchTo(next);
  return next;
}

[[gnu::always_inline]] inline uint32_t Execution::ChooseAmong(
    const ChoicePoint& point) {
  if (!followed_ && !HasSeveral(point.enabled)) {
    return LowestThread(point.enabled);
  }
  const uint32_t next = Ask(point);
  if (observed_ && !fair_ && next != DefaultChoice(point)) {
    RecordSwitch({point.running, point.step, next});
  }
  return next;
}

uint32_t Execution::Choose() {
  if (now_.enabled == 0) FailWithDeadlock();
  now_.step = threads_[now_.running].step;
  const ThreadSet others = now_.enabled & ~OnlyThread(now_.running);
  if (next_[now_.running].access.kind == AccessKind::kYield && others != 0) {
    return ChooseAmong(
        {others, now_.running, threads_[now_.running].step, next_.data()});
  }
  return ChooseAmong(now_);
}

uint32_t Execution::AskAgain(const ChoicePoint& point, uint32_t answer) {
  while (answer == SchedulingStrategy::kKeepPlace) {
    KeepPlace();
    const IgnoreRaces ignore;
    answer = strategy_->Choose(point);
  }
  if (answer == SchedulingStrategy::kGiveUp) {
    stopped_ = true;
    LeaveForGood();
  }
  if (answer == SchedulingStrategy::kNoProgress) {
    Fail(ViolationKind::kLivelock,
         "every thread that could go on spins, and nothing that it waits for "
         "will change");
  }
  return answer;
}

void Execution::Perform() {
  ModelThread& self = threads_[now_.running];
  Tick(self);
  if (attended_) [[unlikely]]
    return AttendToStep();
  ++self.step;
}

void Execution::AttendToStep() {
  if (!inspected_ && !followed_) {
    RememberStep();
    ++threads_[now_.running].step;
    return;
  }
  if (followed_ && !IsUnscheduled(next_[now_.running].access.kind)) {
    return PerformFollowed();
  }
  LogProgress();
  if (watched_) [[unlikely]]
    return PerformWatched();
  if (weak_) RememberStep();
  ++threads_[now_.running].step;
}

[[gnu::always_inline]] inline void Execution::PerformFollowed() {
  LogProgress();
  if (watched_) [[unlikely]]
    return PerformWatched();
  FollowPerformed();
  if (weak_) RememberStep();
  ++threads_[now_.running].step;
}

void Execution::PerformWatched() {
  const AccessKind kind = next_[now_.running].access.kind;
  const bool shown = !IsOfHistory(kind);
  if (options_.record && shown) RecordStep();
  if (followed_ && !IsUnscheduled(kind)) FollowPerformed();
  if (weak_) RememberStep();
  if (shown) preempted_ = false;
  ++threads_[now_.running].step;
  if (steps() == options_.stop_at_step) {
    stopped_ = true;
    LeaveForGood();
  }
}

void Execution::SetClockLimit() {
  uint32_t limit = options_.step_bound + 1;
  if (MayBecomeFair()) limit = std::min(limit, options_.fair_after_steps);
  if (options_.pulse != nullptr) {
    // Nobody else counts it.
    options_.pulse->store(options_.pulse->load(std::memory_order_relaxed) + 1,
                          std::memory_order_relaxed);
    limit = std::min(limit, steps() + kStepsPerPulse);
  }
  clock_limit_ = stamps_ + limit;
}

void Execution::ReachClockLimit() {
  if (steps() > options_.step_bound) FailWithLivelock();
  if (MayBecomeFair() && steps() >= options_.fair_after_steps) {
    fair_ = true;
    fair_walk_ = RandomWalk(kFairSeed);
    strategy_ = &fair_walk_;
  }
  SetClockLimit();
}

void Execution::Created(const volatile void* object) {
  if (weak_) {
    std::optional<ObjectRace> race;
    Remember([&](WeakMemory& memory) {
      race = memory.Create(now_.running, object);
    });
    if (race.has_value()) {
      FailWithRace({.kind = AccessKind::kPlainWrite, .object = object}, *race);
    }
    return;
  }
  FollowTouch({.kind = AccessKind::kPlainWrite, .object = object});
}

void Execution::FollowFree(const void* block, size_t size) {
  std::optional<ObjectRace> race;
  if (weak_) {
    Remember([&](WeakMemory& memory) {
      race = memory.Free(now_.running, block, size);
    });
  } else {
    Follow([&](SchedulingStrategy& strategy) {
      race = strategy.Freed(now_.running, block, size);
    });
  }
  if (race.has_value()) FailWithRace("frees", block, *race);
}

[[gnu::always_inline]] inline void Execution::FollowPerformed() {
  NextStep& step = next_[now_.running];
  std::optional<ObjectRace> race;
  {
    const HarnessAllocations harness;
    const IgnoreRaces ignore;
    race = strategy_->Performed(now_.running, step);
  }
  if (race.has_value()) [[unlikely]]
    FailWithRace(step.access, *race);
  step.calls = false;
  step.lock = nullptr;
}

void Execution::Observe(const AccessResult& result) {
  if (followed_ && IsChange(next_[now_.running].access.kind)) {
    const HarnessAllocations harness;
    const IgnoreRaces ignore;
    strategy_->Observed(result);
  }
  if (!recording_) return LeaveNoTraces();
  raw_trace_.back().result = result;
  raw_trace_.back().source = source_;
  source_ = ValueSource();
  raw_trace_.back().known = names_.KnownNow(memory_.records());
  LeaveNoTraces();
}

}  // namespace mortsafe
