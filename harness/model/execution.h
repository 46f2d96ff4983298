// One controlled execution: runs code that uses the seam with every thread a
// fiber of one operating-system thread, and a strategy choosing who runs next
// before each operation on shared state.
//
//   Execution execution;
//   Outcome outcome = execution.Run({}, strategy, [&] {
//     mortsafe::thread t([&] { … });
//     …
//     t.join();
//   });
//
// The same body and the same choices give the same execution, step by step, in
// every process. Nothing is allocated per step.

#ifndef MORTSAFE_HARNESS_MODEL_EXECUTION_H_
#define MORTSAFE_HARNESS_MODEL_EXECUTION_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "harness/base/violation_kind.h"
#include "harness/model/address_area.h"
#include "harness/model/fiber.h"
#include "harness/model/memory.h"
#include "harness/model/object_names.h"
#include "harness/model/pod_vector.h"
#include "harness/model/random_walk.h"
#include "harness/model/sanitizers.h"
#include "harness/model/saved_regions.h"
#include "harness/model/strategy.h"
#include "harness/model/switch_coverage.h"
#include "harness/model/trace.h"
#include "harness/model/weak_memory.h"
#include "harness/program/schedule.h"
#include "harness/sync/scheduler.h"
#include "mortsafe/memory_model.h"

// Where the linker put the start and the end of the program.
extern "C" const char __executable_start[];
extern "C" const char _end[];

namespace mortsafe {

// What an execution has done so far, for an observer that outlives it: placed
// in memory that processes share, it tells how a crashed execution came about.
struct ProgressLog {
  static constexpr uint32_t kMaxSwitches = 4096;
  uint32_t steps = 0;
  uint32_t switch_count = 0;
  uint32_t stale_count = 0;
  MemoryModel memory = MemoryModel::kSc;
  std::array<Switch, kMaxSwitches> switches = {};
  std::array<StaleAccess, kMaxSwitches> stale = {};

  // REQUIRED before each execution.
  void Clear() { steps = switch_count = stale_count = 0; }
  // What replays it.
  Schedule schedule() const;
  // Becomes the log of an execution that `schedule`, of which as much is kept
  // as there is room for, replays.
  void Set(const Schedule& schedule, uint32_t step_count);
};

// What a body changes besides what it allocates and what lies on its threads'
// stacks: has to be put back where an execution goes on from a kept place.
// Called by the harness, between the steps of the body.
class OutsideState {
 public:
  virtual ~OutsideState() = default;
  // Keeps what there is now as `place`; forgets what was kept as that before.
  virtual void Keep(size_t place) = 0;
  virtual void PutBack(size_t place) = 0;
};

struct ExecutionOptions {
  // From this step on the strategy is put aside and every enabled thread is
  // equally likely to run: a fair schedule, under which a map that can make
  // progress does. Not if the strategy follows steps: it sees to that itself.
  uint32_t fair_after_steps = 2'000;
  // An execution that is not over after so many steps is a livelock.
  uint32_t step_bound = 20'000;
  // Keep the trace and the schedule for Execution::trace() and schedule().
  bool record = false;
  // End the execution when it comes to this step, counted from 1: what came
  // before is then recorded, though the step itself would crash. 0 runs nothing
  // at all.
  std::optional<uint32_t> stop_at_step = std::nullopt;
  // Kept up to date while the execution runs, if not null.
  ProgressLog* progress = nullptr;
  // Counted up at the beginning and every so many steps, if not null: tells who
  // watches, from another process too, that the execution is slow, not stuck.
  std::atomic<uint64_t>* pulse = nullptr;
  // Where switches are counted; in Execution::coverage() if null.
  SwitchCoverage* coverage = nullptr;
  // Decides what loads read. Null: each reads what was written last.
  WeakMemory* memory = nullptr;
  // Report blocks that are live when the body returns as a leak.
  bool find_leaks = true;
  // Where set, executions can go on from places that earlier ones kept, if the
  // strategy asks for it. The body must then be self-contained: all that it
  // changes is allocated with operator new, lies on its threads' stacks or is
  // put back by this; and what is given to Run() stays until the last of them.
  // Not under a sanitizer, and not with `record`.
  OutsideState* outside = nullptr;
  // Keep the place of the first choice, for RunAgain(). REQUIRES: `outside`.
  bool keep_first_choice = false;
};

struct Failure {
  ViolationKind kind = ViolationKind::kCrash;
  std::string message;
  // Nothing went wrong: the code does what cannot be done with a WeakMemory.
  bool unsupported = false;
};

struct Outcome {
  // What went wrong, if anything: deadlock, livelock, leak, double free, an
  // escaped exception, or what Fail() said.
  std::optional<Failure> failure;
  uint32_t steps = 0;
  // The execution was ended by ExecutionOptions::stop_at_step, or because the
  // strategy gave it up.
  bool stopped = false;
};

class Execution final : public Scheduler {
 public:
  Execution();
  ~Execution();
  Execution(const Execution&) = delete;
  Execution& operator=(const Execution&) = delete;

