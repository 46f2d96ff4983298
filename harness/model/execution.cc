#include "harness/model/execution.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <source_location>
#include <string>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "harness/base/check.h"
#include "harness/base/random.h"
#include "harness/base/violation_kind.h"
#include "harness/model/fiber.h"
#include "harness/model/memory.h"
#include "harness/model/object_names.h"
#include "harness/model/sanitizers.h"
#include "harness/model/strategy.h"
#include "harness/model/trace.h"
#include "harness/model/weak_memory.h"
#include "harness/program/schedule.h"
#include "harness/sync/scheduler.h"
#include "mortsafe/memory_model.h"

#if defined(MORTSAFE_ASAN)
[[gnu::no_sanitize_address]]
#endif
uint64_t mortsafe::Whereabouts::Digest() const {
  // Four independent chains, which the processor runs side by side.
  uint64_t chains[4] = {1, 2, 3, 4};
  const auto* word = reinterpret_cast<const uint64_t*>(stack_begin);
  const auto* const end = reinterpret_cast<const uint64_t*>(stack_end);
  for (size_t chain = 0; word < end; ++word, chain = (chain + 1) % 4) {
    chains[chain] = (chains[chain] ^ *word) * 0x9e3779b97f4a7c15;
    chains[chain] ^= chains[chain] >> 32;
  }
  uint64_t digest = 0;
  for (const uint64_t chain : chains) {
    digest = (digest ^ chain) * 0xd1342543de82ef95;
    digest ^= digest >> 29;
  }
  return digest;
}

// Where the linker put the start of the program.
extern "C" const char __executable_start[];

namespace mortsafe {
namespace {

// Any constant will do; the fair phase must be the same in every run.
constexpr uint64_t kFairSeed = 0x6d6f727473616665;

// What a strategy that follows every step does not see as one.
bool IsUnscheduled(AccessKind kind) {
  return kind == AccessKind::kPlainRead || kind == AccessKind::kPlainWrite ||
         kind == AccessKind::kYield;
}

// What a report tells by the history.
bool IsOfHistory(AccessKind kind) {
  return kind == AccessKind::kCall || kind == AccessKind::kReturn;
}

bool IsAtomic(AccessKind kind) {
  return kind == AccessKind::kLoad || kind == AccessKind::kStore ||
         kind == AccessKind::kReadModifyWrite ||
         kind == AccessKind::kCompareExchange;
}

// Says which store a stale value came from.
void AppendSource(const ValueSource& source, std::string& detail) {
  if (source.kind == ValueSource::Kind::kInitial) {
    absl::StrAppend(&detail, " (stale: the initial value)");
  } else if (source.kind == ValueSource::Kind::kStale) {
    absl::StrAppend(&detail, " (stale: write ", source.ordinal, " of thread ",
                    source.thread, ")");
  }
}

}  // namespace

Schedule ProgressLog::schedule() const {
  return {.switches = {switches.begin(), switches.begin() + switch_count},
          .memory = memory,
          .stale = {stale.begin(), stale.begin() + stale_count}};
}

void ProgressLog::Set(const Schedule& schedule, uint32_t step_count) {
  steps = step_count;
  memory = schedule.memory;
  switch_count = static_cast<uint32_t>(
      std::min<size_t>(schedule.switches.size(), kMaxSwitches));
  std::copy_n(schedule.switches.begin(), switch_count, switches.begin());
  stale_count = static_cast<uint32_t>(
      std::min<size_t>(schedule.stale.size(), kMaxSwitches));
  std::copy_n(schedule.stale.begin(), stale_count, stale.begin());
}

Execution::Execution()
    : memory_(
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
  }
}

Execution::~Execution() = default;

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
  memory_.SetBeforeFree(
      follows_ || options_.memory != nullptr ? [](void* execution, const void* block, size_t size) {
        static_cast<Execution*>(execution)->FollowFree(block, size);
      } : static_cast<ExecutionMemory::BeforeFree>(nullptr));
  RunFibers();
  return Conclude();
}

