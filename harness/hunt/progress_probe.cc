#include "harness/hunt/progress_probe.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "harness/base/check.h"
#include "harness/base/violation_kind.h"
#include "harness/explore/exhaustive.h"
#include "harness/explore/explored_step.h"
#include "harness/explore/forwarding_strategy.h"
#include "harness/explore/happens_before.h"
#include "harness/hunt/known_histories.h"
#include "harness/hunt/program_runner.h"
#include "harness/model/memory.h"
#include "harness/model/strategy.h"
#include "harness/program/program.h"
#include "harness/sync/scheduler.h"

namespace mortsafe {
namespace {

// Client 1; thread 0 performs the initial operations.
constexpr uint32_t kProbed = 1;

// Of an execution. If the operation has taken most of them it has no end, and
// otherwise the others have none.
constexpr size_t kMostSteps = 2 * size_t{kMostProbedSteps};

// The exhaustive search without real time, which does not matter here: an
// operation takes the same steps whichever call it returned before.
class ProbeStrategy final : public ForwardingStrategy {
 public:
  explicit ProbeStrategy(bool keeps_places)
      : ForwardingStrategy(search_), search_(keeps_places) {
    search_.FollowRoundsOf(kProbed);
  }

  ExhaustiveStrategy& search() { return search_; }
  // Whether step `i` of the latest execution was the first of an operation.
  bool IsCall(size_t i) const { return calls_[i]; }
  // What the operation was about to do where a thread was chosen last.
  const Access& pending() const { return pending_; }
  // The latest execution was ended by this, not by the search.
  bool stopped() const { return stopped_; }

  uint32_t Choose(const ChoicePoint& point) override {
    if (search_.went_round() || search_.step_count() > kMostSteps) {
      stopped_ = true;
      return kGiveUp;
    }
    pending_ = point.next[kProbed].access;
    return search_.Choose(point);
  }
  std::optional<ObjectRace> Performed(uint32_t thread,
                                      const NextStep& step) override {
    NextStep silent = step;
    silent.calls = false;
    std::optional<ObjectRace> race = search_.Performed(thread, silent);
    const size_t index = search_.step_count() - 1;
    if (calls_.size() <= index) calls_.resize(index + 1);
    calls_[index] = step.calls;
    return race;
  }

 private:
  ExhaustiveStrategy search_;
  std::vector<bool> calls_;  // By step.
  Access pending_;
  bool stopped_ = false;
};

// What the latest execution says of the probed operation.
class ProbedExecution {
 public:
  explicit ProbedExecution(ProbeStrategy& strategy)
      : strategy_(strategy), order_(strategy.search().order()) {
    for (size_t i = 0; i < order_.size(); ++i) {
      if (order_.step(i).thread == kProbed) own_.push_back(i);
    }
  }

  uint32_t steps() const { return static_cast<uint32_t>(own_.size()); }
  bool returned() const {
    return !own_.empty() && order_.step(own_.back()).returns;
  }

  bool TakesLock() const {
    return std::any_of(own_.begin(), own_.end(), [this](size_t i) {
      return Acquires(order_.step(i).kind);
    });
  }

  // Where it waits with the execution as it stands.
  ProbedWait WaitAtTheEnd(ProbedWait::Kind kind) const {
    size_t latest = 0;
    bool others = false;
    for (size_t i = 0; i < order_.size(); ++i) {
      if (order_.step(i).thread == kProbed) continue;
      latest = i;
      others = true;
    }
    return others ? Wait(kind, own_.size(), latest)
                  : ProbedWait{.kind = kind, .own_steps = steps()};
  }

  // That it waits for a lock with the execution as it stands.
  std::optional<ProbedWait> WaitForPendingLock() const {
    const Access& pending = strategy_.pending();
    if (!Acquires(pending.kind)) return std::nullopt;
    for (size_t i = 0; i < order_.size(); ++i) {
      const ExploredStep& step = order_.step(i);
      if (step.object == pending.object && IsInTheWay(step, pending.kind) &&
          IsHeldAtTheEnd(i)) {
        return Wait(ProbedWait::Kind::kLock, own_.size(), i);
      }
    }
    return std::nullopt;
  }

  // Where another schedule with the same order of dependent steps could have
  // made it wait for a lock or to be notified.
  std::optional<ProbedWait> PossibleWait() const {
    for (size_t k = 0; k < own_.size(); ++k) {
      const AccessKind kind = order_.step(own_[k]).kind;
      if (kind == AccessKind::kWait) {
        return ProbedWait{.kind = ProbedWait::Kind::kNotification,
                          .own_steps = static_cast<uint32_t>(k + 1)};
      }
      if (!Acquires(kind)) continue;
      const std::optional<size_t> taken = HeldBefore(k);
      if (taken.has_value()) return Wait(ProbedWait::Kind::kLock, k, *taken);
    }
    return std::nullopt;
  }