  // Runs `body` as thread 0. It must join the threads it starts; whatever it
  // allocates must not be used after it. Where the strategy goes on from a kept
  // place, body and options are those of the execution that kept it.
  Outcome Run(const ExecutionOptions& options, SchedulingStrategy& strategy,
              absl::FunctionRef<void()> body);

  // Whether the latest execution, or the one that it repeated, kept the place
  // of its first choice; one in which nobody had to choose did not.
  bool CanRunAgain() const { return kept_first_choice_; }
  // The same execution up to its first choice, and from there under `strategy`:
  // Run() with the body and the options that it had then, but for `coverage`.
  // REQUIRES: CanRunAgain(), and the strategy does not follow steps.
  Outcome RunAgain(SchedulingStrategy& strategy, SwitchCoverage* coverage);

  // The following serve the body while it runs.

  // The calling thread begins or ends an operation of interest (a call on the
  // map). A call is stamped when its first shared access is performed, a return
  // at once, which makes intervals as short as the execution allows. Where
  // loads may be stale that would order more than real time does: both are then
  // steps of their own.
  void BeginOperation(uint64_t* call_time) {
    if (weak_) [[unlikely]]
      return BeginWeakOperation(call_time);
    threads_[now_.running].call_time = call_time;
    next_[now_.running].calls = true;
  }
  void EndOperation(uint64_t* return_time);

  // The body has joined all threads that it started, and starts no more: what
  // it reads from here on is what was written last, and its steps are no longer
  // anybody's concern. Saves a WeakMemory, and a search, what it does in the
  // end. Under such a memory threads of others, which still run, are refused.
  // REQUIRES: no atomic that threads used lay in a frame of the body that has
  // been left.
  void EndThreads();

  // Ends the execution at once with `kind`; fibers are abandoned where they
  // are.
  [[noreturn]] void Fail(ViolationKind kind, const char* message);

  // What the latest recorded execution did.
  Trace trace() const;
  Schedule schedule() const;

  // Where the addresses are that its executions know things by: blocks,
  // stacks, the program. The same for each of them; plain builds.
  std::array<AddressRange, 3> AddressRanges() const;

  // What all executions together have covered that counted here.
  const SwitchCoverage& coverage() const { return coverage_; }

  // Scheduler.
  void BeforeAccess(Access access) override;
  void Acquire(Access access, LockState& lock) override;
  bool TryAcquire(Access access, LockState& lock) override;
  void Release(Access access, LockState& lock) override;
  void Wait(ConditionState& condition, LockState& lock,
            Access reacquire) override;
  void Notify(ConditionState& condition, bool all) override;
  void Join(uint32_t thread) override;
  uint32_t Spawn(ThreadBody* body) override;
  uint32_t CurrentThread() const override { return now_.running; }
  uint64_t WeakLoad(uint64_t initial) override;
  void WeakStore(uint64_t value, uint64_t initial) override;
  uint64_t WeakUpdate(const AtomicUpdate& update, uint64_t initial) override;
  [[noreturn]] void RefuseWeak(const char* what) override;
  void Created(const volatile void* object) override;
  void Observe(const AccessResult& result) override;
  void SetName(const volatile void* object, const char* name) override;
  void SetName(const volatile void* object, const char* name,
               uint64_t number) override;

