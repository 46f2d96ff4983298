// The steps of an execution as they come, with vector clocks of the
// happens-before relation of traces: program order, the order of dependent
// steps, start and join of threads. Finds the races: pairs of steps in whose
// reverse order lies another trace.
//
// Serves a depth-first search: Restart(n) begins an execution whose first n
// steps are those of the one before, from its beginning or where a mark was
// made.

#ifndef MORTSAFE_HARNESS_EXPLORE_HAPPENS_BEFORE_H_
#define MORTSAFE_HARNESS_EXPLORE_HAPPENS_BEFORE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "harness/explore/address_map.h"
#include "harness/explore/explored_step.h"
#include "harness/explore/undo_log.h"
#include "harness/explore/vector_clock.h"
#include "harness/model/memory.h"
#include "harness/model/pod_vector.h"
#include "harness/model/strategy.h"
#include "harness/sync/scheduler.h"

namespace mortsafe {

class HappensBefore {
 public:
  // Two dependent steps that nothing else orders: the second could have come
  // first.
  struct Race {
    uint32_t first = 0;
    uint32_t second = 0;
  };

  // How far an execution has come, between two steps. Marks are made and used
  // like a stack: what came after the one with which an execution began is of
  // no use any more.
  struct Mark {
    size_t position = 0;
    size_t changes = 0;
  };
  // REQUIRES: the latest step is settled.
  Mark Remember() {
    saved_ = 0;
    return {position_, log_.size()};
  }

  // Begins an execution whose first `kept` steps are known: a new one, or one
  // that goes on where `mark` was made. That was not after `kept` steps, and
  // those before it are the same.
  void Restart(size_t kept) { Restart(kept, Mark()); }
  void Restart(size_t kept, const Mark& mark);

  // As the execution goes: see SchedulingStrategy.
  void Perform(uint32_t thread, const NextStep& next);
  void Observe(const AccessResult& result);
  void Return(uint32_t thread);
  void Release(uint32_t thread, uint32_t other);
  void Finish(uint32_t thread);
  void Join(uint32_t thread, uint32_t other);

  // REQUIRED before the latest step is asked for: it is complete now.
  void Settle() {
    if (!settled_) SettleLatest();
  }

  // The number of steps performed so far.
  size_t size() const { return position_; }
  // The number of steps that repeat those of the execution before.
  size_t kept() const { return kept_; }
  // Step `i`, which may lie ahead while known steps are repeated.
  const ExploredStep& step(size_t i) const { return steps_[i]; }

  // Whether step `i` happens before step `later`. REQUIRES: i < later.
  bool Precedes(size_t i, size_t later) const {
    return Covers(order_[later].clock, i);
  }

  // Calls visit(ExploredStep) for each step after step `first` that does not
  // depend on it.
  template <class Visit>
  void ForEachIndependentOf(size_t first, Visit visit) const {
    const uint32_t thread = steps_[first].thread;
    const uint16_t moment = steps_[first].moment;
    for (size_t i = first + 1; i < position_; ++i) {
      if (order_[i].clock[thread] < moment) visit(steps_[i]);
    }
  }

  // The moments that come before all steps from step `begin` on.
  VectorClock ComeBeforeAllFrom(size_t begin) const {
    VectorClock clock;
    clock.AssignLatest(width_);
    for (size_t i = begin; i < position_; ++i) {
      clock.KeepEarlier(order_[i].clock, width_);
    }
    return clock;
  }
  // Whether step `i` is among these moments.
  bool Covers(const VectorClock& clock, size_t i) const {
    return clock[steps_[i].thread] >= steps_[i].moment;
  }

  // Calls visit(Race) for each race of the steps from `begin` on with others
  // that counts(Race).
  template <class Counts, class Visit>
  void ForEachRace(size_t begin, Counts counts, Visit visit) const {
    if (begin >= count_) return;
    const size_t count = predecessors_.size();
    for (size_t i = order_[begin].predecessors; i < count;) {
      const uint32_t later = predecessors_[i].later;
      size_t end = i + 1;
      while (end < count && predecessors_[end].later == later) ++end;
      const absl::Span<const Predecessor> all(&predecessors_[i], end - i);
      for (const Predecessor& each : all) {
        const Race race = {each.step, later};
        if (each.reversible && counts(race) && IsImmediate(each, all)) {
          visit(race);
        }
      }
      i = end;
    }
  }