void Execution::RunFibers() {
  do {
    Fiber::Switch(caller_, fibers_[running_]);
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
  outcome.steps = steps_;
  outcome.stopped = stopped_;
  return outcome;
}

void Execution::BeginExecution(const ExecutionOptions& options,
                               SchedulingStrategy& strategy) {
  options_ = options;
  if (options_.coverage == nullptr) options_.coverage = &coverage_;
  follows_ = strategy.FollowsSteps();
  unjoined_ = 0;
  weak_ = false;
  source_ = ValueSource();
  observed_ = options.record || options.progress != nullptr;
  steps_seen_ =
      options.progress != nullptr ? &options.progress->steps : &steps_;
  if (options.progress != nullptr) {
    options.progress->memory =
        options.memory != nullptr ? MemoryModel::kC11 : MemoryModel::kSc;
  }
  strategy_ = &strategy;
  for (uint32_t thread = 0; thread < thread_count_; ++thread) {
    threads_[thread] = ModelThread();
    next_[thread] = NextStep();
  }
  thread_count_ = 0;
  running_ = 0;
  spawner_ = kNoThread;
  enabled_ = 0;
  steps_ = 0;
  clock_ = 0;
  fair_random_ = Random(kFairSeed);
  abandoned_ = false;
  stopped_ = false;
  kept_place_count_ = 0;
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
  enabled_ |= OnlyThread(thread);
  if (thread > 0) {
    ++unjoined_;
    weak_ = options_.memory != nullptr;
  }
  UpdateAttention();
  if (!fibers_[thread].started()) {
    fibers_[thread].Start(&Execution::FiberMain, &fiber_arguments_[thread]);
  }
  ReleaseTo(&fiber_arguments_[thread]);
}

void Execution::UpdateAttention() {
  followed_ = follows_ && (unjoined_ > 0 || weak_);
  tracing_ = options_.record || followed_ || weak_;
  attended_ = tracing_ || options_.stop_at_step.has_value();
  alone_ = !attended_ && unjoined_ == 0;
  // A weak memory knows what it answered.
  observing_ = options_.record || (followed_ && !weak_);
}

uintptr_t Execution::SiteOf(const void* return_address) {
  return reinterpret_cast<uintptr_t>(return_address) -
         reinterpret_cast<uintptr_t>(__executable_start);
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
      delete body;
    } else {
      (*body_)();
    }
  } catch (const std::exception& exception) {
    const HarnessAllocations harness;
    Abandon(ViolationKind::kCrash,
            absl::StrCat("an exception left thread ", thread, ": ",
                         exception.what()));
  } catch (...) {
    const HarnessAllocations harness;
    Abandon(ViolationKind::kCrash, "an exception left a thread");
  }
  ReleaseTo(&threads_[thread]);
  FinishThread();
}

uint32_t Execution::Spawn(ThreadBody* body) {
  const uint32_t thread = thread_count_;
  PrepareThread(thread, body);
  Follow([&](SchedulingStrategy& strategy) {
    strategy.Released(running_, thread);
  });
  Remember([&](WeakMemory& memory) { memory.Spawn(running_, thread); });
  if (weak_ && options_.memory->refusal() != nullptr) {
    RefuseWeak(options_.memory->refusal());
  }
  // The new thread runs up to its first shared access, so that its next step is
  // known before anybody has to choose; what it does until then is its own.
  const uint32_t outer_spawner = spawner_;
  spawner_ = running_;
  SwitchTo(thread);
  spawner_ = outer_spawner;
  return thread;
}

void Execution::FinishThread() {
  threads_[running_].state = State::kFinished;
  enabled_ &= ~OnlyThread(running_);
  Follow([&](SchedulingStrategy& strategy) { strategy.Finished(running_); });
  Remember([&](WeakMemory& memory) { memory.Finish(running_); });
  if (running_ == 0) {
    Fiber::Switch(fibers_[0], caller_);
    return;
  }
  for (uint32_t thread = 0; thread < thread_count_; ++thread) {
    if (threads_[thread].joins == running_) Refresh(thread);
  }
  if (spawner_ != kNoThread) {
    SwitchTo(spawner_);
  } else {
    SwitchTo(Choose());
  }
}

void Execution::BeginWeakOperation(uint64_t* call_time) {
  threads_[running_].call_time = call_time;
  PerformAccess({.kind = AccessKind::kCall},
                SiteOf(__builtin_return_address(0)));
}