 private:
  static constexpr uint32_t kNoThread = kMaxModelThreads;
  // Any constant will do; the choices must be the same in every run.
  static constexpr uint64_t kFairSeed = 0x6d6f727473616665;
  enum class State : uint8_t { kUnused, kAlive, kWaiting, kFinished };

  struct ModelThread {
    State state = State::kUnused;
    // The strategy looked at its frames when it came to its latest step.
    bool looked_at = false;
    uint32_t step = 0;          // Number of the step it is about to perform.
    uintptr_t site = 0;         // The place in the code that performs it.
    LockState* lock = nullptr;  // That it waited for last, or waits for.
    uint64_t* call_time = nullptr;  // Where to stamp the next access.
    ThreadBody* body = nullptr;     // Null for thread 0.
    ThreadSet joiners = 0;          // Who waits for its end.
    uint32_t joins = kNoThread;     // Whom it waited for last, or waits for.
  };

  static void FiberMain(void* fiber_argument);
  // The place in the program to which a call returns.
  static uintptr_t SiteOf(const void* return_address) {
    return reinterpret_cast<uintptr_t>(return_address) -
           reinterpret_cast<uintptr_t>(__executable_start);
  }
  void RunBodyOf(uint32_t thread);
  void BeginExecution(const ExecutionOptions& options,
                      SchedulingStrategy& strategy);
  void PrepareThread(uint32_t thread, ThreadBody* body);