  // A digest that executions share exactly if they are the same trace.
  uint64_t TraceDigest() const;

 private:
  // A step that another depends on directly, in another thread, and that
  // program order and what joins threads does not put before it anyway.
  struct Predecessor {
    uint32_t step = 0;
    // The step through which it comes before: itself, or, for a lock that was
    // taken again, its unlock, which could not be reversed.
    uint32_t through = 0;
    uint32_t later = 0;  // That other step.
    bool reversible = true;
  };

  // The latest steps on one object, counted from 1; 0 if there is none.
  struct Accesses {
    uint32_t latest = 0;
    uint32_t latest_write = 0;
  };
  // That a step touched an object, and what had done so before.
  struct Link {
    Accesses* accesses = nullptr;
    Accesses before;
  };
  // What is known of the order of a settled step.
  struct StepOrder {
    VectorClock clock;
    uint32_t predecessors = 0;  // Where its own begin among all of them.
    Link object;
    Link lock;
  };
  // The latest steps of one thread, counted from 1; 0 if there is none.
  struct alignas(UndoLog::kPieceBytes) Latest {
    uint32_t step = 0;
    uint32_t call = 0;  // That calls, or returns.
    uint32_t returned = 0;
  };
  static_assert(sizeof(Latest) == UndoLog::kPieceBytes);

  static uint32_t Index(size_t i) { return static_cast<uint32_t>(i); }

  [[gnu::noinline]] void SettleLatest();
  void FindOrderOfLatest();
  void Widen(uint32_t thread) {
    if (thread >= threads_) [[unlikely]]
      WidenFor(thread);
  }
  [[gnu::noinline]] void WidenFor(uint32_t thread);
  // Before a change to the clock or the latest steps of `thread`.
  void Save(uint32_t thread) {
    if (Contains(saved_, thread)) return;
    saved_ |= OnlyThread(thread);
    log_.Save(&latest_[thread]);
    current_[thread].Save(log_, width_);
  }
  // Appends a step by `thread`.
  void Append(uint32_t thread, const NextStep& next);
  [[gnu::noinline]] void MakeRoom();
  void AddPredecessor(size_t step, size_t through, bool reversible);
  // Adds the latest step, `self`, to those on `object`; on its lock.
  void Touch(const ExploredStep& self, const volatile void* object, Link& link);
  [[gnu::noinline]] void TouchLock(const ExploredStep& self, Link& link);
  void FindPredecessorsOn(const ExploredStep& self, const Accesses& accesses);
  // The latest step, of `thread`, calls: it comes after what has returned.
  [[gnu::noinline]] void FollowReturned(uint32_t thread);
  [[gnu::noinline]] void AddConflicting(size_t other, const Accesses& accesses);
  // What had touched the object before step `i` did.
  const Accesses& Before(size_t i, const Accesses& accesses) const {
    const StepOrder& order = order_[i];
    return order.object.accesses == &accesses ? order.object.before
                                              : order.lock.before;
  }
  // Forgets all steps but the first `kept`.
  void Truncate(size_t kept);
  // The step with which the thread of `unlock` took the lock.
  size_t AcquisitionBefore(size_t unlock, const Accesses& accesses) const;
  // Whether no other of the step's predecessors comes after it.
  bool IsImmediate(const Predecessor& candidate,
                   absl::Span<const Predecessor> predecessors) const;

  std::vector<ExploredStep> steps_;      // Re-used: the first `count_` count.
  std::vector<StepOrder> order_;         // By step.
  PodVector<Predecessor> predecessors_;  // Of all steps, in order.
  size_t room_ = 0;                      // For so many steps in the first two.
  size_t count_ = 0;
  size_t position_ = 0;  // Steps performed in this execution.
  size_t kept_ = 0;      // Steps whose records are those of an earlier one.
  bool settled_ = true;  // The latest step's clock and predecessors are known.

  uint32_t threads_ = 0;  // One more than the greatest thread,
  uint32_t width_ = 0;    // rounded up for clocks.
  std::array<VectorClock, kMaxModelThreads> current_ = {};  // By thread.
  std::array<Latest, kMaxModelThreads> latest_ = {};        // By thread.
  UndoLog log_;          // How these two go back to what they were,
  ThreadSet saved_ = 0;  // and whose are in it since the latest mark.

  AddressMap<Accesses> accesses_;  // By object.
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_EXPLORE_HAPPENS_BEFORE_H_