void Execution::EndWeakOperation(uint64_t* return_time) {
  PerformAccess({.kind = AccessKind::kReturn},
                SiteOf(__builtin_return_address(0)));
  *return_time = ++clock_;
}

void Execution::EndOperation(uint64_t* return_time) {
  if (weak_) [[unlikely]]
    return EndWeakOperation(return_time);
  ModelThread& self = threads_[running_];
  if (self.call_time != nullptr) {
    *self.call_time = ++clock_;
    self.call_time = nullptr;
  }
  *return_time = ++clock_;
  next_[running_].calls = false;
  if (!followed_) return;
  Follow([&](SchedulingStrategy& strategy) { strategy.Returned(running_); });
}

void Execution::BeforeAccess(Access access) {
  PerformAccess(access, SiteOf(__builtin_return_address(0)));
}

void Execution::PerformAccess(Access access, uintptr_t site) {
  if (alone_) return Perform();
  if (followed_) [[unlikely]]
    return FollowAccess(access, site);
  next_[running_].access = access;
  threads_[running_].site = site;
  Arrive();
  Perform();
}

[[gnu::noinline]] void Execution::FollowAccess(Access access, uintptr_t site) {
  // Puts the callers' registers on the stack, right below the frame pointer.
  constexpr ptrdiff_t kSavedBytes = 5 * sizeof(void*);
  __builtin_unwind_init();
  next_[running_].access = access;
  threads_[running_].site = site;
  if (IsUnscheduled(access.kind)) return FollowUnscheduled(access);
  const Whereabouts whereabouts = {
      site, static_cast<const char*>(__builtin_frame_address(0)) - kSavedBytes,
      fibers_[running_].stack_end()};
  Follow([&](SchedulingStrategy& strategy) {
    strategy.Arrived(running_, whereabouts, next_[running_]);
  });
  Arrive();
  Perform();
}

void Execution::FollowUnscheduled(Access access) {
  ModelThread& self = threads_[running_];
  // In a replay others would go first where a thread yields.
  if (access.kind == AccessKind::kYield &&
      (enabled_ & ~OnlyThread(running_)) != 0) {
    RecordSwitch({running_, self.step, running_});
  }
  Perform();
  if (access.kind != AccessKind::kYield) FollowTouch(access);
}

void Execution::Arrive() {
  if (spawner_ != kNoThread) [[unlikely]] {
    const uint32_t spawner = spawner_;
    spawner_ = kNoThread;
    SwitchTo(spawner);
    return;
  }
  if (enabled_ == OnlyThread(running_) && !followed_) return;
  const uint32_t next = Choose();
  if (next == running_) return;
  if (attended_) preempted_ = Contains(enabled_, running_);
  options_.coverage->Add(threads_[running_].site, threads_[next].site);
  SwitchTo(next);
}

uint32_t Execution::Choose() {
  if (enabled_ == 0) FailWithDeadlock();
  ChoicePoint point{enabled_, running_, threads_[running_].step, next_.data()};
  const ThreadSet others = enabled_ & ~OnlyThread(running_);
  if (next_[running_].access.kind == AccessKind::kYield && others != 0) {
    point.enabled = others;
  }
  const int count = CountThreads(point.enabled);
  if (!followed_) {
    if (count == 1) return LowestThread(point.enabled);
    if (steps_ >= options_.fair_after_steps) {
      return ThreadAt(point.enabled,
                      fair_random_.Below(static_cast<uint64_t>(count)));
    }
  }
  uint32_t next = 0;
  while (true) {
    {
      const IgnoreRaces ignore;
      next = strategy_->Choose(point);
    }
    if (next != SchedulingStrategy::kKeepPlace) [[likely]]
      break;
    KeepPlace();
  }
  if (next == SchedulingStrategy::kGiveUp) {
    stopped_ = true;
    LeaveForGood();
  }
  if (next == SchedulingStrategy::kNoProgress) {
    Fail(ViolationKind::kLivelock,
         "every thread that could go on spins, and nothing that it waits for "
         "will change");
  }
  if (observed_ && next != DefaultChoice(point)) {
    RecordSwitch({point.running, point.step, next});
  }
  return next;
}