 private:
  // The step with which another thread has taken the lock that the `k`-th own
  // step takes later, and which it need not have given up when the thread
  // came there: nothing that the thread did before comes after that.
  std::optional<size_t> HeldBefore(size_t k) const {
    const ExploredStep& own = order_.step(own_[k]);
    for (size_t i = 0; i < own_[k]; ++i) {
      const ExploredStep& step = order_.step(i);
      if (step.object != own.object || !IsInTheWay(step, own.kind)) continue;
      const std::optional<size_t> next = NextOn(own.object, i);
      // A failed attempt to share it is followed by another.
      if (next.has_value() ? !GivesUp(order_.step(*next).kind)
                           : step.kind == AccessKind::kTryLockShared) {
        continue;
      }
      const bool given_up = next.has_value() && k > 0 && *next < own_[k - 1] &&
                            order_.Precedes(*next, own_[k - 1]);
      if (!given_up) return i;
    }
    return std::nullopt;
  }

  // Whether `step` keeps the probed operation from acquiring the lock so.
  static bool IsInTheWay(const ExploredStep& step, AccessKind acquisition) {
    return step.thread != kProbed && HasTaken(step) &&
           !(IsShared(step.kind) && IsShared(acquisition));
  }

  // Whether the thread of step `i` has the lock still that it took there.
  bool IsHeldAtTheEnd(size_t i) const {
    // It may have failed; nobody gives up what it did not get.
    if (order_.step(i).kind == AccessKind::kTryLockShared) return false;
    const volatile void* const lock = order_.step(i).object;
    std::optional<size_t> next = NextOn(lock, i);
    while (next.has_value() && !GivesUp(order_.step(*next).kind)) {
      next = NextOn(lock, *next);
    }
    return !next.has_value();
  }

  static bool HasTaken(const ExploredStep& step) {
    return Acquires(step.kind) || step.kind == AccessKind::kTryLockShared ||
           (step.kind == AccessKind::kTryLock && step.writes);
  }

  // The next step on `lock` of the thread of step `i`.
  std::optional<size_t> NextOn(const volatile void* lock, size_t i) const {
    for (size_t next = i + 1; next < order_.size(); ++next) {
      const ExploredStep& step = order_.step(next);
      if (step.thread == order_.step(i).thread &&
          (step.object == lock || step.lock == lock)) {
        return next;
      }
    }
    return std::nullopt;
  }

  // It has taken `own_steps` steps; the other stopped after its step `i`.
  ProbedWait Wait(ProbedWait::Kind kind, size_t own_steps, size_t i) const {
    ProbedWait wait;
    wait.kind = kind;
    wait.own_steps = static_cast<uint32_t>(own_steps);
    wait.client = order_.step(i).thread;
    uint32_t calls = 0;
    for (size_t earlier = 0; earlier <= i; ++earlier) {
      if (order_.step(earlier).thread != wait.client) continue;
      if (strategy_.IsCall(earlier)) {
        ++calls;
        wait.steps = 0;
      }
      ++wait.steps;
    }
    wait.operation = calls == 0 ? 0 : calls - 1;
    return wait;
  }

  const ProbeStrategy& strategy_;
  const HappensBefore& order_;
  std::vector<size_t> own_;  // The operation's steps, by their numbers.
};

void CountSteps(const ProbedExecution& execution, ProbedProgram& probed) {
  probed.most_steps = std::max(probed.most_steps, execution.steps());
  if (execution.TakesLock()) return;
  probed.most_steps_without_lock =
      std::max(probed.most_steps_without_lock.value_or(0), execution.steps());
}

// Takes in what an execution showed. Whether to go on with others.
bool Take(ProbeStrategy& strategy, const RunResult& result,
          ProbedProgram& probed) {
  const ProbedExecution execution(strategy);
  if (strategy.search().went_round()) {
    probed.wait = execution.WaitAtTheEnd(ProbedWait::Kind::kChange);
    return false;
  }
  if (strategy.stopped()) {
    if (execution.steps() >= kMostProbedSteps) {
      probed.wait = execution.WaitAtTheEnd(ProbedWait::Kind::kNoEnd);
    }
    return false;
  }
  if (result.kind == ViolationKind::kLivelock) {
    // Of others. If it has not returned, one of them may have its lock.
    if (!execution.returned() && !probed.wait.has_value()) {
      probed.wait = execution.WaitForPendingLock();
    }
  } else if (result.kind.has_value() && *result.kind != ViolationKind::kLeak) {
    probed.failure = result.kind;
    return false;
  }
  if (execution.returned()) CountSteps(execution, probed);
  if (!probed.wait.has_value()) probed.wait = execution.PossibleWait();
  return true;
}

}  // namespace

ProbedProgram ProbeProgram(ProgramRunner& runner, const Program& program,
                           const ProbeProgramOptions& options) {
  Check(!program.threads.empty() && program.threads[0].size() == 1,
        "client 1 of a probe has one operation");
  ProbedProgram probed;
  KnownHistories known_histories;
  ProbeStrategy strategy(runner.CanKeepPlaces());
  while (strategy.search().Next()) {
    if (options.stop != nullptr && *options.stop) return probed;
    const RunResult result = runner.Run(program, strategy,
                                        {.check_invariants = false,
                                         .pulse = options.pulse,
                                         .known_histories = &known_histories});
    ++probed.executions;
    if (options.executions != nullptr) ++*options.executions;
    if (!Take(strategy, result, probed)) return probed;
  }
  probed.complete = true;
  return probed;
}

}  // namespace mortsafe
