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
#include "harness/explore/vector_clock.h"
#include "harness/model/memory.h"
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

  // Begins an execution whose first `kept` steps are known.
  void Restart(size_t kept);

  // The same, where the execution does not begin anew but where `mark` was
  // made; that was not after `kept` steps, and those before it are the same.
  class Mark;
  void Remember(Mark& mark) const;
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
  // REQUIRES: first < second.
  bool Precedes(size_t first, size_t second) const {
    return Covers(order_[second].clock, first);
  }

  // Calls visit(Race) for each race of the steps from `begin` on with others.
  template <class Visit>
  void ForEachRace(size_t begin, Visit visit) const {
    for (size_t i = begin; i < position_; ++i) {
      for (const Predecessor& each : PredecessorsOf(i)) {
        if (IsImmediate(each, i)) visit(Race{each.step, Index(i)});
      }
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
    bool reversible = true;
  };

  using Accesses = std::vector<uint32_t>;
  // The accesses to one object.
  struct Record {
    Accesses accesses;
    void Reset() { accesses.clear(); }
  };

  // What is known of the order of a settled step.
  struct StepOrder {
    VectorClock clock;
    uint32_t predecessors = 0;   // Where its own begin among all of them.
    Accesses* object = nullptr;  // To which accesses it was added.
    Accesses* lock = nullptr;
  };

  static uint32_t Index(size_t i) { return static_cast<uint32_t>(i); }

  void SettleLatest();
  void Widen(uint32_t thread);
  bool Covers(const VectorClock& clock, size_t step) const {
    return clock[steps_[step].thread] >= steps_[step].moment;
  }
  void AddPredecessor(size_t step, size_t through, bool reversible);
  // Returns the accesses to `object`, the latest step among them now.
  Accesses* FindPredecessorsOn(const volatile void* object);
  // Forgets all steps but the first `kept`.
  void Truncate(size_t kept);
  // The step with which the thread of `unlock` took the lock.
  size_t AcquisitionBefore(size_t unlock, const Accesses& accesses) const;
  absl::Span<const Predecessor> PredecessorsOf(size_t step) const;
  bool IsImmediate(const Predecessor& candidate, size_t step) const;

  std::vector<ExploredStep> steps_;
  std::vector<StepOrder> order_;           // By step; re-used.
  std::vector<Predecessor> predecessors_;  // Of all steps, in order.
  size_t position_ = 0;                    // Steps performed in this execution.
  size_t kept_ = 0;      // Steps whose records are those of an earlier one.
  bool settled_ = true;  // The latest step's clock and predecessors are known.

  uint32_t width_ = 0;  // Threads that clocks reckon with, a multiple of 8.
  std::array<VectorClock, kMaxModelThreads> current_ = {};  // By thread.
  std::array<uint32_t, kMaxModelThreads> latest_ = {};  // 1 + its latest step.
  // 1 + the latest step of each thread that calls, and that returns.
  std::array<uint32_t, kMaxModelThreads> latest_call_ = {};
  std::array<uint32_t, kMaxModelThreads> latest_return_ = {};

  AddressMap<Record> accesses_;  // By object: steps, in order.
};

class HappensBefore::Mark {
 private:
  friend class HappensBefore;
  size_t position_ = 0;
  uint32_t width_ = 0;
  // By thread:
  std::vector<VectorClock> current_;
  std::vector<uint32_t> latest_;
  std::vector<uint32_t> latest_call_;
  std::vector<uint32_t> latest_return_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_EXPLORE_HAPPENS_BEFORE_H_