void Execution::RecordSwitch(const Switch& each) {
  const HarnessAllocations harness;
  if (options_.record) switches_.Append(each);
  ProgressLog* const progress = options_.progress;
  if (progress != nullptr &&
      progress->switch_count < ProgressLog::kMaxSwitches) {
    progress->switches[progress->switch_count++] = each;
  }
}

void Execution::RecordStale(uint32_t overlooked) {
  if (overlooked == 0) return;
  const StaleAccess access = {running_, threads_[running_].step - 1,
                              overlooked};
  const HarnessAllocations harness;
  if (options_.record) stale_.Append(access);
  ProgressLog* const progress = options_.progress;
  if (progress != nullptr &&
      progress->stale_count < ProgressLog::kMaxSwitches) {
    progress->stale[progress->stale_count++] = access;
  }
}

void Execution::SwitchTo(uint32_t next) {
  const uint32_t previous = running_;
  running_ = next;
  memory_.SetThread(next);
  Fiber::Switch(fibers_[previous], fibers_[next]);
}

void Execution::Perform() {
  ModelThread& self = threads_[running_];
  const uint32_t steps = ++steps_;
  *steps_seen_ = steps;
  if (steps > options_.step_bound) [[unlikely]]
    FailWithLivelock();
  if (self.call_time != nullptr) {
    *self.call_time = ++clock_;
    self.call_time = nullptr;
  }
  ++clock_;
  if (attended_) [[unlikely]]
    return PerformAttended();
  ++self.step;
}

void Execution::PerformAttended() {
  const bool shown = !IsOfHistory(next_[running_].access.kind);
  if (options_.record && shown) RecordStep();
  if (followed_) FollowPerformed();
  if (weak_) RememberStep();
  if (shown) preempted_ = false;
  ++threads_[running_].step;
  if (steps_ == options_.stop_at_step) {
    stopped_ = true;
    LeaveForGood();
  }
}

void Execution::RecordStep() {
  const HarnessAllocations harness;
  raw_trace_.Append({running_,
                     threads_[running_].step,
                     clock_,
                     next_[running_].access,
                     {},
                     {},
                     preempted_,
                     names_.KnownNow(memory_.records())});
}

void Execution::FollowTouch(Access access) {
  if (!followed_ || weak_) return;
  std::optional<ObjectRace> race;
  Follow([&](SchedulingStrategy& strategy) {
    race = strategy.Touched(running_, access);
  });
  if (race.has_value()) [[unlikely]]
    FailWithRace(access, *race);
}

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
      absl::StrCat("thread ", running_, " ", action, " ",
                   names_.NameOf(object, names_.KnownNow(memory_.records())),
                   ", which thread ", race.other, " ", deed,
                   ", and nothing orders the two"));
}

void Execution::RememberStep() {
  if (IsAtomic(next_[running_].access.kind)) return;  // It says what it does.
  const Access access = next_[running_].access;
  if (access.kind == AccessKind::kFence) {
    Remember([&](WeakMemory& memory) { memory.Fence(running_, access.order); });
  }
  if (access.kind == AccessKind::kCall) {
    Remember([&](WeakMemory& memory) { memory.Call(running_); });
  }
  if (access.kind == AccessKind::kReturn) {
    Remember([&](WeakMemory& memory) { memory.Return(running_); });
  }
  if (access.object == nullptr) return;
  std::optional<ObjectRace> race;
  Remember([&](WeakMemory& memory) { race = memory.Touch(running_, access); });
  if (race.has_value()) FailWithRace(access, *race);
}

template <class Action>
void Execution::PerformWeakly(Action action) {
  WeakMemory& memory = *options_.memory;
  const Access& access = next_[running_].access;
  {
    const HarnessAllocations harness;
    memory.SetStep(threads_[running_].step - 1);
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
    value = memory.Load(running_, access, initial);
  });
  return value;
}

void Execution::WeakStore(uint64_t value, uint64_t initial) {
  PerformWeakly([&](WeakMemory& memory, const Access& access) {
    memory.Store(running_, access, value, initial);
  });
}