  // Performs `access` of the code at `site` once the thread has been chosen.
  void PerformAccess(Access access, uintptr_t site);
  // The same off the fast path.
  void PerformAttended(Access access, uintptr_t site);
  // The same while there is one thread, alone.
  void PerformAlone();
  [[gnu::cold, gnu::noinline]] void FinishAloneAtLimit(ModelThread& self);
  void FinishAlone(ModelThread& self) {
    LogProgress();
    ++self.step;
  }
  // The same in unattended turns, where it is no yield.
  void PerformUnattended(Access access, uintptr_t site);
  // What BeforeAccess() does otherwise.
  [[gnu::noinline]] void BeforeAttendedAccess(Access access, uintptr_t site);
  // The running thread has made its next step known, a lock or a join, for
  // which it may have to wait. Returns once it has performed it.
  void AwaitTurn();
  // The running thread has made its next step known. Returns once it has been
  // chosen to perform it.
  void Arrive();
  // Who goes on then: it, or another, and the switch has been counted.
  // REQUIRES: nobody waits for it as its spawner. The same of a thread that is
  // followed and has come to a step that it need not wait for: in the thread's
  // first it is the spawner, and nothing was counted. Not inlined, as they are
  // long; the switch itself is left to those who call them (execution_step.h
  // says why).
  [[gnu::noinline]] uint32_t ChooseOnArrival();
  [[gnu::noinline]] uint32_t FollowArrival(Access access, uintptr_t site);
  // Counts, stamps and records the step that the running thread performs.
  void Perform();
  // Its part for those who attend to every step, for those who follow it as one
  // of theirs, and for those who do more than that.
  void AttendToStep();
  void PerformFollowed();
  [[gnu::noinline]] void PerformWatched();
  void LogProgress() {
    if (options_.progress != nullptr) options_.progress->steps = steps();
  }
  // Its part for all: time goes on. `self` is the running thread.
  void Tick(ModelThread& self);
  void Stamp(uint64_t* time) {
    *time = ++clock_;
    ++stamps_;
    ++clock_limit_;
  }
  // Stamps the call that `self`'s next access belongs to, if it is the first.
  void StampCall(ModelThread& self) {
    if (self.call_time != nullptr) [[unlikely]]
      Stamp(std::exchange(self.call_time, nullptr));
  }
  uint32_t steps() const { return static_cast<uint32_t>(clock_ - stamps_); }
  // Who follows steps sees to fairness itself.
  bool MayBecomeFair() const { return !fair_ && !follows_; }
  // Counts up the pulse, too.
  void SetClockLimit();
  [[gnu::cold, gnu::noinline]] void ReachClockLimit();
  void RecordStep();
  [[gnu::noinline]] void RecordSwitch(const Switch& each);
  // The running thread's access took no notice of so many writes.
  void RecordStale(uint32_t overlooked);
  // What follows from how many threads there are.
  void UpdateAttention();
  // For a strategy that follows every step: tells it something.
  template <class Tell>
  void Follow(Tell tell) {
    if (!follows_) return;
    const HarnessAllocations harness;
    const IgnoreRaces ignore;
    tell(*strategy_);
  }
  // Performs a step of a thread that is followed, once it has been chosen.
  void FollowAccess(Access access, uintptr_t site);
  [[gnu::noinline]] void PerformFollowedStep();
  // What the running thread's frames are compared by is to be its own. Called
  // last where it goes on with its own code.
  void LeaveNoTraces() {
    if (followed_ && threads_[now_.running].looked_at) [[unlikely]]
      ClearDeadFrames();
  }
  void FollowUnscheduled(Access access, uintptr_t site);
  void FollowTouch(Access access);
  void FollowFree(const void* block, size_t size);
  [[noreturn, gnu::cold, gnu::noinline]] void FailWithRace(
      const char* action, const volatile void* object, const ObjectRace& race);
  [[noreturn, gnu::cold, gnu::noinline]] void FailWithRace(
      Access access, const ObjectRace& race);
  void FollowPerformed();
  // Tells a WeakMemory something.
  template <class Tell>
  void Remember(Tell tell) {
    if (!weak_) return;
    const HarnessAllocations harness;
    tell(*options_.memory);
  }
  void BeginWeakOperation(uint64_t* call_time);
  void EndWeakOperation(uint64_t* return_time);
  void RememberStep();
  template <class Action>
  void PerformWeakly(Action action);
  // Picks who goes on at a point that the running thread has come to.
  uint32_t Choose();
  uint32_t ChooseAmong(const ChoicePoint& point);
  // Asks the strategy.
  uint32_t Ask(const ChoicePoint& point);
  [[gnu::cold, gnu::noinline]] uint32_t AskAgain(const ChoicePoint& point,
                                                 uint32_t answer);
  // Lets `next` go on; returns once the running thread is chosen again.
  void SwitchTo(uint32_t next);
  // The same, unless `next` is the running thread.
  void GoOnWith(uint32_t next);
  // Counts the switch that follows, at a step.
  void CountSwitchTo(uint32_t next);
  void FinishThread();
  [[noreturn, gnu::cold, gnu::noinline]] void FailWithLivelock();
  // Not inlined, as the frame below those of all that a thread does, which are
  // kept and put back, would grow.
  [[noreturn, gnu::cold, gnu::noinline]] void FailWithException(
      uint32_t thread, const std::exception& exception);
  [[noreturn]] void Abandon(ViolationKind kind, std::string message);
  [[noreturn]] void LeaveForGood();
  void CleanUpAbandoned();
  void CheckForLeaks();
  void RunFibers();
  Outcome Conclude();

  // kept_place.cc: going on from a kept place.
  struct KeptPlace;
  struct DeleteKeptPlace {
    void operator()(KeptPlace* place) const;
  };
  // The running thread has come to a place to keep. Returns whenever an
  // execution goes on from there, the current one first.
  void KeepPlace();
  // Keeps the place at which `strategy` will be asked for the first time.
  void KeepFirstChoiceOf(SchedulingStrategy& strategy);
  void SavePlace();
  void ResumeAt(size_t number);

