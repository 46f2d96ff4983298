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

namespace {

// Both halves of the product, folded.
uint64_t Mix(uint64_t a, uint64_t b) {
  __extension__ using Product = unsigned __int128;
  const Product product = static_cast<Product>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

}  // namespace

#if defined(MORTSAFE_ASAN)
[[gnu::no_sanitize_address]]
#endif
uint64_t mortsafe::Whereabouts::Digest() const {
  const auto* word = reinterpret_cast<const uint64_t*>(stack_begin);
  const auto* const end = reinterpret_cast<const uint64_t*>(stack_end);
  // Words are mixed in pairs, each pair by what tells its place too: none has
  // to wait for another.
  uint64_t digest = 0;
  uint64_t place = 0x9e3779b97f4a7c15;
  for (; end - word >= 2; word += 2, place += 0xd1342543de82ef95) {
    digest += Mix(word[0] ^ place, word[1] + (place << 1));
  }
  if (word != end) digest += Mix(word[0] ^ place, place);
  return digest;
}

namespace mortsafe {
namespace {

// What a strategy that follows every step does not see as one.
bool IsUnscheduled(AccessKind kind) {
  return kind == AccessKind::kPlainRead || kind == AccessKind::kPlainWrite ||
         kind == AccessKind::kYield;
}

// What may come of it in more than one way that others find.
bool IsChange(AccessKind kind) {
  return kind != AccessKind::kLoad && !IsUnscheduled(kind);
}

// What a report tells by the history.
bool IsOfHistory(AccessKind kind) {
  return kind == AccessKind::kCall || kind == AccessKind::kReturn;
}

constexpr uint32_t KindBit(AccessKind kind) {
  return uint32_t{1} << static_cast<uint32_t>(kind);
}

constexpr uint32_t kAtomicKinds = KindBit(AccessKind::kLoad) |
                                  KindBit(AccessKind::kStore) |
                                  KindBit(AccessKind::kReadModifyWrite) |
                                  KindBit(AccessKind::kCompareExchange);

constexpr uint32_t kUnlockKinds =
    KindBit(AccessKind::kUnlock) | KindBit(AccessKind::kUnlockShared);

bool IsAtomic(AccessKind kind) { return (KindBit(kind) & kAtomicKinds) != 0; }

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
  weak_ = false;
  source_ = ValueSource();
  observed_ = options.record || options.progress != nullptr;
  inspected_ = observed_ || options.stop_at_step.has_value();
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
  spawner_ = kNoThread;
  now_ = {.next = next_.data()};
  clock_ = 0;
  stamps_ = 0;
  fair_ = false;
  fair_walk_.Restart();
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
  watched_ = options_.record || weak_ || may_stop;
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
  for (uint32_t thread = 0; thread < thread_count_; ++thread) {
    if (threads_[thread].joins == now_.running) Refresh(thread);
  }
  if (spawner_ != kNoThread) {
    SwitchTo(spawner_);
  } else {
    SwitchTo(Choose());
  }
}

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

void Execution::EndOperation(uint64_t* return_time) {
  if (weak_) [[unlikely]]
    return EndWeakOperation(return_time);
  ModelThread& self = threads_[now_.running];
  if (self.call_time != nullptr) {
    Stamp(std::exchange(self.call_time, nullptr));
  }
  Stamp(return_time);
  next_[now_.running].calls = false;
  if (!followed_) return;
  Follow(
      [&](SchedulingStrategy& strategy) { strategy.Returned(now_.running); });
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

void Execution::SwitchTo(uint32_t next) {
  const uint32_t previous = now_.running;
  now_.running = next;
  memory_.SetThread(next);
  Fiber::Switch(fibers_[previous], fibers_[next]);
}

[[gnu::always_inline]] inline void Execution::PreemptFor(uint32_t next) {
  options_.coverage->Add(threads_[now_.running].site, threads_[next].site);
  SwitchTo(next);
}

[[gnu::always_inline]] inline void Execution::Tick() {
  ModelThread& self = threads_[now_.running];
  if (self.call_time != nullptr) [[unlikely]]
    Stamp(std::exchange(self.call_time, nullptr));
  if (++clock_ >= clock_limit_) [[unlikely]]
    ReachClockLimit();
}

void Execution::BeforeAccess(Access access) {
  const uintptr_t site = SiteOf(__builtin_return_address(0));
  if ((unattended_kinds_ & KindBit(access.kind)) != 0) {
    PerformUnattended(access, site);
  } else if (alone_) {
    PerformAlone();
  } else if (!followed_) {
    PerformAccess(access, site);
  } else if (IsUnscheduled(access.kind)) {
    FollowUnscheduled(access, site);
  } else {
    FollowAccess(access, site);
  }
}

void Execution::PerformUnattended(Access access, uintptr_t site) {
  ModelThread& self = threads_[now_.running];
  next_[now_.running].access = access;
  self.site = site;
  if (now_.enabled != OnlyThread(now_.running)) {
    now_.step = self.step;
    const uint32_t next = Ask(now_);
    if (next != now_.running) PreemptFor(next);
  }
  Tick();
  ++self.step;
}

[[gnu::always_inline]] inline void Execution::PerformAlone() {
  Tick();
  LogProgress();
  ++threads_[now_.running].step;
}

void Execution::PerformAccess(Access access, uintptr_t site) {
  if ((unattended_kinds_ & KindBit(access.kind)) != 0) {
    PerformUnattended(access, site);
    if (weak_) RememberStep();
    return;
  }
  if (alone_) return PerformAlone();
  if (followed_) [[unlikely]]
    return FollowAccess(access, site);
  next_[now_.running].access = access;
  threads_[now_.running].site = site;
  Arrive();
  Perform();
}

[[gnu::noinline]] void Execution::FollowAccess(Access access, uintptr_t site) {
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
    strategy_->Arrived(self, whereabouts, next_[self]);
  }
  ArriveFollowed();
  Tick();
  PerformFollowed();
}

[[gnu::always_inline]] inline void Execution::ArriveFollowed() {
  if (spawner_ != kNoThread) [[unlikely]]
    return ReturnToSpawner();
  const uint32_t self = now_.running;
  now_.step = threads_[self].step;
  const uint32_t next = ChooseAmong(now_);
  if (next == self) return;
  if (options_.record) [[unlikely]]
    preempted_ = true;
  PreemptFor(next);
}

void Execution::ReturnToSpawner() {
  SwitchTo(std::exchange(spawner_, kNoThread));
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
  Tick();
  LogProgress();
  if (watched_) [[unlikely]] {
    PerformWatched();
  } else {
    ++self.step;
  }
  if (access.kind != AccessKind::kYield) FollowTouch(access);
}

void Execution::Arrive() {
  if (spawner_ != kNoThread) [[unlikely]]
    return ReturnToSpawner();
  if (now_.enabled == OnlyThread(now_.running) && !followed_) return;
  const uint32_t next = Choose();
  if (next == now_.running) return;
  if (options_.record) [[unlikely]]
    preempted_ = now_.CanGoOn();
  PreemptFor(next);
}

[[gnu::always_inline]] inline uint32_t Execution::ChooseAmong(
    const ChoicePoint& point) {
  if (!followed_ && (point.enabled & (point.enabled - 1)) == 0) {
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
  const StaleAccess access = {now_.running, threads_[now_.running].step - 1,
                              overlooked};
  const HarnessAllocations harness;
  if (options_.record) stale_.Append(access);
  ProgressLog* const progress = options_.progress;
  if (progress != nullptr &&
      progress->stale_count < ProgressLog::kMaxSwitches) {
    progress->stale[progress->stale_count++] = access;
  }
}

void Execution::Perform() {
  Tick();
  if (attended_) [[unlikely]]
    return PerformAttended();
  ++threads_[now_.running].step;
}

void Execution::PerformAttended() {
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
  ++threads_[now_.running].step;
}

[[gnu::always_inline]] inline void Execution::PerformFollowed() {
  LogProgress();
  if (watched_) [[unlikely]]
    return PerformWatched();
  FollowPerformed();
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
  const uint32_t end = options_.step_bound + 1;
  // Who follows steps sees to fairness itself.
  const bool may_be_fair = !fair_ && !follows_;
  clock_limit_ =
      stamps_ + (may_be_fair ? std::min(options_.fair_after_steps, end) : end);
}

void Execution::ReachClockLimit() {
  if (steps() > options_.step_bound) FailWithLivelock();
  fair_ = true;
  strategy_ = &fair_walk_;
  SetClockLimit();
}

void Execution::RecordStep() {
  const HarnessAllocations harness;
  raw_trace_.Append({now_.running,
                     threads_[now_.running].step,
                     clock_,
                     next_[now_.running].access,
                     {},
                     {},
                     preempted_,
                     names_.KnownNow(memory_.records())});
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
      absl::StrCat("thread ", now_.running, " ", action, " ",
                   names_.NameOf(object, names_.KnownNow(memory_.records())),
                   ", which thread ", race.other, " ", deed,
                   ", and nothing orders the two"));
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
  return value;
}

void Execution::WeakStore(uint64_t value, uint64_t initial) {
  PerformWeakly([&](WeakMemory& memory, const Access& access) {
    memory.Store(now_.running, access, value, initial);
  });
}

uint64_t Execution::WeakUpdate(const AtomicUpdate& update, uint64_t initial) {
  uint64_t value = 0;
  PerformWeakly([&](WeakMemory& memory, const Access& access) {
    value = memory.Update(now_.running, access, update, initial);
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

void Execution::Observe(const AccessResult& result) {
  if (followed_ && IsChange(next_[now_.running].access.kind)) {
    const HarnessAllocations harness;
    const IgnoreRaces ignore;
    strategy_->Observed(result);
  }
  if (!recording_) return;
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