uint64_t Execution::WeakUpdate(const AtomicUpdate& update, uint64_t initial) {
  uint64_t value = 0;
  PerformWeakly([&](WeakMemory& memory, const Access& access) {
    value = memory.Update(running_, access, update, initial);
  });
  return value;
}

void Execution::RefuseWeak(const char* what) {
  const HarnessAllocations harness;
  failure_ = Failure{ViolationKind::kCrash, what, true};
  LeaveForGood();
}

void Execution::Created(const volatile void* object) {
  if (weak_) {
    std::optional<ObjectRace> race;
    Remember(
        [&](WeakMemory& memory) { race = memory.Create(running_, object); });
    if (race.has_value()) {
      FailWithRace({.kind = AccessKind::kPlainWrite, .object = object}, *race);
    }
    return;
  }
  FollowTouch({.kind = AccessKind::kPlainWrite, .object = object});
}

void Execution::FollowFree(const void* block, size_t size) {
  if (!followed_ && !weak_) return;
  std::optional<ObjectRace> race;
  if (weak_) {
    Remember(
        [&](WeakMemory& memory) { race = memory.Free(running_, block, size); });
  } else {
    Follow([&](SchedulingStrategy& strategy) {
      race = strategy.Freed(running_, block, size);
    });
  }
  if (race.has_value()) FailWithRace("frees", block, *race);
}

void Execution::FollowPerformed() {
  NextStep& step = next_[running_];
  if (IsUnscheduled(step.access.kind)) return;
  Follow([&](SchedulingStrategy& strategy) {
    strategy.Performed(running_, step);
  });
  if (step.access.object != nullptr) FollowTouch(step.access);
  step.calls = false;
  step.lock = nullptr;
}

void Execution::FailWithLivelock() {
  const HarnessAllocations harness;
  Abandon(
      ViolationKind::kLivelock,
      absl::StrCat("no end after ", options_.step_bound, " steps, the last ",
                   options_.step_bound - options_.fair_after_steps,
                   " of them under a fair schedule"));
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
  Fiber::Switch(fibers_[running_], caller_);
  FailCheck("an abandoned fiber was resumed", std::source_location::current());
}

void Execution::CleanUpAbandoned() {
  for (uint32_t thread = 0; thread < thread_count_; ++thread) {
    if (threads_[thread].state == State::kFinished) {
      AcquireFrom(&threads_[thread]);
    }
    // The thread that ended the execution may have been choosing a successor.
    if (threads_[thread].state != State::kFinished || thread == running_) {
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

void Execution::Observe(const AccessResult& result) {
  if (followed_ && !IsUnscheduled(next_[running_].access.kind)) {
    Follow([&](SchedulingStrategy& strategy) { strategy.Observed(result); });
  }
  if (!options_.record) return;
  raw_trace_.back().result = result;
  raw_trace_.back().source = source_;
  source_ = ValueSource();
  raw_trace_.back().known = names_.KnownNow(memory_.records());
}

void Execution::SetName(const volatile void* object, const char* name) {
  if (!options_.record) return;
  const HarnessAllocations harness;
  names_.Add(object, name, std::nullopt);
}

void Execution::SetName(const volatile void* object, const char* name,
                        uint64_t number) {
  if (!options_.record) return;
  const HarnessAllocations harness;
  names_.Add(object, name, number);
}

Trace Execution::trace() const {
  Trace trace;
  for (const RawStep& raw : raw_trace_) {
    TraceStep step;
    step.thread = raw.thread;
    step.thread_step = raw.step;
    step.time = raw.time;
    step.action = ActionText(raw.access.kind);
    if (raw.access.object != nullptr) {
      step.object = names_.NameOf(raw.access.object, raw.known);
    }
    step.detail = DetailText(raw.access.kind, raw.result, names_, raw.known);
    AppendSource(raw.source, step.detail);
    step.preempts = raw.preempts;
    trace.steps.push_back(std::move(step));
  }
  return trace;
}

Schedule Execution::schedule() const {
  return {.switches = {switches_.begin(), switches_.end()},
          .memory =
              options_.memory != nullptr ? MemoryModel::kC11 : MemoryModel::kSc,
          .stale = {stale_.begin(), stale_.end()}};
}

}  // namespace mortsafe