  // execution_locks.cc: threads that wait.
  // LockState::waiters or shared_waiters, of this execution.
  ThreadSet& WaitersFor(LockState& lock, bool shared) const;
  // `thread` can go on, or cannot: no branch, as nobody can predict which.
  void EnableIf(bool can_go_on, uint32_t thread);
  void TakeLock(LockState& lock, bool shared);
  void DropLock(LockState& lock, bool shared);
  [[noreturn, gnu::cold, gnu::noinline]] void FailWithDeadlock();
  std::string DescribeWaiting(uint32_t thread) const;
  // Who would have to go on first, or kNoThread: a notification is nobody's.
  uint32_t BlockerOf(uint32_t thread) const;
  // The threads that wait for each other in a circle that `thread` waits for.
  ThreadSet CycleFrom(uint32_t thread) const;

  // Of the execution in progress, and of those that go on from its places: no
  // other's in this process.
  uint64_t number_;
  std::array<ModelThread, kMaxModelThreads> threads_;
  std::array<NextStep, kMaxModelThreads> next_;
  AddressArea stacks_;
  std::array<Fiber, kMaxModelThreads> fibers_;
  struct FiberArgument {
    Execution* execution = nullptr;
    uint32_t thread = 0;
  };
  std::array<FiberArgument, kMaxModelThreads> fiber_arguments_;
  Fiber caller_;

  // The execution in progress.
  ExecutionOptions options_;
  SchedulingStrategy* strategy_ = nullptr;
  const absl::FunctionRef<void()>* body_ = nullptr;
  uint32_t thread_count_ = 0;
  uint32_t spawner_ = kNoThread;  // Waits for a new thread's first arrival.
  // Who runs and who could, whether or not anybody has to choose.
  ChoicePoint now_;
  // Ticks at every step, and at every call and return that is stamped.
  uint64_t clock_ = 0;
  uint64_t stamps_ = 0;
  // Where the next bound on steps is reached, or the pulse is due.
  uint64_t clock_limit_ = 0;
  bool fair_ = false;  // The strategy was put aside for this one.
  RandomWalk fair_walk_{kFairSeed};
  bool observed_ = false;   // Somebody wants to know of switches.
  bool inspected_ = false;  // Or counts steps.
  // The strategy follows steps; and does so now, as there is more than one
  // thread, or was until it was joined.
  bool follows_ = false;
  bool followed_ = false;
  // Where the latest weak load found its value.
  ValueSource source_;
  // Every step is of interest: it is followed, recorded, counted by somebody
  // else or may be the last.
  bool attended_ = false;
  // It is recorded, or may be the last.
  bool watched_ = false;
  // There is one thread, and what it does is neither followed nor recorded.
  bool alone_ = false;
  // The kinds of accesses, a bit each, that nobody attends to while threads
  // take turns: the path that has to be fast.
  uint32_t unattended_kinds_ = 0;
  uint32_t unjoined_ = 0;       // Threads that were started and not joined.
  bool threads_ended_ = false;  // The body says that it starts no more.
  bool abandoned_ = false;
  bool stopped_ = false;
  std::optional<Failure> failure_;

  // Recorded executions.
  struct RawStep {
    uint32_t thread;
    uint32_t step;
    uint64_t time;
    Access access;
    AccessResult result;
    ValueSource source;
    bool preempts;
    ObjectNames::Known known;
  };
  bool preempted_ = false;
  PodVector<RawStep> raw_trace_;
  PodVector<Switch> switches_;
  PodVector<StaleAccess> stale_;
  ObjectNames names_;

  std::vector<std::unique_ptr<KeptPlace, DeleteKeptPlace>>
      kept_places_;  // Re-used.
  size_t kept_place_count_ = 0;
  bool keeps_place_ = false;  // Asks the caller's fiber to save one.
  // The strategy, until it is asked for the first time, where that place is
  // kept; and whether it was.
  SchedulingStrategy* first_chooser_ = nullptr;
  bool kept_first_choice_ = false;

  ExecutionMemory memory_;
  SwitchCoverage coverage_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_MODEL_EXECUTION_H_
